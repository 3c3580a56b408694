import type { Segment } from '../program.ts';
import type { Amendment, Cells, Counter } from './counter.ts';

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

/** How a window is cut. */
interface Cut {
  readonly windowMs: number;
  readonly slices: number;
}

export function slidingWidth(slices: number): number {
  return RING + slices + 1;
}

/** Units that may still be charged. Writes nothing, unless the clock went back. */
export function slidingRoom(counter: Counter, now: number): number {
  const { check, segment, cells, at } = counter;
  if (cells[at + SUM] === 0) return segment.burst;
  const current = Math.floor(now / sliceMs(check));
  if (cells[at + HEAD]! > current) pullBack(check, cells, at, current);
  return segment.burst - liveSum(check, cells, at, now);
}

export function slidingCharge({ check, cells, at }: Counter, now: number, cost: number): void {
  const current = Math.floor(now / sliceMs(check));
  if (cells[at + SUM] !== 0) dropDead(check, cells, at, now);
  if (cells[at + SUM] === 0) cells[at + TAIL] = current;
  cells[at + HEAD] = current;
  add(cells, at, entryOf(check, at, current), cost);
}

/** Ms until the last charge has left the window. */
export function slidingResetIn({ check, cells, at }: Counter, now: number): number {
  return cells[at + SUM] === 0 ? 0 : Math.max(0, leavesAt(check, cells[at + HEAD]!) - now);
}

/** First instant from `from` on at which enough slices have left for `need` units (at most the amount) to fit. */
export function slidingOpensAt({ check, cells, at }: Counter, segment: Segment, from: number, need: number): number {
  let left = cells[at + SUM]!;
  let opensAtMs = from;
  const head = cells[at + HEAD]!;
  for (let slice = cells[at + TAIL]!; left > segment.burst - need && slice <= head; slice++) {
    left -= cells[entryOf(check, at, slice)]!;
    // A slice that is gone by `from` anyway costs no wait.
    opensAtMs = Math.max(from, leavesAt(check, slice));
  }
  return opensAtMs;
}

export function slidingAmend(cut: Cut, cells: Cells, at: number, now: number, charge: Amendment, delta: number): void {
  const slice = Math.floor(charge.atMs / sliceMs(cut));
  const live = slice >= Math.max(firstLive(cut, now), cells[at + TAIL]!) && slice <= cells[at + HEAD]!;
  if (!live || cells[at + SUM] === 0) return;
  const entry = entryOf(cut, at, slice);
  add(cells, at, entry, Math.max(delta, -cells[entry]!));
}

function sliceMs(cut: Cut): number {
  return Math.ceil(cut.windowMs / cut.slices);
}

/** The oldest slice of which any instant lies within W before `now`. */
function firstLive(cut: Cut, now: number): number {
  return Math.floor((now - cut.windowMs + 1) / sliceMs(cut));
}

/** First instant at which the latest instant of a slice is W old. */
function leavesAt(cut: Cut, slice: number): number {
  return (slice + 1) * sliceMs(cut) + cut.windowMs - 1;
}

function entryOf(cut: Cut, at: number, slice: number): number {
  return at + RING + (slice % (cut.slices + 1));
}

function add(cells: Cells, at: number, entry: number, units: number): void {
  cells[entry] = Math.min(cells[entry]! + units, Number.MAX_SAFE_INTEGER);
  cells[at + SUM] = Math.min(cells[at + SUM]! + units, Number.MAX_SAFE_INTEGER);
}

function liveSum(cut: Cut, cells: Cells, at: number, now: number): number {
  const live = firstLive(cut, now);
  if (live > cells[at + HEAD]!) return 0;
  let sum = cells[at + SUM]!;
  for (let slice = cells[at + TAIL]!; slice < live; slice++) sum -= cells[entryOf(cut, at, slice)]!;
  return sum;
}

function dropDead(cut: Cut, cells: Cells, at: number, now: number): void {
  const live = firstLive(cut, now);
  if (live > cells[at + HEAD]!) {
    cells.fill(0, at + SUM, at + RING + cut.slices + 1);
    return;
  }
  for (let slice = cells[at + TAIL]!; slice < live; slice++) {
    const entry = entryOf(cut, at, slice);
    cells[at + SUM] = cells[at + SUM]! - cells[entry]!;
    cells[entry] = 0;
    cells[at + TAIL] = slice + 1;
  }
}

/** The clock went back: what was counted in slices to come is counted as charged now. */
function pullBack(cut: Cut, cells: Cells, at: number, current: number): void {
  let moved = 0;
  for (let slice = Math.max(cells[at + TAIL]!, current + 1); slice <= cells[at + HEAD]!; slice++) {
    const entry = entryOf(cut, at, slice);
    moved += cells[entry]!;
    cells[entry] = 0;
  }
  cells[at + TAIL] = Math.min(cells[at + TAIL]!, current);
  cells[at + HEAD] = current;
  const entry = entryOf(cut, at, current);
  cells[entry] = cells[entry]! + moved;
}
