import { FOREVER } from '../../core/index.ts';
import type { Schedule, ScheduleSpan, ZoneTable } from '../compiled.ts';
import { weekdayOf } from './date.ts';
import { DAY_MS, dayAt, startOf, type Span } from './period.ts';
import { firstInstantOf } from './zone.ts';

/*
 * A schedule is read on a clock that is never set back: where clocks go back it stands still until they have caught up, and
 * where they go forward it jumps. So a local time is one instant, the first at which the clock has reached it; spans that touch
 * on the wall touch in time, and each opening is one stretch.
 */

/** Longest span from the midnight of its first day, in days: from the last minute of one day to the end of the next. */
const SPAN_DAYS = 2;
/** Days looked through for the next change: a schedule that stays as it is for longer stays so for ever. */
const MAX_DAYS = 800;

/** Whether a schedule is open at an instant, since when it is so, and until when. */
export interface Opening extends Span {
  readonly isOpen: boolean;
}

export function openingAt(schedule: Schedule, zone: ZoneTable, atMs: number): Opening {
  const isOpen = isOpenAt(schedule, zone, atMs);
  const fromAtMs = lastChange(schedule, zone, atMs, isOpen);
  return { isOpen, fromAtMs, untilAtMs: nextChange(schedule, zone, atMs, isOpen) };
}

function isOpenAt(schedule: Schedule, zone: ZoneTable, atMs: number): boolean {
  const day = dayAt(atMs, zone);
  const near = [...datedOf(schedule, zone), ...spansAround(schedule, zone, day, day)];
  return near.some(({ fromAtMs, untilAtMs }) => fromAtMs <= atMs && atMs < untilAtMs);
}

/** The first instant after `atMs` at which it is no longer as it is. */
function nextChange(schedule: Schedule, zone: ZoneTable, atMs: number, isOpen: boolean): number {
  const isChange = (at: number): boolean => at > atMs && isOpenAt(schedule, zone, at) !== isOpen;
  const dated = edgesOf(datedOf(schedule, zone));
  const today = dayAt(atMs, zone);
  for (let day = today; isWeekly(schedule) && day <= today + MAX_DAYS; day++) {
    const found = edgesOn(schedule, zone, day, dated).find(isChange);
    if (found !== undefined) return found;
  }
  return dated.find(isChange) ?? FOREVER;
}

/** The last instant up to `atMs` at which it became as it is. */
function lastChange(schedule: Schedule, zone: ZoneTable, atMs: number, isOpen: boolean): number {
  const isChange = (at: number): boolean => at <= atMs && isOpenAt(schedule, zone, at - 1) !== isOpen;
  const dated = edgesOf(datedOf(schedule, zone));
  const today = dayAt(atMs, zone);
  for (let day = today; isWeekly(schedule) && day >= today - MAX_DAYS; day--) {
    const found = edgesOn(schedule, zone, day, dated).findLast(isChange);
    if (found !== undefined) return found;
  }
  return dated.findLast(isChange) ?? 0;
}

function isWeekly({ spans }: Schedule): boolean {
  return spans.some(({ days }) => days !== undefined);
}

/** Beginnings and ends that lie in one day, in order. */
function edgesOn(schedule: Schedule, zone: ZoneTable, day: number, dated: readonly number[]): readonly number[] {
  const [from, until] = [startOf(day, zone), startOf(day + 1, zone)];
  const edges = [...edgesOf(spansAround(schedule, zone, day, day)), ...dated];
  return edges.filter((at) => from <= at && at < until).toSorted((a, b) => a - b);
}

function edgesOf(spans: readonly Span[]): readonly number[] {
  return spans.flatMap(({ fromAtMs, untilAtMs }) => [fromAtMs, untilAtMs]).toSorted((a, b) => a - b);
}

/** The weekly spans that may touch any of these days. */
function spansAround(schedule: Schedule, zone: ZoneTable, from: number, until: number): readonly Span[] {
  const spans: Span[] = [];
  for (let day = from - SPAN_DAYS; day <= until; day++) {
    if (schedule.except.includes(day)) continue;
    for (const span of schedule.spans)
      if (span.days?.includes(weekdayOf(day)) === true) spans.push(...instantsOf(span, zone, day));
  }
  return spans;
}

function datedOf({ spans }: Schedule, zone: ZoneTable): readonly Span[] {
  return spans.flatMap((span) => (span.days === undefined ? instantsOf(span, zone, 0) : []));
}

/** A span of which clocks skip all has no instant. */
function instantsOf({ fromMs, untilMs }: ScheduleSpan, zone: ZoneTable, day: number): readonly Span[] {
  const fromAtMs = firstInstantOf(zone, day * DAY_MS + fromMs);
  const untilAtMs = firstInstantOf(zone, day * DAY_MS + untilMs);
  return fromAtMs < untilAtMs ? [{ fromAtMs, untilAtMs }] : [];
}
