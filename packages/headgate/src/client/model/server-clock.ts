/** A crystal is off by less; what was known of another clock is worth so much less every millisecond. */
const DRIFT = 1e-4;
/** `Date` has whole seconds (RFC 9110 5.6.7). */
const DATE_MS = 1000;

/**
 * How far a server's clock is ahead of ours. One answer's `Date` tells it to a second and its time on the way; each further
 * one narrows that, since the answer was made after it was asked for and before it came (Cristian's algorithm).
 */
export class ServerClock {
  #lowMs = -Infinity;
  #highMs = Infinity;
  #seenAtMs = 0;

  /**
   * Takes in what the `Date` of one answer tells, its instant minus ours. Returns the least that the server may be ahead, so
   * that instants turned into ours are never too early.
   */
  observe(aheadMs: number, sentAtMs: number, receivedAtMs: number): number {
    const slackMs = Math.max(0, receivedAtMs - this.#seenAtMs) * DRIFT;
    this.#seenAtMs = receivedAtMs;
    const mostMs = aheadMs + receivedAtMs - sentAtMs + DATE_MS;
    this.#lowMs = Math.max(this.#lowMs - slackMs, aheadMs);
    this.#highMs = Math.min(this.#highMs + slackMs, mostMs);
    // One of the clocks was set: only this answer is still true.
    if (this.#lowMs > this.#highMs) [this.#lowMs, this.#highMs] = [aheadMs, mostMs];
    return this.#lowMs;
  }
}
