/** Faults of the fetch that keeps to limits, by their stable code. */
export const CLIENT_ERRORS = {
  ERR_DEADLINE: 'a request could not be sent in the time that it was given: limits allow it too late',
  ERR_QUEUE_FULL: 'as many requests wait already as may',
} as const;

/** Why a request was given up before it was sent. */
export type RateLimitErrorCode = keyof typeof CLIENT_ERRORS;

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
