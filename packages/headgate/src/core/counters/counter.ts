import { FOREVER, type Check, type Segment } from '../program.ts';

/** An array that belongs to the store. A counter is a few neighbouring numbers in it; all zeros is one never charged. */
export type Cells = Float64Array;

const NOWHERE: Cells = new Float64Array(0);

/** The instant of a step: `skewMs` is added to wall time to reach the monotonic time that rates run on. */
export interface Instant {
  now: number;
  wall: number;
  skewMs: number;
}

/** What must be known of a past charge in order to change it. */
export interface Amendment {
  /** Monotonic time of the charge. */
  readonly atMs: number;
  /** Quota: the period that was charged. */
  readonly periodAtMs: number;
  /** Bucket: parts refilled a ms, at the time of the charge. */
  readonly refill: number;
}

/**
 * A check, pointed at the numbers that it judges. Stores keep one a check and point it anew for each step.
 * A counter judges alone; that all are judged and charged as one is the engine's business.
 */
export abstract class Counter {
  readonly check: Check;
  /** The segment in force at the step's instant. */
  segment: Segment;
  cells: Cells = NOWHERE;
  /** Where in `cells` the counter begins. */
  at = 0;

  constructor(check: Check) {
    this.check = check;
    this.segment = check.segments[0]!;
  }

  /** The largest cost this counter alone would admit; below 0 when more was used than the amount now allows, or while blocked. */
  abstract room(t: Instant): number;

  /** Charges `cost` units, whatever room there is. `key` is the record's. */
  abstract charge(t: Instant, cost: number, key: string): void;

  /** Ms until the counter is empty again if nobody comes; -1 where no such instant exists. */
  resetIn(_t: Instant, _key: string): number {
    return -1;
  }

  /**
   * First instant of monotonic time from `from` on, all of it under `segment`, at which `need` units (at most
   * the segment's burst) fit. Infinity when they do not fit however long the segment lasts.
   */
  abstract opensAt(t: Instant, from: number, need: number, segment: Segment): number;

  /** Changes by `delta` units what a past charge left, as far as it still counts. */
  abstract amend(t: Instant, past: Amendment, delta: number): void;
}

/** A sum of units that stays a safe integer, and at least 0. */
export function total(units: number, delta: number): number {
  return Math.min(Math.max(0, units + delta), Number.MAX_SAFE_INTEGER);
}

/** Points a counter at the segment in force at `wall`. Programs are checked to cover the instant before. */
export function choose(counter: Counter, wall: number): void {
  for (const segment of counter.check.segments) {
    if (segment.fromAtMs <= wall) counter.segment = segment;
  }
}

/** First instant of monotonic time at which a segment no longer holds. */
export function endOf(segment: Segment, skewMs: number): number {
  return segment.untilAtMs >= FOREVER ? Infinity : segment.untilAtMs + skewMs;
}
