/** Use is told from no less time, so that three requests in a row are no flood. In ms. */
const LEAST_MS = 100;
/** What is expected, for each that came: use varies, and to ask once too often costs more than to give some back. */
const HEADROOM = 1.25;
/** What is expected is at most so many times what came lately. */
const GROWTH = 4;

/** What was asked lately. Older use fades. */
export class Use {
  /** Requests. */
  asks = 0;
  readonly #units: number[];
  #sinceMs: number;

  constructor(checks: number, nowMs: number) {
    this.#units = Array.from({ length: checks }, () => 0);
    this.#sinceMs = nowMs;
  }

  add(costs: readonly number[]): void {
    this.asks++;
    const units = this.#units;
    for (let i = 0; i < units.length; i++) units[i]! += costs[i]!;
  }

  /** Requests in so many ms, if it goes on so. */
  expected(forMs: number, nowMs: number): number {
    const overMs = Math.max(LEAST_MS, nowMs - this.#sinceMs);
    return Math.min(GROWTH, (HEADROOM * forMs) / overMs) * this.asks;
  }

  /** Units of check `i` that a request costs, on average. */
  meanOf(i: number): number {
    return this.asks === 0 ? 0 : this.#units[i]! / this.asks;
  }

  /** What was more than so long ago counts half, and then half of that. */
  fade(nowMs: number, overMs: number): void {
    if (nowMs - this.#sinceMs < overMs) return;
    this.asks /= 2;
    for (let i = 0; i < this.#units.length; i++) this.#units[i]! /= 2;
    this.#sinceMs = nowMs - overMs / 2;
  }
}
