import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { FOREVER } from '../../../src/core/index.ts';
import { openingAt, type Schedule, type ZoneTable } from '../../../src/profile/index.ts';
import { readOpening } from '../../../src/policy/read/opening.ts';
import { zoneTable } from '../../../src/policy/index.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

function scheduleOf(spans: readonly string[], except: readonly string[] = []): Schedule {
  const read = spans.map((span) => {
    const found = readOpening(span);
    if (typeof found === 'string') throw new Error(`${span}: ${found}`);
    return found;
  });
  return { zone: 'UTC', spans: read, except: except.map((day) => Date.parse(day) / DAY) };
}

/** What a wall clock shows. */
interface Shown {
  readonly dayOfWeek: number;
  /** `02:30` */
  readonly time: string;
}

/*
 * The oracle reads a wall clock minute by minute, with a calendar library, and never back: what the clock has shown, it has
 * shown. It knows nothing of tables, day numbers or edges.
 */
function shownIn(zone: string, from: string, minutes: number): readonly Shown[] {
  const start = Temporal.Instant.from(from);
  let shown = Temporal.PlainDateTime.from('1970-01-01T00:00');
  return Array.from({ length: minutes }, (_, i) => {
    const wall = start.add({ minutes: i }).toZonedDateTimeISO(zone).toPlainDateTime();
    if (Temporal.PlainDateTime.compare(wall, shown) > 0) shown = wall;
    return { dayOfWeek: shown.dayOfWeek, time: shown.toString().slice(11, 16) };
  });
}

/** Whether a span of weekdays holds what is shown. */
function onDays(days: readonly number[], from: string, until: string): (shown: Shown) => boolean {
  return ({ dayOfWeek, time }) => {
    const today = days.includes(dayOfWeek);
    if (from < until) return today && time >= from && time < until;
    const yesterday = days.includes(dayOfWeek === 1 ? 7 : dayOfWeek - 1);
    return (today && time >= from) || (yesterday && time < until);
  };
}

const ALL = [1, 2, 3, 4, 5, 6, 7];

/** A zone, two days before clocks go forward, and two days before they go back. */
const SWITCHES: readonly (readonly [zone: string, forward: string, back: string])[] = [
  ['Europe/Berlin', '2026-03-27T00:00:00Z', '2026-10-23T00:00:00Z'],
  ['America/New_York', '2026-03-06T00:00:00Z', '2026-10-30T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T00:00:00Z', '2026-04-03T00:00:00Z'],
  ['America/Havana', '2026-03-06T00:00:00Z', '2026-10-30T00:00:00Z'],
  ['Antarctica/Troll', '2026-03-27T00:00:00Z', '2026-10-23T00:00:00Z'],
  ['Pacific/Apia', '2011-12-28T00:00:00Z', '2011-03-31T00:00:00Z'],
  ['Asia/Kolkata', '2026-03-27T00:00:00Z', '2026-10-23T00:00:00Z'],
];

const READINGS: readonly (readonly [span: string, isOpen: (shown: Shown) => boolean])[] = [
  ['02:30-06:00', onDays(ALL, '02:30', '06:00')],
  ['22:00-02:30', onDays(ALL, '22:00', '02:30')],
  ['02:10-02:50', onDays(ALL, '02:10', '02:50')],
  ['01:45-01:50', onDays(ALL, '01:45', '01:50')],
  ['00:00-00:30', onDays(ALL, '00:00', '00:30')],
  ['Sun 00:00-24:00', onDays([7], '00:00', '00:00')],
  ['Sat 02:30-02:20', onDays([6], '02:30', '02:20')],
];

function toldBy(schedule: Schedule, zone: ZoneTable, fromAtMs: number, minutes: number): readonly boolean[] {
  let stretch = openingAt(schedule, zone, fromAtMs);
  return Array.from({ length: minutes }, (_, i) => {
    const at = fromAtMs + i * MINUTE;
    if (at >= stretch.untilAtMs) stretch = openingAt(schedule, zone, at);
    return stretch.isOpen;
  });
}

describe.each(SWITCHES)('through the changes of the clocks in %s', (zone, forward, back) => {
  const table = zoneTable(zone)!;

  it('every span is read on a clock that is never set back', () => {
    for (const from of [forward, back]) {
      const minutes = 4 * 1440;
      const wall = shownIn(zone, from, minutes);
      for (const [span, isOpen] of READINGS) {
        const told = toldBy(scheduleOf([span]), table, Date.parse(from), minutes);
        // What the clock showed before the oracle began to look, it does not know.
        expect([span, told.slice(120)]).toEqual([span, wall.map(isOpen).slice(120)]);
      }
    }
  });

  it('tells the edges of what it tells: stretches touch, and nothing lies in two', () => {
    const schedule = scheduleOf(['22:00-02:30', 'Sun 02:30-04:00', 'Mon-Fri 02:30-03:00']);
    for (const from of [forward, back]) {
      const ends = Date.parse(from) + 7 * DAY;
      for (let at = Date.parse(from); at < ends;) {
        const stretch = openingAt(schedule, table, at);
        expect(stretch.fromAtMs <= at && at < stretch.untilAtMs).toBe(true);
        expect(openingAt(schedule, table, stretch.untilAtMs - 1)).toEqual(stretch);
        const next = openingAt(schedule, table, stretch.untilAtMs);
        expect([next.fromAtMs, next.isOpen]).toEqual([stretch.untilAtMs, !stretch.isOpen]);
        at = stretch.untilAtMs;
      }
    }
  });
});

describe('02:30 in Berlin', () => {
  const table = zoneTable('Europe/Berlin')!;
  const opening = (span: string, at: string): readonly string[] => {
    const { fromAtMs, untilAtMs } = openingAt(scheduleOf([span]), table, Date.parse(at));
    return [fromAtMs, untilAtMs].map((edge) => new Date(edge).toISOString());
  };

  it('is when clocks have passed it on the night it does not exist', () => {
    expect(opening('02:30-06:00', '2026-03-29T02:00:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T04:00:00.000Z',
    ]);
    expect(opening('22:00-02:30', '2026-03-28T23:00:00Z')).toEqual([
      '2026-03-28T21:00:00.000Z',
      '2026-03-29T01:00:00.000Z',
    ]);
  });

  it('is the first of the two on the night it comes twice', () => {
    expect(opening('02:30-06:00', '2026-10-25T02:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T05:00:00.000Z',
    ]);
    expect(opening('22:00-02:30', '2026-10-24T23:00:00Z')).toEqual([
      '2026-10-24T20:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  it('between 02:10 and 02:50 is never on the night when clocks skip all of it', () => {
    expect(openingAt(scheduleOf(['02:10-02:50']), table, Date.parse('2026-03-29T01:00:00Z'))).toMatchObject({
      isOpen: false,
      untilAtMs: Date.parse('2026-03-30T00:10:00Z'),
    });
  });
});

describe('a schedule', () => {
  const utc = zoneTable('UTC')!;
  const at = (schedule: Schedule, instant: string): unknown => openingAt(schedule, utc, Date.parse(instant)).isOpen;

  it('leaves out the days that are excepted, and not what began the day before', () => {
    const nights = scheduleOf(['22:00-06:00'], ['2026-12-24']);
    expect(
      ['2026-12-24T05:00:00Z', '2026-12-24T23:00:00Z', '2026-12-25T05:00:00Z', '2026-12-25T23:00:00Z'].map((t) =>
        at(nights, t),
      ),
    ).toEqual([true, false, false, true]);
  });

  it('opens once at dates, and never again', () => {
    const once = scheduleOf(['2026-11-27 20:00 - 2026-11-30 06:00', '2027-01-01 08:00-09:00']);
    const told = ['2026-11-27T19:59:59Z', '2026-11-27T20:00:00Z', '2026-11-30T05:59:59Z', '2026-11-30T06:00:00Z'];
    expect(told.map((t) => at(once, t))).toEqual([false, true, true, false]);
    expect(openingAt(once, utc, Date.parse('2027-01-01T10:00:00Z')).untilAtMs).toBe(FOREVER);
  });

  it.each([
    ['25:00-26:00', /times from 00:00 to 24:00/],
    ['24:00-06:00', /times from 00:00/],
    ['Mon 09:00-09:00', /begins when it ends; a whole day is "Mon 00:00-24:00"/],
    ['Mo 09:00-10:00', /expected days and times/],
    ['Mon-Tue-Wed', /expected days and times/],
    ['2026-02-30 09:00-10:00', /expected days and times/],
    ['2026-11-30 06:00 - 2026-11-27 20:00', /ends before it begins/],
    ['09:61-10:00', /times from 00:00/],
    ['', /expected days and times/],
  ])('refuses "%s"', (text, rule) => {
    expect(readOpening(text)).toEqual(expect.stringMatching(rule));
  });

  it.each([
    ['fri - mon', [0, 4, 5, 6]],
    ['SATURDAY,Wed 10:00-11:00', [2, 5]],
    ['10:00-11:00', [0, 1, 2, 3, 4, 5, 6]],
  ])('reads the days of "%s"', (text, days) => {
    expect(readOpening(text)).toMatchObject({ days });
  });
});
