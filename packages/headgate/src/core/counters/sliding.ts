import type { Segment } from '../program.ts';
import { addTo, Counter, total, type Amendment, type Instant } from './counter.ts';

export const HEAD = 0;
export const TAIL = 1;
export const SUM = 2;
export const RING = 3;

/**
 * Sliding window: [head, tail, sum, ring of slices + 1 counts].
 *
 * Never more than N in any half-open window of W. Time is cut into slices of ceil(W/slices) ms, and a
 * slice counts until the whole of it lies outside the window, so a unit may be admitted one slice late,
 * never early. `head` and `tail` are the newest and oldest slices that may hold a count; `sum` is
 * the total between them. Ring entries outside [tail, head] are zero.
 */
export class Sliding extends Counter {
  static widthOf(slices: number): number {
    return RING + slices + 1;
  }

  readonly #sliceMs = Math.ceil(this.check.windowMs / this.check.slices);

  /** Writes nothing, unless the clock went back. */
  room({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    if (cells[at + SUM] === 0) return this.segment.burst;
    const current = Math.floor(now / this.#sliceMs);
    if (cells[at + HEAD]! > current) this.#pullBack(current);
    let sum = cells[at + SUM]!;
    const end = Math.min(this.#firstLive(now), cells[at + HEAD]! + 1);
    for (let slice = cells[at + TAIL]!; slice < end; slice++) sum -= cells[this.#entry(slice)]!;
    return this.segment.burst - sum;
  }

  charge({ now }: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const current = Math.floor(now / this.#sliceMs);
    this.#dropDead(now);
    // A slice that still counts may be empty: what was reserved there at a cost not known yet is counted there.
    if (cells[at + TAIL]! > cells[at + HEAD]!) cells[at + TAIL] = current;
    cells[at + HEAD] = current;
    this.#add(current, cost);
    return this.hold(this.#leavesAt(current) - now);
  }

  /** Until the last charge has left the window. */
  override resetIn({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    if (cells[at + SUM] === 0) return 0;
    let last = cells[at + HEAD]!;
    // What was charged last may have been given back since.
    while (last > cells[at + TAIL]! && cells[this.#entry(last)] === 0) last--;
    return Math.max(0, this.#leavesAt(last) - now);
  }

  opensAt(_t: Instant, from: number, need: number, segment: Segment): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    let left = cells[at + SUM]!;
    let opensAtMs = from;
    for (let slice = cells[at + TAIL]!; left > segment.burst - need && slice <= cells[at + HEAD]!; slice++) {
      left -= cells[this.#entry(slice)]!;
      // A slice that is gone by `from` anyway costs no wait.
      opensAtMs = Math.max(from, this.#leavesAt(slice));
    }
    return opensAtMs;
  }

  amend({ now }: Instant, { atMs }: Amendment, delta: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const slice = Math.floor(atMs / this.#sliceMs);
    if (slice < this.#firstLive(now) || slice < cells[at + TAIL]! || slice > cells[at + HEAD]!) return 0;
    return this.#add(slice, Math.max(delta, -cells[this.#entry(slice)]!));
  }

  /** The oldest slice of which any instant lies within W before `now`. */
  #firstLive(now: number): number {
    return Math.floor((now - this.check.windowMs + 1) / this.#sliceMs);
  }

  /** First instant at which the latest instant of a slice is W old. */
  #leavesAt(slice: number): number {
    return (slice + 1) * this.#sliceMs + this.check.windowMs - 1;
  }

  #entry(slice: number): number {
    return this.row.base + this.offset + RING + (slice % (this.check.slices + 1));
  }

  #add(slice: number, units: number): number {
    addTo(this.row.cells, this.#entry(slice), units);
    return addTo(this.row.cells, this.row.base + this.offset + SUM, units);
  }

  #dropDead(now: number): void {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const live = this.#firstLive(now);
    const head = cells[at + HEAD]!;
    if (cells[at + SUM] !== 0)
      for (let slice = cells[at + TAIL]!; slice < live && slice <= head; slice++)
        this.#add(slice, -cells[this.#entry(slice)]!);
    if (cells[at + TAIL]! < live) cells[at + TAIL] = live;
  }

  /** The clock went back: what was counted in slices to come is counted as charged now. */
  #pullBack(current: number): void {
    const { cells, base } = this.row;
    const at = base + this.offset;
    let moved = 0;
    for (let slice = Math.max(cells[at + TAIL]!, current + 1); slice <= cells[at + HEAD]!; slice++) {
      moved += cells[this.#entry(slice)]!;
      cells[this.#entry(slice)] = 0;
    }
    cells[at + TAIL] = Math.min(cells[at + TAIL]!, current);
    cells[at + HEAD] = current;
    cells[this.#entry(current)] = total(cells[this.#entry(current)]!, moved);
  }
}
