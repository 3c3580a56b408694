import type { Check, Segment } from '../program.ts';
import type { Amendment, Cells } from './cells.ts';

/*
 * Quota: [count, periodAtMs]. Runs on wall time; the calendar comes in as segments.
 */
export const QUOTA_WIDTH = 2;
const PERIOD = 1;

/**
 * The segment whose figures hold for this counter: the one in force, or, when the clock has gone back
 * over a period's start, the later period that was already charged. Staying there opens nothing.
 */
export function quotaSegment(check: Check, segment: Segment, cells: Cells, at: number): Segment {
  const charged = cells[at + PERIOD]!;
  if (charged <= segment.periodAtMs) return segment;
  const later = check.segments.find((one) => one.periodAtMs === charged);
  // Further in the future than any period that is known: as if charged now.
  if (later === undefined) cells[at + PERIOD] = segment.periodAtMs;
  return later ?? segment;
}

export function quotaRoom(check: Check, segment: Segment, cells: Cells, at: number): number {
  const held = quotaSegment(check, segment, cells, at);
  return held.burst - quotaUsed(held, cells, at);
}

export function quotaCharge(check: Check, segment: Segment, cells: Cells, at: number, cost: number): void {
  const held = quotaSegment(check, segment, cells, at);
  cells[at] = Math.min(quotaUsed(held, cells, at) + cost, Number.MAX_SAFE_INTEGER);
  cells[at + PERIOD] = held.periodAtMs;
}

/** Ms of wall time until the period ends. */
export function quotaResetIn(check: Check, segment: Segment, cells: Cells, at: number, wallMs: number): number {
  const { periodAtMs } = quotaSegment(check, segment, cells, at);
  let endsAtMs = 0;
  for (const one of check.segments) if (one.periodAtMs === periodAtMs) endsAtMs = one.untilAtMs;
  return endsAtMs - wallMs;
}

/** Whether `need` units fit at any instant of `segment`, nobody else coming. */
export function quotaFits(check: Check, segment: Segment, cells: Cells, at: number, need: number): boolean {
  return need <= quotaRoom(check, segment, cells, at);
}

export function quotaAmend(cells: Cells, at: number, charge: Amendment, delta: number): void {
  if (cells[at + PERIOD] === charge.periodAtMs) cells[at] = Math.max(0, cells[at]! + delta);
}

function quotaUsed(held: Segment, cells: Cells, at: number): number {
  return cells[at + PERIOD] === held.periodAtMs ? cells[at]! : 0;
}
