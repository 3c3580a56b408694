import type { Upload } from './upload.ts';

/** Longest silence in the middle of an answer. */
const ANSWER_MS = 300_000;
/** Looks within the shortest time that is waited for. */
const LOOKS = 4;
const [LEAST_MS, MOST_MS] = [25, 1000];

/** How often whoever waits for the API is looked at, so that a wait ends at most two looks late, and never early. */
export function lookMs(timeoutMs: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, timeoutMs / LOOKS));
}

/**
 * How long the API has been silent. It is told of whatever moves, and looked at now and then: a timer for each request
 * would cost more than the decision does. The time does not run while it is the caller who is slow: an upload may take hours.
 */
export class Silence {
  readonly #upload: Upload | null;
  readonly #timeoutMs: number;
  #hasBegun = false;
  #hasMoved = true;
  #stillMs = 0;

  /** @param timeoutMs how long the API may take until its answer begins */
  constructor(upload: Upload | null, timeoutMs: number) {
    this.#upload = upload;
    this.#timeoutMs = timeoutMs;
    if (upload !== null) upload.onProgress = () => this.moved();
  }

  /** Whether the answer has begun. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  moved(): void {
    this.#hasMoved = true;
  }

  /** From now on it is the rest of an answer that is waited for. */
  answers(): void {
    this.#hasBegun = true;
    this.#hasMoved = true;
  }

  /** True when the silence has lasted too long. `callerIsSlow`: it has not taken what the API sent before. */
  isOver(elapsedMs: number, callerIsSlow: boolean): boolean {
    if (this.#hasMoved || callerIsSlow || (!this.#hasBegun && this.#upload?.waitsForCaller === true)) {
      this.#hasMoved = false;
      this.#stillMs = 0;
      return false;
    }
    this.#stillMs += elapsedMs;
    return this.#stillMs > (this.#hasBegun ? ANSWER_MS : this.#timeoutMs);
  }
}

export class SilentApi extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('the API said nothing for too long');
  }
}
