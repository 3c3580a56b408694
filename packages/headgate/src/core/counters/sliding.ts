import type { Check, Segment } from '../program.ts';
import type { Amendment, Cells } from './cells.ts';

/*
 * Sliding window: [head, tail, sum, ring of slices + 1 counts].
 *
 * Never more than N in any half-open window of W. Time is cut into slices of ceil(W/slices) ms, and a
 * slice counts until the whole of it lies outside the window, so a unit may be admitted one slice late,
 * never early. `head` and `tail` are the newest and oldest slices that may hold a count; `sum` is
 * the total between them. Ring entries outside [tail, head] are zero.
 */
const HEAD = 0;
const TAIL = 1;
const SUM = 2;
const RING = 3;

export function slidingWidth(slices: number): number {
  return RING + slices + 1;
}

function sliceMs(check: Pick<Check, 'windowMs' | 'slices'>): number {
  return Math.ceil(check.windowMs / check.slices);
}

/** The oldest slice of which any instant lies within W before `now`. */
function firstLive(check: Pick<Check, 'windowMs' | 'slices'>, now: number): number {
  return Math.floor((now - check.windowMs + 1) / sliceMs(check));
}

/** Units that may still be charged. Writes nothing, unless the clock went back. */
export function slidingRoom(check: Check, segment: Segment, cells: Cells, at: number, now: number): number {
  if (cells[at + SUM] === 0) return segment.burst;
  const current = Math.floor(now / sliceMs(check));
  if (cells[at + HEAD]! > current) pullBack(check, cells, at, current);
  return segment.burst - liveSum(check, cells, at, now);
}

export function slidingCharge(check: Check, cells: Cells, at: number, now: number, cost: number): void {
  const current = Math.floor(now / sliceMs(check));
  if (cells[at + SUM] !== 0) dropDead(check, cells, at, now);
  if (cells[at + SUM] === 0) cells[at + TAIL] = current;
  cells[at + HEAD] = current;
  cells[at + SUM] = Math.min(cells[at + SUM]! + cost, Number.MAX_SAFE_INTEGER);
  const entry = at + RING + (current % (check.slices + 1));
  cells[entry] = Math.min(cells[entry]! + cost, Number.MAX_SAFE_INTEGER);
}

/** Ms until the last charge has left the window. */
export function slidingResetIn(check: Check, cells: Cells, at: number, now: number): number {
  return cells[at + SUM] === 0 ? 0 : Math.max(0, leavesAt(check, cells[at + HEAD]!) - now);
}

/** First instant from `from` on at which enough slices have left for `need` units (at most the amount) to fit. */
export function slidingOpensAt(check: Check, segment: Segment, cells: Cells, at: number, from: number, need: number): number {
  let left = cells[at + SUM]!;
  let opensAtMs = from;
  const head = cells[at + HEAD]!;
  for (let slice = cells[at + TAIL]!; left > segment.burst - need && slice <= head; slice++) {
    left -= cells[at + RING + (slice % (check.slices + 1))]!;
    // A slice that is gone by `from` anyway costs no wait.
    opensAtMs = Math.max(from, leavesAt(check, slice));
  }
  return opensAtMs;
}

export function slidingAmend(check: Pick<Check, 'windowMs' | 'slices'>, cells: Cells, at: number, now: number, charge: Amendment, delta: number): void {
  const slice = Math.floor(charge.atMs / sliceMs(check));
  const live = slice >= Math.max(firstLive(check, now), cells[at + TAIL]!) && slice <= cells[at + HEAD]!;
  if (!live || cells[at + SUM] === 0) return;
  const entry = at + RING + (slice % (check.slices + 1));
  const change = Math.max(delta, -cells[entry]!);
  cells[entry] = cells[entry]! + change;
  cells[at + SUM] = cells[at + SUM]! + change;
}

/** First instant at which the latest instant of a slice is W old. */
function leavesAt(check: Pick<Check, 'windowMs' | 'slices'>, slice: number): number {
  return (slice + 1) * sliceMs(check) + check.windowMs - 1;
}

function liveSum(check: Check, cells: Cells, at: number, now: number): number {
  const live = firstLive(check, now);
  if (live > cells[at + HEAD]!) return 0;
  let sum = cells[at + SUM]!;
  for (let slice = cells[at + TAIL]!; slice < live; slice++) sum -= cells[at + RING + (slice % (check.slices + 1))]!;
  return sum;
}

function dropDead(check: Check, cells: Cells, at: number, now: number): void {
  const live = firstLive(check, now);
  if (live > cells[at + HEAD]!) {
    cells.fill(0, at + SUM, at + RING + check.slices + 1);
    return;
  }
  for (let slice = cells[at + TAIL]!; slice < live; slice++) {
    const entry = at + RING + (slice % (check.slices + 1));
    cells[at + SUM] = cells[at + SUM]! - cells[entry]!;
    cells[entry] = 0;
    cells[at + TAIL] = slice + 1;
  }
}

/** The clock went back: what was counted in slices to come is counted as charged now. */
function pullBack(check: Check, cells: Cells, at: number, current: number): void {
  let moved = 0;
  for (let slice = Math.max(cells[at + TAIL]!, current + 1); slice <= cells[at + HEAD]!; slice++) {
    const entry = at + RING + (slice % (check.slices + 1));
    moved += cells[entry]!;
    cells[entry] = 0;
  }
  cells[at + HEAD] = current;
  cells[at + TAIL] = Math.min(cells[at + TAIL]!, current);
  const entry = at + RING + (current % (check.slices + 1));
  cells[entry] = cells[entry]! + moved;
}
