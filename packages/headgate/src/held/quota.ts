import { FOREVER, HeadgateError, segmentOf, type Segment } from '../core/index.ts';
import { unfit } from '../gate/index.ts';
import { periodAt, UTC, type Calendar, type CalendarPeriod, type Span } from '../profile/index.ts';

const MULTIPLES: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 };
const WEEKDAYS = /^(monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/;

/** @throws HeadgateError `ERR_AMOUNT` */
export function parseQuota(text: unknown): { readonly amount: number; readonly period: CalendarPeriod } {
  const [, units = '', multiple = '', period] =
    /^\s*(\d+)\s*([kM]?)\s*\/\s*(day|week|month|year|ever)\s*$/.exec(String(text)) ?? [];
  const amount = Number(units) * MULTIPLES[multiple]!; // One of them, says the pattern.
  if (period !== undefined && amount > 0 && Number.isSafeInteger(amount))
    return { amount, period: period as CalendarPeriod }; // So it says.
  throw new HeadgateError(
    'ERR_AMOUNT',
    `expected whole units over a day, week, month, year or ever, such as "1000/month", got "${String(text)}"`,
  );
}

/** @throws HeadgateError `ERR_LIMIT` */
export function calendarFrom(words: unknown): Calendar {
  const { zone = UTC, anchor = 1, week = 'monday', ...others } = (words ?? {}) as Partial<Calendar>; // Checked below.
  for (const word in others) throw unfit(`calendar.${word}: expected zone, anchor or week`);
  if (!Array.isArray(zone.atMs) || !Array.isArray(zone.offsetMs))
    throw unfit('calendar.zone: expected what zoneTable() of "headgate/policy" gives');
  if (!Number.isInteger(anchor) || anchor < 1 || anchor > 31)
    throw unfit(`calendar.anchor: expected a day of the month from 1 to 31, got ${anchor}`);
  if (!WEEKDAYS.test(week)) throw unfit(`calendar.week: expected a day such as "monday", got ${week}`);
  return { zone, anchor, week };
}

/** This period, the next, and all that follow as one: whoever waits finds each of them empty. */
export function segmentsAt(
  wallMs: number,
  amount: number,
  period: CalendarPeriod,
  calendar: Calendar,
): readonly Segment[] {
  const current = periodAt(wallMs, period, calendar);
  if (current.untilAtMs >= FOREVER) return [segmentIn(amount, current, current.fromAtMs)];
  const next = periodAt(current.untilAtMs, period, calendar);
  const rest = { fromAtMs: next.untilAtMs, untilAtMs: FOREVER };
  // Known by no beginning that a period has, so that nothing that was charged is ever looked for in the rest.
  return [
    segmentIn(amount, current, current.fromAtMs),
    segmentIn(amount, next, next.fromAtMs),
    segmentIn(amount, rest, FOREVER),
  ];
}

function segmentIn(amount: number, span: Span, periodAtMs: number): Segment {
  return segmentOf({ kind: 'quota', amount, ...span, periodAtMs });
}
