/** Why a request was given up before it was sent. */
export type RateLimitErrorCode = 'ERR_DEADLINE' | 'ERR_QUEUE_FULL';

/** A request that would have to wait longer than it may. It was not sent. */
export class RateLimitError extends Error {
  readonly code: RateLimitErrorCode;
  /** From when on it may be worth asking again, in ms since the epoch; undefined where nobody knows. */
  readonly retryAtMs: number | undefined;

  constructor(code: RateLimitErrorCode, message: string, retryAtMs?: number) {
    super(`${code}: ${message}`);
    this.name = 'RateLimitError';
    this.code = code;
    this.retryAtMs = retryAtMs;
  }

  get retryAt(): Date | undefined {
    return this.retryAtMs === undefined ? undefined : new Date(this.retryAtMs);
  }
}
