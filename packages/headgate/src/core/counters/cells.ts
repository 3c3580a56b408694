/**
 * A counter is a few neighbouring numbers, at an offset in an array that belongs to the store. All zeros
 * is a counter that was never charged.
 */
export type Cells = Float64Array;

/** What must be known of a past charge in order to change it. */
export interface Amendment {
  /** Monotonic time of the charge. */
  readonly atMs: number;
  /** Quota: the period that was charged. */
  readonly periodAtMs: number;
  /** Bucket: parts refilled a ms, at the time of the charge. */
  readonly refill: number;
}
