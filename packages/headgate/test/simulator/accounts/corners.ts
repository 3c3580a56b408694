import { FOREVER, segmentOf, type Segment } from '../../../src/core/index.ts';
import type { LimitSpec } from '../../../src/testing/index.ts';
import { BEGINNING_MS } from '../clocks.ts';

const PERIOD_MS = 1000;
/** More than a run lasts. */
const PERIODS = 400;
const LATER_MS: number = BEGINNING_MS + 1e9;

/** A rate that changes once, in a time that no run sees. */
function changing(amount: number, then: number): Segment[] {
  const kind = 'fixed';
  return [segmentOf({ kind, amount, untilAtMs: LATER_MS }), segmentOf({ kind, amount: then, fromAtMs: LATER_MS })];
}

/** Many short periods, so that a clock that is set goes over their ends. */
function periods(amount: number): Segment[] {
  return Array.from({ length: PERIODS }, (_, i) => {
    const fromAtMs = i === 0 ? 0 : BEGINNING_MS + i * PERIOD_MS;
    const untilAtMs = i === PERIODS - 1 ? FOREVER : BEGINNING_MS + (i + 1) * PERIOD_MS;
    return segmentOf({ kind: 'quota', amount, fromAtMs, untilAtMs, periodAtMs: Math.max(1, fromAtMs) });
  });
}

/** What policies made at random hardly ever come to. */
export const CORNERS: readonly (readonly LimitSpec[])[] = [
  [
    { kind: 'fixed', amount: 1, windowMs: 300, limitId: 61 },
    { kind: 'block', amount: Number.MAX_SAFE_INTEGER, blockMs: [40, 90, 200], trigger: 0, forgetMs: 900, limitId: 62 },
  ],
  [{ kind: 'bucket', amount: 6, windowMs: 400, holdMs: 300, lost: 'return', limitId: 63 }],
  [{ kind: 'quota', segments: periods(4), limitId: 64 }],
  [
    { kind: 'fixed', windowMs: 100, segments: changing(5, 0), limitId: 65 },
    { kind: 'fixed', windowMs: 100, segments: changing(0, 5), limitId: 66 },
  ],
];
