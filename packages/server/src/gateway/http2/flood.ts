/** Frames of a sort that may come at once, and how many more a second. Honest callers come nowhere near. */
const BURST = 200;
const A_SECOND = 20;

/** Counts what costs a caller nothing and us something: a bucket that is spent means that the connection is an attack. */
export class Flood {
  #left = BURST;
  #lastMs: number;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** One more of them; true when it is one too many. */
  count(nowMs: number): boolean {
    const earned = (Math.max(0, nowMs - this.#lastMs) / 1000) * A_SECOND;
    this.#left = Math.min(BURST, this.#left + earned) - 1;
    this.#lastMs = nowMs;
    return this.#left < 0;
  }
}
