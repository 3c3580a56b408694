/** Spans in which limits that nobody told of are looked for. */
const HORIZONS_MS = [1000, 10_000, 60_000] as const;
/** So many more at once for so many that went well; one at a time until then, so that a hidden limit costs one refusal. */
const PROVEN_PER_EXTRA = 64;
/** Windows that people choose, in seconds. */
const WINDOWS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 3600, 86_400];
/** A whole second that a wait was rounded up to, and the way. */
const ROUNDING_MS = 1200;
/** Who says nothing for so long begins anew. */
const PAUSE_MS = 500;
/** Admissions remembered. */
const MAX_STEPS = 4096;

/** What went well of late: what has been proven to be allowed, and what a refusal out of the blue may mean. */
export class Trail {
  readonly #atMs: number[] = [];
  readonly #horizons = HORIZONS_MS.map((ms) => ({ ms, proven: 0 }));

  admitted(atMs: number): void {
    if (this.#atMs.push(atMs) > MAX_STEPS) this.#atMs.shift();
    for (const horizon of this.#horizons)
      horizon.proven = Math.max(horizon.proven, this.since(atMs - horizon.ms).length);
  }

  /** When requests went well, after an instant. */
  since(atMs: number): readonly number[] {
    return this.#atMs.slice(this.#atMs.findLastIndex((one) => one <= atMs) + 1);
  }

  /** Whether one more at once would be no more than went well before, or the one step further that is taken at a time. */
  allows(inFlight: number, nowMs: number): boolean {
    return this.#horizons.every(
      ({ ms, proven }) => inFlight <= proven / PROVEN_PER_EXTRA || this.since(nowMs - ms).length + inFlight < proven,
    );
  }

  /**
   * The limit that would refuse now and admit at `retryAtMs`: of the common windows, the shortest that began when we began
   * anew after a pause, as a window does that the first request opens, or whose slice then ended so much later; else the shortest of
   * a clock, of which only what came since it began is counted.
   */
  guess(retryAtMs: number): { windowMs: number; capacity: number } | undefined {
    const begins = this.#atMs.filter((atMs, i) => atMs - (this.#atMs[i - 1] ?? 0) > PAUSE_MS);
    const guesses = WINDOWS_S.map((s) => {
      const windowMs = s * 1000;
      const startMs = retryAtMs - windowMs;
      const half = windowMs / 32;
      const begin = begins.find((atMs) => Math.abs(startMs - half - atMs) < ROUNDING_MS + half);
      const capacity = this.since(begin ? begin - 1 : startMs).length;
      // The window before it held no more, but for what the wait's whole seconds leave in doubt.
      const is = this.since(startMs - windowMs).length <= 2 * this.since(startMs - ROUNDING_MS).length;
      return { windowMs, capacity: is ? capacity : 0, begin };
    });
    return guesses.find(({ begin }) => begin) ?? guesses.find(({ capacity }) => capacity > 0);
  }
}
