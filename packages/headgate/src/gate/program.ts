import { checkOf, HeadgateError, idOf, nextProgramId, parseRate, segmentOf, FOREVER, type Check, type Program, type RecordShape } from '../core/index.ts';

/** A limit as it is written in code: `'100/minute'`, or with what it does not take by default. */
export type LimitSpec =
  | string
  | {
      /** Units over a duration: `'100/minute'`, `'50/10s'`. */
      readonly rate: string;
      /** Default `sliding`: never more than the amount in any window. */
      readonly algorithm?: 'sliding' | 'fixed' | 'bucket';
      /** Bucket: the most that can be spent at once; default the rate's amount. */
      readonly burst?: number;
      /** Fixed: whether windows begin with the first request (default), on the clock, or spread over keys. */
      readonly align?: 'first' | 'clock' | 'spread';
      /** Sliding: parts a window is counted in, 2 to 64; default 16. */
      readonly slices?: number;
      /** Whose counter: names of the subject's parts; default the whole key. */
      readonly per?: string | readonly string[];
    };

/** Limits compiled, and how a subject becomes the keys of their records. */
export interface Compiled {
  readonly program: Program;
  readonly limits: readonly { readonly name: string; readonly amount: number }[];
  /** Per record: the names of the subject's parts; empty: the whole key. */
  readonly parts: readonly (readonly string[])[];
}

type Full = Exclude<LimitSpec, string>;

/** @throws HeadgateError `ERR_AMOUNT`, `ERR_AMOUNT_RANGE` or `ERR_LIMIT`, naming the limit. */
export function compileLimits(specs: Readonly<Record<string, LimitSpec>>): Compiled {
  const limits = Object.entries(specs).map(([name, spec]) => ({ name, ...read(name, typeof spec === 'string' ? { rate: spec } : spec) }));
  if (limits.length === 0) throw new HeadgateError('ERR_LIMIT', 'limits: expected at least one, got none');
  const partitions = [...new Set(limits.map(({ partition }) => partition))];
  const checks = limits.map(({ check, partition }) => ({ ...check, record: partitions.indexOf(partition) }));
  return {
    program: {
      id: nextProgramId(),
      records: partitions.map((partition, record) => shapeOf(partition, checks.filter((check) => check.record === record))),
      checks,
      validUntilMs: FOREVER,
      calendar: false,
    },
    limits: limits.map(({ name, check }) => ({ name, amount: check.segments[0]!.burst })),
    parts: partitions.map((partition) => JSON.parse(partition) as string[]), // written by `read`
  };
}

function read(name: string, spec: Full): { check: Check; partition: string } {
  const kind = spec.algorithm ?? 'sliding';
  const slices = kind === 'sliding' ? (spec.slices ?? 16) : 0;
  if (!['sliding', 'fixed', 'bucket'].includes(kind)) throw wrong(name, 'algorithm', 'sliding, fixed or bucket', kind);
  if (kind === 'sliding' && !(Number.isInteger(slices) && slices >= 2 && slices <= 64)) throw wrong(name, 'slices', 'a whole number from 2 to 64', slices);
  if (spec.burst !== undefined && kind !== 'bucket') throw wrong(name, 'burst', 'algorithm: "bucket" beside it', kind);
  const { amount, windowMs } = at(name, () => parseRate(spec.rate));
  const burst = spec.burst ?? amount;
  if (burst < 1) throw wrong(name, 'burst', 'at least 1', burst);
  const partition = JSON.stringify([spec.per ?? []].flat());
  const limitId = idOf(JSON.stringify([name, kind, windowMs, spec.align ?? 'first', slices, partition]));
  const segments = [at(name, () => segmentOf({ kind, amount, windowMs, burst }))];
  return { check: checkOf({ limitId, kind, windowMs, slices, align: spec.align ?? 'first', segments }), partition };
}

function shapeOf(partition: string, checks: readonly Check[]): RecordShape {
  return {
    id: idOf(partition),
    fields: checks.map(({ limitId, kind, windowMs, slices }) => ({ limitId, kind, windowMs, slices, slots: [0] })),
  };
}

/** Names the limit in whatever goes wrong while it is read. */
function at<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    throw new HeadgateError(error.code, error.message.replace(`${error.code}: `, `limits.${name}.rate: `));
  }
}

function wrong(name: string, field: string, rule: string, value: unknown): HeadgateError {
  return new HeadgateError('ERR_LIMIT', `limits.${name}.${field}: expected ${rule}, got ${JSON.stringify(value)}`);
}
