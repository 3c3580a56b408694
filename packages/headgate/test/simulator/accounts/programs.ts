import { FOREVER, nextProgramId, segmentOf, type Program } from '../../../src/core/index.ts';
import { programOf, type LimitSpec } from '../../../src/testing/index.ts';
import { CORNERS } from './corners.ts';

/** More than any run asks for: what is told to be left says what was charged. */
export const PLENTY = 1_000_000_000;

/** What all of some callers have together, at most. */
export const TOGETHER = 30;

export const SLIDING = { amount: 10, windowMs: 1000 } as const;
export const BUCKET = { amount: 6, windowMs: 400, burst: 9 } as const;
export const TWIN = { amount: 4, windowMs: 300 } as const;
/** A unit counts until its whole slice is a window old. */
const SLICES = 4;
export const RATES_MS: number = SLIDING.windowMs + SLIDING.windowMs / SLICES;
const HOLD_MS = 1500;

/** What is held: money that is kept when nobody settles it, bytes that come back, permits. */
export const ACCOUNT_LIMITS = [
  { kind: 'quota', amount: 400, holdMs: HOLD_MS, lost: 'keep' },
  { kind: 'level', amount: 9, holdMs: HOLD_MS, lost: 'return' },
  { kind: 'concurrency', amount: 4, holdMs: HOLD_MS, lost: 'keep' },
] as const;

/** Of a crowd. */
export const PERMITS = { kind: 'concurrency', amount: 4, holdMs: HOLD_MS } as const;

/** The longest that anything is owed. */
export const OWED_MS: number = HOLD_MS;

export interface Programs {
  readonly account: Program;
  readonly rates: Program;
  readonly spent: Program;
  readonly pair: Program;
  /** Two limits that always bind together. */
  readonly twins: Program;
  readonly permits: Program;
  /** A level, of which everybody has some. */
  readonly parked: Program;
  /** Those of {@link CORNERS}, in that order. */
  readonly corners: readonly Program[];
}

/** Programs, each on records of their own. */
export function programsFor({ durable, holds }: { durable: boolean; holds: boolean }): Programs {
  return {
    account: shaped(100, durable, ...ACCOUNT_LIMITS.map((limit, i) => accountSpec(limit, i, holds))),
    rates: shaped(
      200,
      durable,
      { kind: 'sliding', ...SLIDING, slices: SLICES, limitId: 21 },
      { kind: 'bucket', ...BUCKET, limitId: 22 },
    ),
    spent: shaped(300, durable, { kind: 'quota', segments: periodOf(PLENTY), limitId: 31 }),
    twins: shaped(500, durable, { kind: 'fixed', ...TWIN, limitId: 51 }, { kind: 'fixed', ...TWIN, limitId: 52 }),
    permits: shaped(700, true, { ...PERMITS, limitId: 71 }),
    parked: shaped(800, true, { kind: 'level', amount: PLENTY, limitId: 81 }),
    corners: CORNERS.map(({ limits }, i) => shaped(600 + i, true, ...limits)),
    pair: shaped(
      400,
      durable,
      { kind: 'level', amount: PLENTY, limitId: 41 },
      { kind: 'level', amount: TOGETHER, limitId: 42, record: 1 },
    ),
  };
}

function accountSpec(limit: (typeof ACCOUNT_LIMITS)[number], i: number, holds: boolean): LimitSpec {
  const spec = { ...limit, limitId: 11 + i, holdMs: holds ? 1e9 : limit.holdMs };
  return spec.kind === 'quota' ? { ...spec, segments: periodOf(spec.amount) } : spec;
}

/** One period that does not end while anybody looks. */
function periodOf(amount: number): Program['checks'][number]['segments'] {
  return [segmentOf({ kind: 'quota', amount, fromAtMs: 0, untilAtMs: FOREVER, periodAtMs: 1 })];
}

function shaped(shape: number, durable: boolean, ...limits: LimitSpec[]): Program {
  const program = programOf(...limits);
  const records = program.records.map(({ fields }, i) => ({
    id: shape + i,
    fields: fields.map((field) => ({ ...field, durable })),
  }));
  return { ...program, id: nextProgramId(), records };
}
