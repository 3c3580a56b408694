/** A reading older than this decides nothing any more: clocks drift, and are set. In ms. */
const TRUSTED_MS = 1000;
/** So much, at most, the last answer was under way. In ms. */
const UNDER_WAY_MS = 20;

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
    const nowMs = this.#nowMs();
    return nowMs - this.#readAtMs < TRUSTED_MS ? this.#elapsed(nowMs) : 0;
  }

  /** What time it will be at an instant of this process, or a little later; 0 when it was never told. Whoever goes by it is told otherwise when it is not so. */
  at(atMs: number): number {
    return this.#micros === 0 ? 0 : this.#elapsed(atMs + UNDER_WAY_MS);
  }

  #elapsed(atMs: number): number {
    return Math.floor(this.#micros + (atMs - this.#readAtMs) * 1000);
  }
}
