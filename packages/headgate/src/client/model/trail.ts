import {
  CHAIN_MS,
  ENOUGH,
  IN_DOUBT,
  KNOWN_PER_EXTRA,
  LONGEST_MS,
  LONG_MS,
  MAX_STEPS,
  PAUSE_MS,
  PROVEN_PER_EXTRA,
  ROUNDING_MS,
  WAY_MS,
} from '../figures.ts';
import { SLICES, type Limit, type Release, type Terms } from './limit.ts';

/** A limit that explains a refusal. */
export type Fit = Omit<Terms, 'source'>;

/** What went well of late: what has been proven to be allowed, and what a refusal out of the blue may mean. */
export class Trail {
  readonly #atMs: number[] = [];
  #refusedAtMs = -Infinity;
  /** The most that went well within each span: hidden limits are looked for in these. */
  readonly #proven = new Map([1000, 10_000, LONGEST_MS].map((spanMs) => [spanMs, 0]));

  admitted(atMs: number): void {
    if (this.#atMs.push(atMs) > MAX_STEPS) this.#atMs.shift();
    for (const [spanMs, most] of this.#proven)
      this.#proven.set(spanMs, Math.max(most, this.since(atMs - spanMs).length));
  }

  /** When requests went well, after an instant. */
  since(atMs: number): readonly number[] {
    return this.#atMs.slice(this.#atMs.findLastIndex((one) => one <= atMs) + 1);
  }

  /**
   * Whether one more at once would be no more than went well before, or the one step further that is taken at a time. Within a window that
   * is known to be fixed steps are larger: what its span holds was found.
   */
  allows(inFlight: number, nowMs: number, limits: readonly Limit[]): boolean {
    const extra = (this.#proven.get(LONGEST_MS) ?? 0) / PROVEN_PER_EXTRA;
    return [...this.#proven].every(([spanMs, most]) => {
      const known = limits.some(({ fixedMs }) => fixedMs >= spanMs);
      return (
        inFlight <= (known ? most / KNOWN_PER_EXTRA : extra) || this.since(nowMs - spanMs).length + inFlight < most
      );
    });
  }

  /**
   * The likeliest limit that would refuse now and admit at `retryAtMs`. Refusals of a moment that come close together are of a bucket: no
   * window explains them. `aheadMs`: the server's clock, minus ours; without it, any instant may be its window's end.
   */
  fit(retryAtMs: number, nowMs: number, sentAtMs: number, aheadMs: number = -retryAtMs): Fit {
    const endMs = retryAtMs + WAY_MS;
    const beforeMs = this.#refusedAtMs;
    const chained = nowMs - beforeMs < CHAIN_MS;
    const begins = this.#atMs.filter((atMs, i) => atMs - (this.#atMs[i - 1] ?? 0) > PAUSE_MS);
    if (!chained || endMs - nowMs > ROUNDING_MS) {
      this.#refusedAtMs = nowMs;
      // Windows that people choose, the likely first.
      for (const windowMs of [1000, 10_000, 60_000, 3_600_000, 86_400_000, 30_000, 5000, 900_000]) {
        const fit = this.#begun(windowMs, endMs - windowMs, begins) ?? this.#clocked(windowMs, endMs, aheadMs);
        if (fit) return fit;
      }
    }
    return this.#pace(chained ? beforeMs : (begins[0] ?? sentAtMs) - 1, nowMs, nowMs - sentAtMs);
  }

  #window(windowMs: number, fromMs: number): { name: string; windowMs: number; capacity: number } {
    return { name: `hidden/${windowMs / 1000}s`, windowMs, capacity: this.since(fromMs).length };
  }

  /**
   * A window that began when we began anew after a pause. If it ends later than that, it is counted in slices; if not, it may be, which
   * the units that come back first can tell: those of as long a time as the end is in doubt by.
   */
  #begun(windowMs: number, startMs: number, begins: readonly number[]): Fit | undefined {
    const sliceMs = windowMs / SLICES;
    const begin = begins.find((atMs) => startMs > atMs && startMs - atMs < ROUNDING_MS + sliceMs);
    if (!begin) return undefined;
    const fit = this.#window(windowMs, begin - 1);
    const doubtMs = startMs - begin;
    if (doubtMs > ROUNDING_MS) return { ...fit, windowMs: windowMs + sliceMs, doubtMs };
    return { ...fit, doubtMs, sliceMs: windowMs > LONG_MS ? sliceMs : 0 };
  }

  /** A window of the server's clock, of which only what came since it began is counted, if the one before it held no more. */
  #clocked(windowMs: number, endMs: number, aheadMs: number): Fit | undefined {
    const pastMs = (endMs + aheadMs) % windowMs;
    const startMs = endMs - windowMs - pastMs;
    const fit = this.#window(windowMs, startMs);
    const both = this.since(startMs - windowMs).length;
    if (!fit.capacity || windowMs < LONG_MS || pastMs > ROUNDING_MS || both > 2 * fit.capacity) return undefined;
    const release: Release = (_, atMs) => endMs + windowMs * Math.ceil((atMs + ROUNDING_MS - endMs) / windowMs);
    return { ...fit, doubtMs: windowMs, release };
  }

  /** A bucket: what went well between two refusals is what dropped into it meanwhile. */
  #pace(fromMs: number, nowMs: number, tripMs: number): Fit {
    const units = this.since(fromMs).length;
    const unitMs = (nowMs - fromMs) / (units + (units < ENOUGH ? IN_DOUBT : -IN_DOUBT));
    // Nothing that went well tells of no pace.
    const capacity = units && Math.ceil(1000 / unitMs) + 1;
    return { name: 'hidden/pace', windowMs: unitMs * capacity - tripMs, capacity };
  }
}
