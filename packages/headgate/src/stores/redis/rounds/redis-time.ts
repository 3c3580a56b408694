/** A reading older than this is guessed from no more: clocks drift, and are set. In ms. */
const TRUSTED_MS = 1000;

/** What time it is in Redis, as far as its last answer tells: never later than it is, while its clock runs on. */
export class RedisTime {
  readonly #nowMs: () => number;
  #micros = 0;
  #readAtMs = -Infinity;

  /** `nowMs` never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  read(micros: number): void {
    this.#micros = micros;
    this.#readAtMs = this.#nowMs();
  }

  /** In µs; 0 when nobody knows. */
  guess(): number {
    const elapsedMs = this.#nowMs() - this.#readAtMs;
    return elapsedMs < TRUSTED_MS ? Math.floor(this.#micros + elapsedMs * 1000) : 0;
  }
}
