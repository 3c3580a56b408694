import type { Segment } from '../program.ts';
import type { Amendment, Cells, Counter } from './counter.ts';
import { endOf } from './counter.ts';

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

export function bucketRoom(counter: Counter, now: number, skewMs: number): number {
  const { segment, cells, at } = counter;
  if (cells[at + LAST]! > now) cells[at + LAST] = now;
  const room = Math.floor((segment.burst * segment.scale - deficitAt(counter, segment, now, skewMs)) / segment.scale);
  return room > 0 ? room : 0;
}

export function bucketCharge(counter: Counter, now: number, skewMs: number, cost: number): void {
  const { segment, cells, at } = counter;
  cells[at] = Math.min(deficitAt(counter, segment, now, skewMs) + cost * segment.scale, Number.MAX_SAFE_INTEGER);
  cells[at + LAST] = now;
  cells[at + SCALE] = segment.scale;
}

/** Ms until the bucket is full. */
export function bucketResetIn(counter: Counter, now: number, skewMs: number): number {
  const { check, segment } = counter;
  if (check.segments.length === 1) return Math.ceil(deficitAt(counter, segment, now, skewMs) / segment.refill);
  for (const later of check.segments) {
    const from = Math.max(now, later.fromAtMs + skewMs);
    if (endOf(later, skewMs) <= now) continue;
    const fullAtMs = from + Math.ceil(deficitAt(counter, later, from, skewMs) / later.refill);
    if (fullAtMs <= endOf(later, skewMs)) return fullAtMs - now;
  }
  return check.segments.at(-1)!.untilAtMs + skewMs - now;
}

/** First instant from `from` on (which lies in `segment`) at which `need` units fit. */
export function bucketOpensAt(counter: Counter, segment: Segment, from: number, skewMs: number, need: number): number {
  const excess = deficitAt(counter, segment, from, skewMs) + need * segment.scale - segment.burst * segment.scale;
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
function deficitAt(counter: Counter, segment: Segment, now: number, skewMs: number): number {
  const { check, cells, at } = counter;
  const deficit = cells[at]!;
  if (deficit === 0) return 0;
  if (check.segments.length > 1 || cells[at + SCALE] !== segment.scale) return deficitOver(counter, segment, now, skewMs);
  return drain(deficit, now - cells[at + LAST]!, segment.refill);
}

/** The same, through every segment between the last charge and now. */
function deficitOver({ check, cells, at }: Counter, segment: Segment, now: number, skewMs: number): number {
  let deficit = cells[at]!;
  let since = cells[at + LAST]!;
  let scale = cells[at + SCALE]!;
  for (const passed of check.segments) {
    const endsAtMs = passed === segment ? now : endOf(passed, skewMs);
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
