import { idOf, type Check } from '../../core/index.ts';
import type { Model, Past } from './model.ts';
import { partOf } from './figure.ts';
import { segmentAt, type Moment } from './moment.ts';

/** Fixed window: so many units since it began, until it ends. Nothing is left of it then. */
export class FixedModel implements Model {
  protected units: number = 0;
  protected beganAtMs: number = -Infinity;
  protected endsAtMs: number = -Infinity;

  /** A window that begins in the future was charged now. */
  believe({ windowMs }: Check, { nowMs }: Moment): void {
    if (this.endsAtMs > nowMs + windowMs) this.endsAtMs = nowMs + windowMs;
  }

  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst - this.counted(check, moment);
  }

  counted(_check: Check | undefined, { nowMs }: Moment): number {
    return nowMs < this.endsAtMs ? this.units : 0;
  }

  charge(check: Check, { nowMs }: Moment, units: number, key: string): void {
    if (nowMs >= this.endsAtMs) {
      this.units = 0;
      this.beganAtMs = nowMs;
      this.endsAtMs = windowEnd(check, nowMs, key);
    }
    this.units += units;
  }

  amend({ nowMs }: Moment, { atMs }: Past, delta: number): void {
    const sameWindow = nowMs < this.endsAtMs && atMs >= this.beganAtMs && atMs < this.endsAtMs;
    if (sameWindow) this.units = Math.max(0, this.units + delta);
  }

  recounted(from: number, to: number): FixedModel {
    const copy = this.fresh();
    copy.beganAtMs = this.beganAtMs;
    copy.endsAtMs = this.endsAtMs;
    copy.units = partOf(this.units, from, to);
    return copy;
  }

  protected fresh(): FixedModel {
    return new FixedModel();
  }

  resetIn(check: Check, { nowMs }: Moment, key: string): number {
    if (nowMs < this.endsAtMs) return this.endsAtMs - nowMs;
    return check.align === 'first' ? 0 : windowEnd(check, nowMs, key) - nowMs;
  }
}

/** Gap: a window that ends so long after the last charge. */
export class GapModel extends FixedModel {
  override charge(check: Check, moment: Moment, units: number, key: string): void {
    super.charge(check, moment, units, key);
    this.endsAtMs = windowEnd(check, moment.nowMs, key);
  }

  protected override fresh(): FixedModel {
    return new GapModel();
  }
}

/** The end of the window that holds `nowMs`: found by trying one beginning after another from the phase on. */
function windowEnd({ align, windowMs }: Check, nowMs: number, key: string): number {
  if (align === 'first') return nowMs + windowMs;
  const phase = align === 'spread' ? idOf(key) % windowMs : 0;
  let endsAtMs = nowMs - (nowMs % windowMs) + phase - windowMs;
  while (endsAtMs <= nowMs) endsAtMs += windowMs;
  return endsAtMs;
}

/** Sliding: a list of charges. Each counts until the whole slice in which it was made is a window old. */
export class SlidingModel implements Model {
  readonly #check: Check;
  #charges: { readonly atMs: number; readonly units: number }[] = [];

  constructor(check: Check) {
    this.#check = check;
  }

  believe(_check: Check, { nowMs }: Moment): void {
    this.#charges = this.#charges.map(({ atMs, units }) => ({ atMs: Math.min(atMs, nowMs), units }));
  }

  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst - this.counted(check, moment);
  }

  counted(_check: Check | undefined, { nowMs }: Moment): number {
    const counting = this.#charges.filter(({ atMs }) => nowMs < this.#leavesAt(atMs));
    return counting.reduce((sum, { units }) => sum + units, 0);
  }

  charge(_check: Check, { nowMs }: Moment, units: number): void {
    this.#charges = this.#charges.filter(({ atMs }) => nowMs < this.#leavesAt(atMs));
    this.#charges.push({ atMs: nowMs, units });
  }

  /** No more comes back than its slice still counts: the rest came back before. */
  amend({ nowMs }: Moment, { atMs }: Past, delta: number): void {
    const leavesAtMs = this.#leavesAt(atMs);
    if (nowMs >= leavesAtMs) return;
    const ofSlice = this.#charges.filter((one) => this.#leavesAt(one.atMs) === leavesAtMs);
    const counted = ofSlice.reduce((sum, one) => sum + one.units, 0);
    this.#charges.push({ atMs, units: Math.max(delta, -counted) });
  }

  /** One slice after another from the newest one on, so that what is left when older ones are gone is never too little. */
  recounted(from: number, to: number): SlidingModel {
    const copy = new SlidingModel(this.#check);
    let newer = 0;
    for (const { atMs, units } of this.#charges.toSorted((a, b) => b.atMs - a.atMs)) {
      copy.#charges.unshift({ atMs, units: partOf(newer + units, from, to) - partOf(newer, from, to) });
      newer += units;
    }
    return copy;
  }

  resetIn(_check: Check, { nowMs }: Moment): number {
    const bySlice = Map.groupBy(this.#charges, ({ atMs }) => this.#leavesAt(atMs));
    let fullAtMs = nowMs;
    for (const [leavesAtMs, charges] of bySlice) {
      if (charges.reduce((sum, { units }) => sum + units, 0) > 0) fullAtMs = Math.max(fullAtMs, leavesAtMs);
    }
    return fullAtMs - nowMs;
  }

  /** The last ms of the slice must be a whole window in the past. */
  #leavesAt(atMs: number): number {
    const { windowMs, slices } = this.#check;
    const sliceMs = Math.ceil(windowMs / slices);
    const lastMsOfSlice = atMs - (atMs % sliceMs) + sliceMs - 1;
    return lastMsOfSlice + windowMs;
  }
}
