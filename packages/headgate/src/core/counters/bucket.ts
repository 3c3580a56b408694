import type { Check, Segment } from '../program.ts';
import type { Amendment, Cells } from './cells.ts';

/*
 * Token bucket, kept as what is missing from it: [deficit, lastMs, scale].
 *
 * The deficit is in parts, `scale` of which make a unit; `refill` parts come back each ms. With the
 * rate in lowest terms everything stays a whole number below 2^53, and the bucket is exact for ever.
 * Where the amount changes with time, the parts are recounted at each change, rounding up.
 */
export const BUCKET_WIDTH = 3;
const LAST = 1;
const SCALE = 2;

export function bucketRoom(check: Check, segment: Segment, cells: Cells, at: number, now: number, skewMs: number): number {
  if (cells[at + LAST]! > now) cells[at + LAST] = now;
  const deficit = deficitAt(check, segment, cells, at, now, skewMs);
  return Math.max(0, Math.floor((segment.burst * segment.scale - deficit) / segment.scale));
}

export function bucketCharge(check: Check, segment: Segment, cells: Cells, at: number, now: number, skewMs: number, cost: number): void {
  const deficit = deficitAt(check, segment, cells, at, now, skewMs);
  cells[at] = Math.min(deficit + cost * segment.scale, Number.MAX_SAFE_INTEGER);
  cells[at + LAST] = now;
  cells[at + SCALE] = segment.scale;
}

/** Ms until the bucket is full. */
export function bucketResetIn(check: Check, segment: Segment, cells: Cells, at: number, now: number, skewMs: number): number {
  let waitMs = 0;
  let inForce = segment;
  for (;;) {
    const deficit = deficitAt(check, inForce, cells, at, now + waitMs, skewMs);
    if (deficit === 0) return waitMs;
    const fullIn = waitMs + Math.ceil(deficit / inForce.refill);
    const endsIn = inForce.untilAtMs + skewMs - now;
    const next = check.segments[check.segments.indexOf(inForce) + 1];
    if (fullIn <= endsIn || next === undefined) return fullIn;
    waitMs = endsIn;
    inForce = next;
  }
}

/** First instant from `from` on (which lies in `segment`) at which `need` units fit. */
export function bucketOpensAt(check: Check, segment: Segment, cells: Cells, at: number, from: number, skewMs: number, need: number): number {
  const deficit = deficitAt(check, segment, cells, at, from, skewMs);
  const excess = deficit + need * segment.scale - segment.burst * segment.scale;
  return excess <= 0 ? from : from + Math.ceil(excess / segment.refill);
}

/**
 * Gives back, or takes in addition. What is given back is the charge less what has flowed in since: that
 * part of it is back already.
 */
export function bucketAmend(cells: Cells, at: number, now: number, charge: Amendment, delta: number): void {
  const parts = delta * cells[at + SCALE]!;
  const flowedIn = delta < 0 ? Math.max(0, now - charge.atMs) * charge.refill : 0;
  const change = delta < 0 ? Math.min(0, parts + flowedIn) : parts;
  cells[at] = Math.min(Math.max(0, cells[at]! + change), Number.MAX_SAFE_INTEGER);
}

/** Parts missing at `now`, counted at `segment`'s scale; `segment` is the one in force then. */
function deficitAt(check: Check, segment: Segment, cells: Cells, at: number, now: number, skewMs: number): number {
  const deficit = cells[at]!;
  if (deficit === 0) return 0;
  if (check.segments.length > 1) return deficitOver(check, segment, cells, at, now, skewMs);
  const kept = cells[at + SCALE] === segment.scale ? deficit : rescale(deficit, cells[at + SCALE]!, segment.scale);
  return drain(kept, now - cells[at + LAST]!, segment.refill);
}

/** The same, through every segment between the last charge and now. */
function deficitOver(check: Check, segment: Segment, cells: Cells, at: number, now: number, skewMs: number): number {
  let deficit = cells[at]!;
  let since = cells[at + LAST]!;
  let scale = cells[at + SCALE]!;
  for (const passed of check.segments) {
    const endsAtMs = passed === segment ? now : passed.untilAtMs + skewMs;
    if (endsAtMs <= since && passed !== segment) continue;
    deficit = drain(rescale(deficit, scale, passed.scale), Math.max(0, endsAtMs - since), passed.refill);
    since = endsAtMs;
    scale = passed.scale;
    if (passed === segment) break;
  }
  return deficit;
}

// The product of a long time and a fast refill may round, but only far above any deficit: the answer stays exact.
function drain(deficit: number, elapsedMs: number, refill: number): number {
  const flowedIn = elapsedMs * refill;
  return flowedIn >= deficit ? 0 : deficit - flowedIn;
}

/** The same deficit in parts of another size, rounded up: against the caller. */
function rescale(deficit: number, from: number, to: number): number {
  if (from === to || deficit === 0 || from === 0) return deficit;
  const parts = (BigInt(deficit) * BigInt(to) + BigInt(from) - 1n) / BigInt(from);
  return Math.min(Number(parts), Number.MAX_SAFE_INTEGER);
}
