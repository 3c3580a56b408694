import type { ScheduleSpan } from '../../profile/index.ts';
import { readInstant } from './instant.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const TIMES = /^(.*?)\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)$/;
const FROM_TO = /^(\d{4}-\d\d-\d\d)[T ](\d{1,2}:\d\d)\s+-\s+(\d{4}-\d\d-\d\d)[T ](\d{1,2}:\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
/** Days after the first that a span may end, counted from its midnight. */
const OVERNIGHT_MS = DAY_MS;

/**
 * Reads when a schedule is open: `22:00-06:00`, `Mon-Fri 22:00-06:00`, `Sat,Sun`, `2026-12-24 08:00-14:00`, or
 * `2026-11-27 20:00 - 2026-11-30 06:00`. Text that says why when it cannot.
 */
export function readOpening(text: string): ScheduleSpan | string {
  const written = text.trim();
  const between = FROM_TO.exec(written);
  if (between !== null) return dated(between.slice(1));
  const [, on = written, from = '00:00', until = '24:00'] = TIMES.exec(written) ?? [];
  const [fromMs, untilMs] = [timeOf(from), timeOf(until)];
  if (fromMs === undefined || untilMs === undefined || fromMs === DAY_MS) return NO_TIME;
  if (fromMs === untilMs) return `begins when it ends; a whole day is "${`${on} 00:00-24:00`.trim()}"`;
  if (written === '') return NO_DAYS;
  const span = { fromMs, untilMs: untilMs < fromMs ? untilMs + OVERNIGHT_MS : untilMs };
  if (DATE.test(on)) return onDate(span, on);
  const days = on === '' ? DAYS.map((_, day) => day) : daysOf(on);
  return days === undefined ? NO_DAYS : { days, ...span };
}

const NO_TIME = 'expected times from 00:00 to 24:00, such as "Mon-Fri 22:00-06:00"';
const NO_DAYS = 'expected days and times, such as "Mon-Fri 22:00-06:00", "Sat,Sun" or "2026-12-24 08:00-14:00"';

function onDate({ fromMs, untilMs }: ScheduleSpan, on: string): ScheduleSpan | string {
  const dayMs = readInstant(on);
  return dayMs === undefined ? NO_DAYS : { fromMs: dayMs + fromMs, untilMs: dayMs + untilMs };
}

function dated([day = '', from = '', lastDay = '', until = '']: readonly string[]): ScheduleSpan | string {
  const [first, last, fromMs, untilMs] = [readInstant(day), readInstant(lastDay), timeOf(from), timeOf(until)];
  if (first === undefined || last === undefined || fromMs === undefined || untilMs === undefined) return NO_DAYS;
  const span = { fromMs: first + fromMs, untilMs: last + untilMs };
  return span.fromMs < span.untilMs ? span : 'ends before it begins';
}

/** ms after midnight. */
function timeOf(text: string): number | undefined {
  const [hour = NaN, minute = NaN] = text.split(':').map(Number);
  const ms = (hour * 60 + minute) * MINUTE_MS;
  return minute < 60 && ms <= DAY_MS ? ms : undefined;
}

/** `Mon-Fri`, `Sat,Sun`, `fri - mon`: numbers of days, 0 is Monday. */
function daysOf(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, until] = [dayOf(first.trim()), dayOf(last.trim())];
    if (from === undefined || until === undefined || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === until) break;
    }
  }
  return [...days].toSorted((a, b) => a - b);
}

function dayOf(name: string): number | undefined {
  const day = DAYS.findIndex((one) => name.length >= 3 && one.startsWith(name.toLowerCase()));
  return day < 0 ? undefined : day;
}
