import {
  checkOf,
  HeadgateError,
  idOf,
  nextProgramId,
  parseRate,
  segmentOf,
  FOREVER,
  type Check,
  type Program,
} from '../core/index.ts';

/** A limit as it is written in code: `'100/minute'`, or with what it does not take by default. */
export type LimitSpec = string | LimitWords;

interface LimitWords {
  /** Units over a duration: `'100/minute'`, `'50/10s'`. */
  readonly rate: string;
  /** Default `sliding`: never more than the amount in any window. */
  readonly algorithm?: 'sliding' | 'fixed' | 'bucket';
  /** Bucket: the most that can be spent at once; default the rate's amount. */
  readonly burst?: number;
  /** Whose counter: names of the subject's parts; default the whole key. */
  readonly per?: string | readonly string[];
}

/** Limits compiled, and how a subject becomes the keys of their records. */
export interface Compiled {
  readonly program: Program;
  readonly limits: readonly { readonly name: string; readonly amount: number }[];
  /** Per record: the names of the subject's parts; empty: the whole key. */
  readonly parts: readonly (readonly string[])[];
}

/** @throws HeadgateError `ERR_AMOUNT`, `ERR_AMOUNT_RANGE` or `ERR_LIMIT`, naming the limit. */
export function compileLimits(specs: Readonly<Record<string, LimitSpec>>): Compiled {
  const names = Object.keys(specs);
  const partitions: string[] = [];
  const checks = names.map((name) => checkFor(name, specs[name]!, partitions));
  if (names.length === 0) throw new HeadgateError('ERR_LIMIT', 'limits: expected at least one');
  const records = partitions.map((partition, record) => ({
    id: idOf(partition),
    fields: checks.filter((check) => check.record === record).map((check) => ({ ...check, slots: [0] })),
  }));
  return {
    program: { id: nextProgramId(), records, checks, validUntilMs: FOREVER, calendar: false },
    limits: checks.map(({ segments }, i) => ({ name: names[i]!, amount: segments[0]!.burst })),
    parts: partitions.map((partition) => JSON.parse(partition) as string[]), // Written by `checkFor`.
  };
}

function checkFor(name: string, spec: LimitSpec, partitions: string[]): Check {
  // JavaScript may pass anything: what is no map is read as a rate, and refused as one.
  const words: LimitWords = Object(spec) === spec ? (spec as LimitWords) : { rate: spec as string };
  const { rate, algorithm: kind = 'sliding', burst, per = [], ...others } = words;
  const partition = JSON.stringify([per].flat());
  if (!partitions.includes(partition)) partitions.push(partition);
  try {
    for (const word in others) throw new HeadgateError('ERR_LIMIT', `${word}: expected rate, algorithm, burst or per`);
    if (!/^(sliding|fixed|bucket)$/.test(kind))
      throw new HeadgateError('ERR_LIMIT', `algorithm: expected sliding, fixed or bucket, got ${kind}`);
    if (burst !== undefined && (kind !== 'bucket' || burst < 1))
      throw new HeadgateError('ERR_LIMIT', `burst: expected at least 1, of a bucket, got ${burst}`);
    const { amount, windowMs } = parseRate(rate);
    return checkOf({
      limitId: idOf([name, kind, windowMs, partition].join()),
      kind,
      windowMs,
      segments: [segmentOf({ kind, amount, windowMs, burst: burst ?? amount })],
      record: partitions.indexOf(partition),
    });
  } catch (error) {
    if (error instanceof HeadgateError) error.message = error.message.replace(' ', ` limits.${name}: `);
    throw error;
  }
}
