import type { Terms } from './limit.ts';

/** So many more at once for so many that went well; one at a time until then, so that a hidden limit costs one refusal. */
const PROVEN_PER_EXTRA = 64;
/** Windows that people choose, the likely first; limits that nobody told of are looked for in spans of the first three. */
const WINDOWS_MS = [1000, 10_000, 60_000, 3_600_000, 86_400_000, 30_000, 15_000, 5000, 2000, 300_000, 900_000] as const;
/** A whole second that a wait was rounded up to, and the way. */
const ROUNDING_MS = 1350;
/** The way alone: so much earlier may something be than it was seen. */
const WAY_MS = 250;
/** Refusals so close to each other, each of a moment, are of a bucket. */
const CHAIN_MS = 60_000;
/** So many between two refusals tell a pace well enough to stay below it. */
const ENOUGH = 8;
/** Who says nothing for so long begins anew. */
const PAUSE_MS = 500;
/** Admissions remembered. */
const MAX_STEPS = 4096;

/** A limit that explains a refusal. */
export type Fit = Omit<Terms, 'source'>;

/** What went well of late: what has been proven to be allowed, and what a refusal out of the blue may mean. */
export class Trail {
  readonly #atMs: number[] = [];
  #refusedAtMs = -Infinity;
  /** The most that went well within each span. */
  #proven = [0, 0, 0];

  admitted(atMs: number): void {
    if (this.#atMs.push(atMs) > MAX_STEPS) this.#atMs.shift();
    this.#proven = this.#proven.map((most, i) => Math.max(most, this.#within(i, atMs)));
  }

  #within(i: number, nowMs: number): number {
    return this.since(nowMs - (WINDOWS_MS[i] ?? 0)).length;
  }

  /** When requests went well, after an instant. */
  since(atMs: number): readonly number[] {
    return this.#atMs.slice(this.#atMs.findLastIndex((one) => one <= atMs) + 1);
  }

  /**
   * Whether one more at once would be no more than went well before, or the one step further that is taken at a time. In doubt of what was
   * learned, nothing is proven.
   */
  allows(inFlight: number, nowMs: number, doubted: unknown): boolean {
    return this.#proven.every(
      (most, i) => inFlight <= most / PROVEN_PER_EXTRA || (!doubted && this.#within(i, nowMs) + inFlight < most),
    );
  }

  /**
   * The likeliest limit that would refuse now and admit at `retryAtMs`: a window that began when we began anew after a pause; or one of
   * the server's clock, of which only what came since it began is counted; or else a pace, at which units drop into a bucket.
   */
  fit(retryAtMs: number, nowMs: number, sentAtMs: number, aheadMs: number = -retryAtMs): Fit {
    const count = (fromMs: number): number => this.since(fromMs).length;
    const begins = this.#atMs.filter((atMs, i) => atMs - (this.#atMs[i - 1] ?? 0) > PAUSE_MS);
    const chained = nowMs - this.#refusedAtMs < CHAIN_MS;
    const paceFromMs = chained ? this.#refusedAtMs : (begins[0] ?? sentAtMs) - 1;
    const endMs = retryAtMs + WAY_MS;
    if (!chained || endMs - nowMs > ROUNDING_MS) {
      this.#refusedAtMs = nowMs;
      for (const windowMs of WINDOWS_MS) {
        const sliceMs = windowMs / 16;
        const startMs = endMs - windowMs;
        const begin = begins.find((atMs) => startMs > atMs && startMs - atMs < ROUNDING_MS + sliceMs);
        const pastMs = (endMs + aheadMs) % windowMs;
        const fromMs = begin ? begin - 1 : startMs - pastMs;
        const fit = { name: `hidden/${windowMs / 1000}s`, capacity: count(fromMs) };
        if (begin) {
          const lateMs = startMs - begin;
          return lateMs > ROUNDING_MS
            ? { ...fit, windowMs: windowMs + sliceMs, doubtMs: 1 }
            : { ...fit, windowMs, doubtMs: lateMs, sliceMs: windowMs > 9000 ? sliceMs : 0 };
        }
        if (fit.capacity && windowMs > 2000 && pastMs < ROUNDING_MS && count(fromMs - windowMs) <= 2 * fit.capacity)
          return {
            ...fit,
            windowMs,
            doubtMs: windowMs,
            release: (_, atMs) => retryAtMs + windowMs * Math.ceil((atMs + ROUNDING_MS - retryAtMs) / windowMs),
          };
      }
    }
    const units = count(paceFromMs);
    const unitMs = (nowMs - paceFromMs) / (units + (units < ENOUGH ? 0.5 : -0.5));
    // Nothing that went well tells of no pace.
    const capacity = units && Math.ceil(1000 / unitMs) + 1;
    return { name: 'hidden/pace', windowMs: unitMs * capacity - (nowMs - sentAtMs), capacity };
  }
}
