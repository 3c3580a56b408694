import { daysIn, firstDayOf } from '../calendar/date.ts';

const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * An instant in ms since the epoch: a number is one already; a text is a date (its midnight in UTC) or a date and a
 * time with an offset, as ISO 8601 writes them. Undefined for anything else, a day that never was among it.
 */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 35) return undefined;
  const [date = '', time] = value.split('T', 2);
  const dayAtMs = midnightOf(date);
  const sinceMs = time === undefined ? 0 : timeOf(time);
  return dayAtMs === undefined || sinceMs === undefined ? undefined : dayAtMs + sinceMs;
}

function midnightOf(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = numbersOf(DATE, text);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month - 1)) return undefined;
  return (firstDayOf(year, month - 1) + day - 1) * DAY_MS;
}

function timeOf(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -60 : 60);
  return (seconds - offset) * 1000 + Number(fraction.padEnd(3, '0'));
}

function numbersOf(pattern: RegExp, text: string): readonly number[] {
  return (pattern.exec(text) ?? []).slice(1).map(Number);
}
