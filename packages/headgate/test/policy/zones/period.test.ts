import { Temporal } from 'temporal-polyfill';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodAt, type Calendar, type CalendarPeriod } from '../../../src/profile/index.ts';
import { zoneTable } from '../../../src/policy/index.ts';

/*
 * The oracle walks day by day with a calendar library and writes down when each period begins. It knows nothing
 * of tables, day numbers or searches.
 */
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const ZONES = [
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'America/Sao_Paulo', // midnight skipped until 2018
  'America/St_Johns', // changes at 00:01 until 2011: a date begins, and begins again
  'America/Havana', // midnight skipped and repeated
  'America/Caracas', // moved by half an hour, twice
  'Asia/Beirut', // midnight skipped
  'Asia/Amman', // midnight skipped, then given up
  'Asia/Kathmandu', // +05:45
  'Asia/Gaza',
  'Asia/Pyongyang', // moved by half an hour at midnight
  'Africa/Casablanca', // goes back for Ramadan
  'Africa/Cairo',
  'Antarctica/Troll', // two hours
  'Australia/Lord_Howe', // half an hour
  'Pacific/Apia', // no 2011-12-30
  'Pacific/Fakaofo', // no 2011-12-30 either
  'Pacific/Kiritimati', // +14
  'Pacific/Chatham', // +12:45 and +13:45
] as const;

/** First instants of the days from `from` on, as their dates tell; a skipped date begins with the next one. */
function startsOfDays(
  zone: string,
  from: Temporal.PlainDate,
  days: number,
): { date: Temporal.PlainDate; atMs: number }[] {
  return Array.from({ length: days }, (_, i) => {
    const date = from.add({ days: i });
    return { date, atMs: date.toZonedDateTime(zone).epochMilliseconds };
  });
}

function begins(date: Temporal.PlainDate, period: CalendarPeriod, anchor: number, week: Calendar['week']): boolean {
  if (period === 'day') return true;
  if (period === 'week') return WEEK[date.dayOfWeek - 1] === week;
  if (period === 'month') return date.day === Math.min(anchor, date.daysInMonth);
  return date.day === 1 && date.month === 1;
}

/** The period around an instant, from the days around it. */
function slowPeriodAt(
  atMs: number,
  period: CalendarPeriod,
  zone: string,
  anchor: number,
  week: Calendar['week'],
): [number, number] {
  const reach = { day: 3, week: 10, month: 35, year: 370, ever: 0 }[period];
  const here = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
  const starts = startsOfDays(zone, here.subtract({ days: reach }), 2 * reach)
    .filter(({ date }) => begins(date, period, anchor, week))
    .map((day) => day.atMs);
  const from = starts.findLast((start) => start <= atMs);
  const until = starts.find((start) => start > atMs);
  if (from === undefined || until === undefined) throw new Error('the oracle looked at too few days');
  return [from, until];
}

const FIRST = Date.parse('2000-01-03T00:00:00Z');
const LAST = Date.parse('2100-12-30T00:00:00Z');
const anInstant = fc.integer({ min: FIRST, max: LAST });
const aZone = fc.constantFrom(...ZONES);
const anAnchor = fc.integer({ min: 1, max: 31 });
const aWeekday = fc.constantFrom(...WEEK);
const tables = new Map(ZONES.map((zone) => [zone, zoneTable(zone)]));

function calendarOf(zone: (typeof ZONES)[number], anchor: number, week: Calendar['week']): Calendar {
  const table = tables.get(zone);
  if (table === undefined) throw new Error(`no zone ${zone}`);
  return { zone: table, anchor, week };
}

/** An instant close to a change of the clock, where everything that can go wrong does. */
const nearTransition = fc
  .tuple(aZone, fc.nat(), fc.integer({ min: -90_000_000, max: 90_000_000 }))
  .map(([zone, pick, near]) => {
    const changes = tables.get(zone)?.atMs.slice(1) ?? [];
    const at = changes[pick % Math.max(1, changes.length)] ?? FIRST;
    return { zone, atMs: Math.min(LAST, Math.max(FIRST, at + near)) };
  });
const anywhere = fc.record({ zone: aZone, atMs: anInstant });

describe('a period', () => {
  it.each<CalendarPeriod>(['day', 'week', 'month'])(
    'is the %s that a calendar read day by day gives, in every zone, near and far from changes',
    (period) => {
      fc.assert(
        fc.property(fc.oneof(anywhere, nearTransition), anAnchor, aWeekday, ({ zone, atMs }, anchor, week) => {
          const { fromAtMs, untilAtMs } = periodAt(atMs, period, calendarOf(zone, anchor, week));
          expect([fromAtMs, untilAtMs]).toEqual(slowPeriodAt(atMs, period, zone, anchor, week));
        }),
        { numRuns: period === 'month' ? 250 : 600 },
      );
    },
  );

  it('is the year that a calendar read day by day gives', () => {
    fc.assert(
      fc.property(fc.oneof(anywhere, nearTransition), ({ zone, atMs }) => {
        fc.pre(atMs > Date.parse('2000-01-10') && atMs < Date.parse('2100-12-25'));
        const { fromAtMs, untilAtMs } = periodAt(atMs, 'year', calendarOf(zone, 1, 'monday'));
        expect([fromAtMs, untilAtMs]).toEqual(slowPeriodAt(atMs, 'year', zone, 1, 'monday'));
      }),
      { numRuns: 60 },
    );
  });

  it('holds its first instant and not its end, where the next one begins', () => {
    fc.assert(
      fc.property(
        fc.oneof(anywhere, nearTransition),
        anAnchor,
        aWeekday,
        fc.constantFrom<CalendarPeriod>('day', 'week', 'month', 'year'),
        ({ zone, atMs }, anchor, week, period) => {
          const calendar = calendarOf(zone, anchor, week);
          const span = periodAt(atMs, period, calendar);
          expect(span.fromAtMs <= atMs && atMs < span.untilAtMs).toBe(true);
          expect(periodAt(span.fromAtMs, period, calendar)).toEqual(span);
          expect(periodAt(span.untilAtMs - 1, period, calendar)).toEqual(span);
          expect(periodAt(span.untilAtMs, period, calendar).fromAtMs).toBe(span.untilAtMs);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of every day from 2000 to 2100 follows the one before, a whole century in the zone that lost a day', () => {
    const calendar = calendarOf('Pacific/Apia', 1, 'monday');
    let at = Date.parse('2000-01-02T00:00:00Z');
    let days = 0;
    for (; at < LAST; days++) {
      const span = periodAt(at, 'day', calendar);
      expect(span.untilAtMs).toBeGreaterThan(at);
      at = span.untilAtMs;
    }
    const dates = Temporal.PlainDate.from('2000-01-01').until('2100-12-31', { largestUnit: 'days' }).days;
    expect(days).toBe(dates - 1);
  });

  const local = (zone: string, text: string): number =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
  const spanOf = (
    zone: (typeof ZONES)[number],
    text: string,
    period: CalendarPeriod,
    anchor = 1,
  ): readonly number[] => {
    const { fromAtMs, untilAtMs } = periodAt(local(zone, text), period, calendarOf(zone, anchor, 'monday'));
    return [fromAtMs, untilAtMs];
  };

  it('of a day has 23 hours in spring and 25 in autumn', () => {
    const [spring, autumn] = [
      spanOf('Europe/Berlin', '2026-03-29T12:00', 'day'),
      spanOf('Europe/Berlin', '2026-10-25T12:00', 'day'),
    ];
    expect(spring[1]! - spring[0]!).toBe(23 * 3_600_000);
    expect(autumn[1]! - autumn[0]!).toBe(25 * 3_600_000);
  });

  it('begins after the gap where midnight is skipped, and at the first midnight where it comes twice', () => {
    expect(spanOf('America/Sao_Paulo', '2018-11-04T12:00', 'day')[0]).toBe(Date.parse('2018-11-04T03:00:00Z'));
    expect(spanOf('America/Havana', '2026-11-01T12:00', 'day')[0]).toBe(Date.parse('2026-11-01T04:00:00Z'));
  });

  it('goes from the 29th to the 31st where the 30th never was', () => {
    const [from, until] = spanOf('Pacific/Apia', '2011-12-29T12:00', 'day');
    expect(until! - from!).toBe(86_400_000);
    expect(until).toBe(local('Pacific/Apia', '2011-12-31T00:00'));
  });

  it('of a month anchored on the 31st begins on the last day of short months and on the 31st again after', () => {
    const starts = ['2026-02-10', '2026-03-10', '2026-04-10', '2026-05-10', '2024-03-10'].map(
      (day) => spanOf('UTC', `${day}T00:00`, 'month', 31)[0],
    );
    expect(starts.map((at) => new Date(at!).toISOString().slice(0, 10))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2024-02-29',
    ]);
  });

  it('that is called ever has no end', () => {
    expect(periodAt(FIRST, 'ever', calendarOf('UTC', 1, 'monday'))).toEqual({
      fromAtMs: 0,
      untilAtMs: Number.MAX_SAFE_INTEGER,
    });
  });
});

describe('a zone table', () => {
  it('is undefined for what is no zone', () => {
    expect(['Mars/Olympus', '', '+05:30', 'Europe/', '__proto__'].map(zoneTable)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('gives the offset that the calendar library gives, at every instant', () => {
    fc.assert(
      fc.property(fc.oneof(anywhere, nearTransition), ({ zone, atMs }) => {
        const table = tables.get(zone)!;
        const index = table.atMs.findLastIndex((at) => at <= atMs);
        const offset = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
        expect(table.offsetMs[index]).toBe(offset);
      }),
      { numRuns: 2000 },
    );
  });
});
