/**
 * Every fault that Headgate raises, by its stable code. A denial is a value, never an error.
 * Codes are part of the public interface: they are never renamed and never used again for another fault.
 */
export const ERRORS = {
  ERR_COST: 'a cost is not a non-negative whole number up to 2^53 - 1',
  ERR_OPTION: 'an option of a gate or of a decision is none, or options are no object',
  ERR_KEY: 'a key is not text, or is empty',
  ERR_AMOUNT: 'an amount cannot be read',
  ERR_AMOUNT_RANGE: 'an amount is too large, or too fine, to be counted exactly',
  ERR_LIMIT: 'a limit is not one that can be decided',
  ERR_REQUEST_ID_REUSED: 'a request id came again with another operation, cost or subject',
  ERR_RESERVATION_ID: 'a reservation has no id, or an id that is in use',
  ERR_GRANT: 'a grant cannot be given: its id, its units, its end, or no room for another',
  ERR_VERB: 'a verb does not fit the limit that it is used on',
  ERR_STALE: 'the store’s clock lies outside the program even after it was made anew',
  ERR_NOT_PLUGGED: 'a kind of limit, or a verb, that the smallest entry does not carry was asked for',
  ERR_STORE: 'a store could not read or write what it keeps; the step it says so to was not let in',
  ERR_STORE_OWNED: 'the file of a store is in use by another process',
  ERR_STORE_FORMAT: 'a file is no store of Headgate, or one of a later release',
  ERR_STORE_CLOSED: 'a store was asked after it was closed',
  ERR_CLOCK: 'a clock gave something that is not a time',
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A fault: a stable code, the thing, the rule, the value, in one readable message. */
export class HeadgateError extends Error {
  override readonly name: string = 'HeadgateError';
  readonly code: string;

  /** @param code one of the catalogue's codes. @param detail the thing, the rule, the value: `limits.burst.rate: expected …, got "…"`. */
  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}
