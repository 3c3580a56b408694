import { FOREVER, HeadgateError, segmentOf, type Rollover, type Segment } from '../core/index.ts';
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
  carried?: Carried,
): readonly Segment[] {
  const current = periodAt(wallMs, period, calendar);
  if (current.untilAtMs >= FOREVER) return [segmentIn(amount, current, current.fromAtMs)];
  const next = periodAt(current.untilAtMs, period, calendar);
  const rest = { fromAtMs: next.untilAtMs, untilAtMs: FOREVER };
  const carriedFrom = ({ untilAtMs }: Span): Rollover | undefined =>
    carried && { upTo: carried.upTo, untilAtMs: endAfter(carried.periods, untilAtMs, period, calendar) };
  // Known by no beginning that a period has, so that nothing that was charged is ever looked for in the rest.
  return [
    segmentIn(amount, current, current.fromAtMs, carriedFrom(current)),
    segmentIn(amount, next, next.fromAtMs, carriedFrom(next)),
    segmentIn(amount, rest, FOREVER),
  ];
}

function segmentIn(amount: number, span: Span, periodAtMs: number, rollover?: Rollover): Segment {
  return { ...segmentOf({ kind: 'quota', amount, ...span, periodAtMs }), rollover };
}

/** What of a period is carried on, and for how many periods. */
export interface Carried {
  readonly upTo: number;
  readonly periods: number;
}

const MAX_CARRIED = 12;

/** @throws HeadgateError `ERR_LIMIT` */
export function rolloverOf(words: unknown, period: CalendarPeriod): Carried | undefined {
  if (words === undefined) return undefined;
  const { upTo, for: periods = 1, ...others } = Object(words) as { upTo?: number; for?: number };
  for (const word in others) throw unfit(`rollover.${word}: expected upTo or for`);
  if (period === 'ever') throw unfit('rollover: expected a day, week, month or year: ever has no end');
  if (!Number.isSafeInteger(upTo) || upTo! < 1)
    throw unfit(`rollover.upTo: expected a whole number of units from 1, got ${String(upTo)}`);
  if (!Number.isInteger(periods) || periods < 1 || periods > MAX_CARRIED)
    throw unfit(`rollover.for: expected 1 to ${MAX_CARRIED} periods, got ${String(periods)}`);
  return { upTo: upTo!, periods };
}

/** The end of the last of so many periods that follow. */
function endAfter(periods: number, untilAtMs: number, period: CalendarPeriod, calendar: Calendar): number {
  let endAtMs = untilAtMs;
  for (let i = 0; i < periods; i++) endAtMs = periodAt(endAtMs, period, calendar).untilAtMs;
  return endAtMs;
}
