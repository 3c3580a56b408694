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

/** What one limit's words come to, whosever counter it is. `span` is a part of its identity: another one counts afresh. */
export type Read = (words: Words) => Pick<Check, 'kind' | 'segments'> & Partial<Check> & { readonly span: unknown };

/** JavaScript may pass anything; a reader refuses what it does not know. */
export type Words = Readonly<Record<string, unknown>>;

/** @throws HeadgateError `ERR_AMOUNT`, `ERR_AMOUNT_RANGE` or `ERR_LIMIT`, naming the limit. */
export function compileLimits(specs: Readonly<Record<string, unknown>>, read: Read = rateOf): Compiled {
  const names = Object.keys(specs);
  const partitions: string[] = [];
  const checks = names.map((name) => checkFor(name, specs[name], partitions, read));
  if (names.length === 0) throw unfit('limits: expected at least one');
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

function checkFor(name: string, spec: unknown, partitions: string[], read: Read): Check {
  // What is no map is read as a rate, and refused as one.
  const { per = [], ...words } = Object(spec) === spec ? (spec as Words) : { rate: spec };
  const partition = JSON.stringify([per].flat());
  try {
    const { span, ...parts } = read(words);
    const limitId = idOf([name, parts.kind, span, partition].join());
    let record = partitions.indexOf(partition);
    // What keeps no state says that its record is none.
    if (record < 0 && parts.record === undefined) record = partitions.push(partition) - 1;
    return checkOf({ limitId, record, ...parts });
  } catch (error) {
    if (error instanceof HeadgateError) error.message = error.message.replace(' ', ` limits.${name}: `);
    throw error;
  }
}

/** A rate's words, `per` aside. */
export const rateOf: Read = ({ rate, algorithm = 'sliding', burst, ...others }) => {
  for (const word in others) throw unfit(`${word}: expected rate, algorithm, burst or per`);
  const kind = algorithm as 'sliding' | 'fixed' | 'bucket';
  if (!/^(sliding|fixed|bucket)$/.test(kind)) throw unfit(`algorithm: expected sliding, fixed or bucket, got ${kind}`);
  const most = burst as number | undefined;
  if (most !== undefined && (kind !== 'bucket' || most < 1))
    throw unfit(`burst: expected at least 1, of a bucket, got ${most}`);
  const { amount, windowMs } = parseRate(rate as string);
  return { kind, windowMs, segments: [segmentOf({ kind, amount, windowMs, burst: most ?? amount })], span: windowMs };
};

export function unfit(detail: string): HeadgateError {
  return new HeadgateError('ERR_LIMIT', detail);
}
