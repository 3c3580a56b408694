import { scaled } from './scaled.ts';
import type { Segment } from '../program.ts';
import { Counter, total, type Amendment, type Instant } from './counter.ts';

export const LAST = 1;
export const SCALE = 2;

/**
 * Token bucket, kept as what is missing from it: [deficit, lastMs, scale].
 *
 * The deficit is in parts, `scale` of which make a unit; `refill` parts come back each ms. With the
 * rate in lowest terms everything stays a whole number below 2^53, and the bucket is exact for ever.
 * The parts of another amount are recounted, rounding up. Amounts that change with time are a {@link Stepped} bucket's.
 */
export class Bucket extends Counter {
  static widthOf(): number {
    return 3;
  }

  /** One amount for ever, counted in so many parts a unit; NaN where the amount changes with time, or none is known. */
  protected readonly steadyScale: number = (this.segment as Segment | undefined)?.scale ?? NaN;
  /** Parts missing at the instant of the step, as {@link room} found it. */
  #missing: number = NaN;

  room(t: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { burst, scale, refill } = this.segment;
    const elapsedMs = t.now - cells[at + LAST]!;
    const missing =
      cells[at + SCALE] === this.steadyScale && elapsedMs >= 0
        ? drain(cells[at]!, elapsedMs, refill)
        : this.#missingSince(t, elapsedMs);
    this.#missing = missing;
    const room = Math.floor((burst * scale - missing) / scale);
    return room > 0 ? room : 0;
  }

  /** Units that are missing, {@link room} having been asked of this instant: more than there can be, where the burst has shrunk. */
  used(): number {
    return Math.ceil(this.#missing / this.segment.scale);
  }

  /** The same for a bucket never charged, at a changed amount, or by a clock that went back: as if charged now. */
  #missingSince(t: Instant, elapsedMs: number): number {
    if (elapsedMs < 0) this.row.cells[this.row.base + this.offset + LAST] = t.now;
    return this.deficit(t, t.now, this.segment);
  }

  charge(t: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { segment } = this;
    const deficit = Math.min(this.#missing + cost * segment.scale, Number.MAX_SAFE_INTEGER);
    this.#missing = deficit;
    cells[at] = deficit;
    cells[at + LAST] = t.now;
    cells[at + SCALE] = segment.scale;
    const resetInMs = segment.scale === this.steadyScale ? fullIn(deficit, segment.refill) : this.resetOver(t);
    this.hold(resetInMs < 0 ? Infinity : resetInMs);
    return resetInMs;
  }

  /** Until the bucket is full. Where nothing flows in, what is missing stays missing. */
  override resetIn(t: Instant): number {
    const { scale, refill } = this.segment;
    return scale === this.steadyScale ? fullIn(this.#missing, refill) : this.resetOver(t);
  }

  /** The same of an amount that changes. */
  protected resetOver(_t: Instant): number {
    return fullIn(this.#missing, this.segment.refill);
  }

  /** What nothing flows into stays as it is. */
  override holdsFor(_t: Instant, resetInMs: number): number {
    return resetInMs < 0 ? Infinity : resetInMs;
  }

  opensAt(t: Instant, from: number, need: number, segment: Segment): number {
    const excess = this.deficit(t, from, segment) - (segment.burst - need) * segment.scale;
    return excess <= 0 ? from : from + Math.ceil(excess / segment.refill);
  }

  /**
   * Gives back, or takes in addition. What was missing before the charge may all have flowed in since; what was charged
   * after it may not be given back with it. Between the two, all of it comes back at once, whatever the rates were.
   */
  amend(t: Instant, _past: Amendment, delta: number, laterUnits: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const scale = cells[at + SCALE]!;
    const before = this.#units(t);
    const deficit = cells[at]!;
    const least = delta < 0 ? Math.min(deficit, laterUnits * scale) : 0;
    cells[at] = Math.max(least, total(deficit, delta * scale));
    return before - this.#units(t);
  }

  /** Whole units missing now; where the amount is not known, those of the last charge: what has flowed in is not known either. */
  #units(t: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    // A counter that is none of the program's has no segment.
    const segment = this.segment as Segment | undefined;
    const scale = segment?.scale ?? cells[at + SCALE]!;
    const missing = segment === undefined ? cells[at]! : this.deficit(t, t.now, segment);
    return missing === 0 ? 0 : Math.ceil(missing / scale);
  }

  /** Parts missing at `now`, counted at `segment`'s scale; `segment` is the one in force then. */
  protected deficit(t: Instant, now: number, segment: Segment): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const deficit = cells[at]!;
    if (deficit === 0) return 0;
    if (cells[at + SCALE] !== this.steadyScale) return this.deficitOver(t, now, segment);
    return drain(deficit, Math.max(0, now - cells[at + LAST]!), segment.refill);
  }

  /** The same of parts that are of another amount. */
  protected deficitOver(_t: Instant, now: number, { scale, refill }: Segment): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    return drain(scaled(cells[at]!, cells[at + SCALE]!, scale), Math.max(0, now - cells[at + LAST]!), refill);
  }
}

/** Ms in which so many parts flow in; -1 where they never do. Mostly it is a part a ms: 100 a minute is 1 in 600 ms. */
function fullIn(deficit: number, refill: number): number {
  if (refill === 1 || deficit === 0) return deficit;
  return refill > 0 ? Math.ceil(deficit / refill) : -1;
}

// The product of a long time and a fast refill may round, but only far above any deficit: the answer stays exact.
export function drain(deficit: number, elapsedMs: number, refill: number): number {
  const flowedIn = elapsedMs * refill;
  return flowedIn >= deficit ? 0 : deficit - flowedIn;
}
