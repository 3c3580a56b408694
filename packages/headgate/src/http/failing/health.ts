/** Failures in a row, with no answer between them, after which a store is not asked any more. */
const MAX_FAILURES = 3;
/** Until it is asked again, by one: at first, and at most, in ms. It doubles each time that nothing comes of it. */
const FIRST_MS = 50;
const LONGEST_MS = 1000;
/** Whoever has answered for so long begins anew; whoever fails again and again is asked seldom. In ms. */
const STEADY_MS = 10_000;

/** Whether a step may go to the store. `probe`: it is the one by which is seen whether the store answers again. */
export type Leave = 'asks' | 'probe' | 'waits';

/**
 * Whether a store answers, as far as is seen from here. It is said to be down after some failures in a row, so that one step that it
 * cannot carry out makes nobody else wait; then one step at a time is tried, and the rest need not wait for what does not come.
 */
export class Health {
  #failures = 0;
  #isDown = false;
  #isProbing = false;
  #waitMs = FIRST_MS;
  #againAtMs = 0;
  #upSinceMs = Number.NEGATIVE_INFINITY;

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Whether all is as it was before the last failure: then there is nothing to note of an answer. */
  get isWell(): boolean {
    return this.#failures === 0;
  }

  leave(nowMs: number): Leave {
    if (!this.#isDown) return 'asks';
    if (this.#isProbing || nowMs < this.#againAtMs) return 'waits';
    this.#isProbing = true;
    return 'probe';
  }

  /** It has answered in time. True when it was down before. */
  answered(nowMs: number): boolean {
    const wasDown = this.#isDown;
    this.#failures = 0;
    this.#isDown = this.#isProbing = false;
    if (wasDown) this.#upSinceMs = nowMs;
    return wasDown;
  }

  /** True when it is down from now on. What was under way before it was down is no news. */
  failed(nowMs: number, leave: Leave): boolean {
    this.#failures++;
    if (this.#isDown) {
      if (leave === 'probe') this.#waitLonger(nowMs);
      return false;
    }
    if (this.#failures < MAX_FAILURES) return false;
    this.#isDown = true;
    if (nowMs - this.#upSinceMs >= STEADY_MS) this.#waitMs = FIRST_MS;
    this.#againAtMs = nowMs + this.#waitMs;
    return true;
  }

  #waitLonger(nowMs: number): void {
    this.#isProbing = false;
    this.#waitMs = Math.min(LONGEST_MS, 2 * this.#waitMs);
    this.#againAtMs = nowMs + this.#waitMs;
  }
}
