/** Why a request was given up before it was sent. */
export type RateLimitErrorCode = 'ERR_DEADLINE' | 'ERR_QUEUE_FULL';

/** A request that would have to wait longer than it may. It was not sent, or was refused the last time it was. */
export class RateLimitError extends Error {
  readonly code: RateLimitErrorCode;
  /** From when on it may be worth asking again. */
  readonly retryAt: Date;

  constructor(code: RateLimitErrorCode, message: string, retryAtMs: number) {
    super(`${code}: ${message}`);
    this.name = 'RateLimitError';
    this.code = code;
    this.retryAt = new Date(retryAtMs);
  }
}
