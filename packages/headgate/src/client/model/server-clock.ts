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

  observe(dateMs: number, sentAtMs: number, receivedAtMs: number): void {
    const slackMs = Math.max(0, receivedAtMs - this.#seenAtMs) * DRIFT;
    this.#seenAtMs = receivedAtMs;
    const [lowMs, highMs] = [dateMs - receivedAtMs, dateMs + DATE_MS - sentAtMs];
    this.#lowMs = Math.max(this.#lowMs - slackMs, lowMs);
    this.#highMs = Math.min(this.#highMs + slackMs, highMs);
    // One of the clocks was set: only this answer is still true.
    if (this.#lowMs > this.#highMs) [this.#lowMs, this.#highMs] = [lowMs, highMs];
  }

  /** The least that it may be ahead, so that instants turned into ours are never too early; undefined before an answer. */
  get skewMs(): number | undefined {
    return this.#lowMs === -Infinity ? undefined : this.#lowMs;
  }
}
