import type { Segment } from '../program.ts';
import type { Amendment, Cells, Counter } from './counter.ts';

/*
 * Quota: [count, periodAtMs]. Runs on wall time; the calendar comes in as segments.
 */
export const QUOTA_WIDTH = 2;
const PERIOD = 1;

/**
 * The segment whose figures hold for this counter: `segment`, or, when the clock has gone back over a
 * period's start, the later period that was already charged. Staying there opens nothing.
 */
export function quotaSegment({ check, cells, at }: Counter, segment: Segment): Segment {
  const charged = cells[at + PERIOD]!;
  if (charged <= segment.periodAtMs) return segment;
  const later = check.segments.find((one) => one.periodAtMs === charged);
  // Further in the future than any period that is known: as if charged now.
  if (later === undefined) cells[at + PERIOD] = segment.periodAtMs;
  return later ?? segment;
}

/** Units left in the period of `segment`. */
export function quotaRoom(counter: Counter, segment: Segment): number {
  const held = quotaSegment(counter, segment);
  return held.burst - quotaUsed(counter, held);
}

export function quotaCharge(counter: Counter, cost: number): void {
  const { cells, at } = counter;
  const held = quotaSegment(counter, counter.segment);
  cells[at] = Math.min(quotaUsed(counter, held) + cost, Number.MAX_SAFE_INTEGER);
  cells[at + PERIOD] = held.periodAtMs;
}

/** Ms of wall time until the period ends. */
export function quotaResetIn(counter: Counter, wallMs: number): number {
  const { periodAtMs } = quotaSegment(counter, counter.segment);
  let endsAtMs = 0;
  for (const one of counter.check.segments) if (one.periodAtMs === periodAtMs) endsAtMs = one.untilAtMs;
  return endsAtMs - wallMs;
}

export function quotaAmend(cells: Cells, at: number, charge: Amendment, delta: number): void {
  if (cells[at + PERIOD] !== charge.periodAtMs) return;
  cells[at] = Math.min(Math.max(0, cells[at]! + delta), Number.MAX_SAFE_INTEGER);
}

function quotaUsed({ cells, at }: Counter, held: Segment): number {
  return cells[at + PERIOD] === held.periodAtMs ? cells[at]! : 0;
}
