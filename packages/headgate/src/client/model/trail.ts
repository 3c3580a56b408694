/** Spans in which limits that nobody told of are looked for. */
const HORIZONS_MS = [1000, 10_000, 60_000] as const;
/** So many more at once for so many that went well; one at a time until then, so that a hidden limit costs one refusal. */
const PROVEN_PER_EXTRA = 64;
/** Windows that people choose, in seconds. */
const WINDOWS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
/** A whole second that a wait was rounded up to, and the way. */
const ROUNDING_MS = 1200;
/** Who says nothing for so long begins anew. */
const PAUSE_MS = 500;
const MAX_STEPS = 4096;

interface Step {
  readonly atMs: number;
  count: number;
}

/** What went well of late: what has been proven to be allowed, and what a refusal out of the blue may mean. */
export class Trail {
  readonly #steps: Step[] = [];
  readonly #proven: number[] = HORIZONS_MS.map(() => 0);

  admitted(atMs: number): void {
    const last = this.#steps.at(-1);
    if (last && atMs - last.atMs < 10) last.count++;
    else this.#steps.push({ atMs, count: 1 });
    if (this.#steps.length > MAX_STEPS) this.#steps.splice(0, MAX_STEPS / 2);
    HORIZONS_MS.forEach((ms, i) => (this.#proven[i] = Math.max(this.#proven[i] ?? 0, this.#since(atMs - ms))));
  }

  #since(atMs: number): number {
    let count = 0;
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const step = this.#steps[i];
      if (step === undefined || step.atMs <= atMs) break;
      count += step.count;
    }
    return count;
  }

  /** Whether one more at once would be no more than went well before, or the one step further that is taken at a time. */
  allows(inFlight: number, nowMs: number): boolean {
    return HORIZONS_MS.every((ms, i) => {
      const proven = this.#proven[i] ?? 0;
      return inFlight < 1 + Math.floor(proven / PROVEN_PER_EXTRA) || this.#since(nowMs - ms) + inFlight < proven;
    });
  }

  /** The counts that a limit of this window would still hold: when, and how many. */
  within(windowMs: number, nowMs: number): readonly Step[] {
    return this.#steps.filter(({ atMs }) => atMs > nowMs - windowMs);
  }

  /**
   * The limit that would refuse now and admit at `retryAtMs`: of the common windows, the shortest that began when we began
   * anew after a pause, as a window does that the first request opens; else the shortest that may have begun by now.
   */
  guess(retryAtMs: number, nowMs: number): { windowMs: number; capacity: number } | undefined {
    const spans = WINDOWS_S.map((s) => s * 1000).filter((ms) => retryAtMs - ms <= nowMs);
    for (const windowMs of spans) {
      const startMs = retryAtMs - windowMs;
      const first = this.#steps.find(({ atMs }, i) => Math.abs(atMs - startMs) < ROUNDING_MS && this.#isAnew(i));
      if (first) return { windowMs, capacity: this.#since(first.atMs - 1) };
    }
    const [windowMs] = spans;
    const capacity = windowMs === undefined ? 0 : this.#since(retryAtMs - windowMs - ROUNDING_MS);
    return windowMs === undefined || capacity === 0 ? undefined : { windowMs, capacity };
  }

  #isAnew(i: number): boolean {
    const [before, step] = [this.#steps[i - 1], this.#steps[i]];
    return before === undefined || (step?.atMs ?? 0) - before.atMs > PAUSE_MS;
  }
}
