import { FOREVER, type Check, type Segment } from '../program.ts';

/**
 * A counter is a few neighbouring numbers, at an offset in an array that belongs to the store. All zeros
 * is a counter that was never charged.
 */
export type Cells = Float64Array;

const NOWHERE: Cells = new Float64Array(0);

/** A check, pointed at the counter that it judges. Stores keep one a check and point it anew for each step. */
export class Counter {
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
}

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

/** The segment in force at `wall`. Programs are checked to cover the instant before any check is judged. */
export function segmentAt(check: Check, wall: number): Segment {
  const { segments } = check;
  let found = segments[0]!;
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i]!;
    if (segment.fromAtMs > wall) break;
    found = segment;
  }
  return found;
}

/** First instant of monotonic time at which a segment no longer holds. */
export function endOf(segment: Segment, skewMs: number): number {
  return segment.untilAtMs >= FOREVER ? Infinity : segment.untilAtMs + skewMs;
}
