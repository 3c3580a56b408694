import { FOREVER } from '../../core/index.ts';
import type { CalendarPeriod, CalendarSpec, ZoneTable } from '../compiled.ts';
import { daysIn, firstDayOf, monthOf, weekdayOf } from './date.ts';
import { firstInstantOf, offsetAt } from './zone.ts';

export const DAY_MS = 86_400_000;
const WEEKDAYS: readonly CalendarSpec['week'][] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

/** Whose calendar: the zone, the day of the month on which months begin, the day on which weeks do. */
export interface Calendar {
  readonly zone: ZoneTable;
  /** 1 to 31. 31 is the last day of a shorter month, and 31 again in the next long one. */
  readonly anchor: number;
  readonly week: CalendarSpec['week'];
}

/** A half-open span of instants. */
export interface Span {
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}

/**
 * The period in which an instant lies. Periods of one calendar are contiguous: every instant lies in exactly
 * one. A day begins at the first instant that bears its date, so it may have 23 or 25 hours, and a date that a
 * zone skipped has no day. Years begin on 1 January: the anchor is a day of the month.
 */
export function periodAt(atMs: number, period: CalendarPeriod, calendar: Calendar): Span {
  if (period === 'ever') return { fromAtMs: 0, untilAtMs: FOREVER };
  const [from, until] = daysOf(dayAt(atMs, calendar.zone), period, calendar);
  return { fromAtMs: startOf(from, calendar.zone), untilAtMs: startOf(until, calendar.zone) };
}

/** First day of the period that holds a day, and of the one after it. */
function daysOf(
  day: number,
  period: Exclude<CalendarPeriod, 'ever'>,
  { anchor, week }: Calendar,
): readonly [number, number] {
  switch (period) {
    case 'day':
      return [day, day + 1];
    case 'week': {
      const first = day - ((weekdayOf(day) - WEEKDAYS.indexOf(week) + 7) % 7);
      return [first, first + 7];
    }
    case 'month': {
      const { year, month } = monthOf(day);
      const begun = anchored(year, month, anchor) <= day ? month : month - 1;
      return [anchored(year, begun, anchor), anchored(year, begun + 1, anchor)];
    }
    case 'year': {
      const { year } = monthOf(day);
      return [firstDayOf(year, 0), firstDayOf(year + 1, 0)];
    }
    default:
      return period satisfies never;
  }
}

/** The day on which the period of a month begins. */
function anchored(year: number, month: number, anchor: number): number {
  return firstDayOf(year, month) + Math.min(anchor, daysIn(year, month)) - 1;
}

export function startOf(day: number, zone: ZoneTable): number {
  return firstInstantOf(zone, day * DAY_MS);
}

/**
 * The day in which an instant lies: the last one that has begun. Mostly that of its date; but where clocks go
 * back over midnight a date comes again after the next has begun, and a skipped date has no instant at all.
 */
export function dayAt(atMs: number, zone: ZoneTable): number {
  let day = Math.floor((atMs + offsetAt(zone, atMs)) / DAY_MS);
  while (startOf(day + 1, zone) <= atMs) day++;
  while (startOf(day, zone) > atMs) day--;
  return day;
}
