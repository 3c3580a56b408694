import { FOREVER, segmentOf, slicesOf, type Op, type Segment } from '../../../src/core/index.ts';
import type { LimitSpec } from '../../../src/testing/index.ts';
import { BEGINNING_MS } from '../clocks.ts';

const PERIOD_MS = 1000;
/** Of what is carried on: long enough that much is asked in each. */
const CARRYING_MS = 3000;
/** More than a run lasts. */
const PERIODS = 400;
/** Periods into which one may leave something. */
const CARRIED = 2;
/** What is held comes back while its period lasts, or in the next. */
const CARRYING_HOLD_MS = 1700;
const LATER_MS: number = BEGINNING_MS + 1e9;

/** A rate that changes once, in a time that no run sees. */
function changing(amount: number, then: number): Segment[] {
  const kind = 'fixed';
  return [segmentOf({ kind, amount, untilAtMs: LATER_MS }), segmentOf({ kind, amount: then, fromAtMs: LATER_MS })];
}

/** Many short periods, so that a clock that is set goes over their ends. */
function periods(amount: number, periodMs = PERIOD_MS): Segment[] {
  return Array.from({ length: PERIODS }, (_, i) => {
    const fromAtMs = i === 0 ? 0 : BEGINNING_MS + i * periodMs;
    const untilAtMs = i === PERIODS - 1 ? FOREVER : BEGINNING_MS + (i + 1) * periodMs;
    return segmentOf({ kind: 'quota', amount, fromAtMs, untilAtMs, periodAtMs: Math.max(1, fromAtMs) });
  });
}

function carrying(amount: number, upTo: number): Segment[] {
  return periods(amount, CARRYING_MS).map((segment, i) => ({
    ...segment,
    rollover: { upTo, untilAtMs: BEGINNING_MS + (i + 1 + CARRIED) * CARRYING_MS },
  }));
}

/** The end of a period: what is granted until then ends with what is carried. */
export function endAfter(wallMs: number, more: number): number {
  return BEGINNING_MS + (Math.floor((wallMs - BEGINNING_MS) / CARRYING_MS) + 1 + more) * CARRYING_MS;
}

export interface Corner {
  readonly limits: readonly LimitSpec[];
  readonly ops: readonly Op[];
  /** Who asks: one of those who ask now, all of them as one, one of those who asked some time ago too, or always the same. */
  readonly who: 'one' | 'all' | 'earlier' | 'ever';
}

const HELD: readonly Op[] = ['decide', 'decide', 'decide', 'peek', 'settle', 'cancel'];

/** What policies made at random hardly ever come to. */
export const CORNERS: readonly Corner[] = [
  {
    limits: [
      { kind: 'fixed', amount: 1, windowMs: 300, limitId: 61 },
      {
        kind: 'block',
        amount: Number.MAX_SAFE_INTEGER,
        blockMs: [40, 90, 200],
        trigger: 0,
        forgetMs: 900,
        limitId: 62,
      },
    ],
    ops: HELD,
    who: 'all',
  },
  {
    limits: [{ kind: 'bucket', amount: 6, windowMs: 400, holdMs: 300, lost: 'return', limitId: 63 }],
    ops: HELD,
    who: 'one',
  },
  { limits: [{ kind: 'quota', segments: periods(4), limitId: 64 }], ops: ['decide', 'decide', 'peek'], who: 'earlier' },
  {
    limits: [
      { kind: 'fixed', windowMs: 100, segments: changing(5, 0), limitId: 65 },
      { kind: 'fixed', windowMs: 100, segments: changing(0, 5), limitId: 66 },
    ],
    ops: HELD,
    who: 'one',
  },
  // What a reset has forgotten is given back all the same: a decay knows since when it counts.
  {
    limits: [{ kind: 'decay', amount: 9, windowMs: 900, limitId: 67 }],
    ops: ['decide', 'decide', 'decide', 'amend', 'amend', 'reset'],
    who: 'one',
  },
  {
    limits: [
      {
        kind: 'quota',
        segments: carrying(3, 2),
        slices: slicesOf(true, CARRIED),
        holdMs: CARRYING_HOLD_MS,
        lost: 'return',
        limitId: 68,
      },
    ],
    ops: ['decide', 'decide', 'decide', 'decide', 'cancel', 'grant'],
    who: 'ever',
  },
];
