import { FOREVER, type Check, type Segment } from '../../core/index.ts';

/** An instant on both clocks. Every instant of one step has the same distance between the two. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** The same step's moment at another instant of monotonic time. */
export function at(moment: Moment, nowMs: number): Moment {
  return { nowMs, wallMs: moment.wallMs + nowMs - moment.nowMs };
}

/** The segment in force. Before the first one its amount holds already; after the last one, still. */
export function segmentAt({ segments }: Check, { wallMs }: Moment): Segment {
  return segments.findLast(({ fromAtMs }) => fromAtMs <= wallMs) ?? segments[0]!;
}

/** Monotonic time at which an instant of wall time comes. */
export function monotonicOf(wallMs: number, moment: Moment): number {
  return wallMs >= FOREVER ? Infinity : wallMs + moment.nowMs - moment.wallMs;
}

/** The segments that are in force at `moment` or later. */
export function fromNowOn({ segments }: Check, moment: Moment): readonly Segment[] {
  return segments.filter(({ untilAtMs }) => untilAtMs >= FOREVER || untilAtMs > moment.wallMs);
}
