import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf, zoneTable } from '../../src/policy/index.ts';
import { KEYED, world } from './world.ts';

const HOUR = 3_600_000;

const NIGHTS = `${KEYED}
schedules: { night: { zone: Europe/Berlin, spans: 22:00-06:00 } }
`;

describe('a figure that depends on a schedule', () => {
  const jobs = `${NIGHTS}
operations: { jobs: { match: POST /jobs }, rest: { match: ANY /** } }
limits:
  jobs: { rate: { cases: [{ when: during("night"), use: unlimited }, { use: 2/1h }] }, per: key, on: jobs }
`;

  it('slows batch jobs by day and frees them by night, and the wait knows when night comes', () => {
    const day = world(jobs, '2026-05-15T21:40:00+02:00');
    expect(day.asks(2)).toMatchObject({ allowed: true, remaining: { jobs: 0 } });
    // An hour's window, and 20 minutes until ten.
    expect(day.ask()).toMatchObject({ allowed: false, no: 'until', retryAfterMs: 20 * 60_000 });
    day.clock.advance(20 * 60_000 - 1);
    expect(day.ask().allowed).toBe(false);
    day.clock.advance(1);
    expect(day.asks(50)).toMatchObject({ allowed: true, remaining: {} });
    day.clock.advance(8 * HOUR);
    expect(day.asks(2).allowed).toBe(true);
    expect(day.ask().allowed).toBe(false);
  });

  it('that rises says to what is too much now: by when, and not never', () => {
    const text = `${NIGHTS}
limits: { calls: { rate: { cases: [{ when: during("night"), use: 500/1m }, { use: 5/1m }] }, per: key, cost: facts.n } }`;
    const w = world(text, '2026-05-15T20:00:00Z');
    w.clock.advance(-HOUR);
    expect(w.ask({ facts: { n: 100 } })).toMatchObject({ no: 'until', retryAfterMs: HOUR });
    expect(w.ask({ facts: { n: 501 } })).toMatchObject({ no: 'never' });
  });

  it('applies in a condition, a table and an override too', () => {
    const text = `${NIGHTS}
limits:
  a: { rate: 1/1h, per: key, when: '!during("night")' }
  b: { rate: { by: during("night"), "true": 9/1h, else: 3/1h }, per: key }
  c: { rate: 1/1h, per: key }
overrides: [{ for: { key: k }, limits: { c: { cases: [{ when: during("night"), use: 8/1h }, { use: 4/1h }] } }, from: 2026-01-01, reason: r, by: b }]`;
    const day = world(text, '2026-05-15T12:00:00Z');
    expect(day.ask().shown).toEqual({ a: 1, b: 3, c: 4 });
    const night = world(text, '2026-05-15T22:00:00Z');
    expect(night.ask().shown).toEqual({ b: 9, c: 8 });
  });

  it('is each request’s own where it reads the request too, and foreseen for it', () => {
    const text = `${NIGHTS}
limits: { calls: { rate: { cases: [{ when: 'during("night") && facts.kind == "batch"', use: 100/1h }, { use: 1/1h }] }, per: key } }`;
    const w = world(text, '2026-05-15T19:59:00Z');
    const [batch, live] = [{ facts: { kind: 'batch' } }, { facts: { kind: 'live' } }];
    expect(w.ask(live).allowed).toBe(true);
    expect(w.ask(live).retryAfterMs).toBeGreaterThan(30 * 60_000);
    expect(w.ask(batch).retryAfterMs).toBe(60_000);
    expect(w.ask(live).retryAfterMs).toBeGreaterThan(30 * 60_000);
  });

  it('runs in the caller’s own zone', () => {
    const text = `
identify: { key: { header: X-API-Key, find: keys, keys: { k: { zone: Asia/Tokyo }, l: { zone: America/New_York } } } }
schedules: { office: { zone: key.zone, spans: Mon-Fri 09:00-17:00 } }
limits: { calls: { rate: { cases: [{ when: during("office"), use: 9/1h }, { use: 1/1h }] }, per: key } }`;
    const w = world(text, '2026-05-14T01:00:00Z', { zoneTable });
    const shown = (zone: string): unknown => w.ask({ subject: { key: zone, 'key.zone': zone } }).shown['calls'];
    expect(['Asia/Tokyo', 'America/New_York', 'Mars/Olympus'].map(shown)).toEqual([9, 1, 1]);
  });
});

describe('emergency windows', () => {
  it('open and end by themselves, and callers are told by when', () => {
    const text = `${KEYED}
schedules: { emergency: { spans: 2026-11-27 20:00 - 2026-11-30 06:00 } }
limits: { images: { rate: { cases: [{ when: during("emergency"), use: 100MB/1h }, { use: 10MB/1h }] }, per: key, cost: request.bytes } }`;
    const w = world(text, '2026-11-27T19:30:00Z');
    expect(w.ask({ bytes: 10e6 }).allowed).toBe(true);
    expect(w.ask({ bytes: 10e6 })).toMatchObject({ no: 'until', retryAfterMs: HOUR / 2 });
    w.clock.advance(HOUR / 2);
    expect(w.ask({ bytes: 90e6 }).allowed).toBe(true);
    w.clock.advance(58 * HOUR);
    expect(w.ask({ bytes: 90e6 })).toMatchObject({ no: 'never' });
    expect(w.ask({ bytes: 10e6 }).allowed).toBe(true);
  });
});

describe('a quota over the openings of a schedule', () => {
  const peak = `${KEYED}
schedules: { peak: { zone: America/New_York, spans: [Mon-Fri 09:30-12:00, Mon-Fri 12:00-16:00] } }
limits: { calls: { quota: 2/peak, per: key } }`;

  it('counts each anew, and says until when', () => {
    const w = world(peak, '2026-05-15T15:00:00-04:00');
    expect(w.asks(2)).toMatchObject({ allowed: true, remaining: { calls: 0 }, resetInMs: { calls: HOUR } });
    expect(w.ask()).toMatchObject({ no: 'until', retryAfterMs: HOUR });
    w.clock.advance(HOUR - 1);
    expect(w.ask()).toMatchObject({ no: 'until', retryAfterMs: 1 });
    w.clock.advance(1);
    expect(w.asks(9)).toMatchObject({ allowed: true, shown: {} });
    // From Friday's close to Monday's opening.
    w.clock.advance((2 * 24 + 17.5) * HOUR);
    expect(w.asks(2).allowed).toBe(true);
    expect(w.ask()).toMatchObject({ no: 'until', retryAfterMs: 6.5 * HOUR });
  });

  it('is one opening where spans touch', () => {
    const w = world(peak, '2026-05-15T11:59:00-04:00');
    w.asks(2);
    w.clock.advance(2 * 60_000);
    expect(w.ask()).toMatchObject({ allowed: false, retryAfterMs: 4 * HOUR - 60_000 });
  });

  it('may stand beside other periods, and in an expression', () => {
    const text = `${KEYED}
plans: { FREE: { n: 3 } }
schedules: { peak: { spans: 08:00-18:00 } }
limits: { calls: { quota: [2/peak, 9/day], per: key }, more: { quota: (plan.n * 2)/peak, per: key } }`;
    const w = world(text, '2026-05-15T12:00:00Z');
    expect(w.ask({ subject: { plan: 'FREE' } }).shown).toEqual({ 'calls.peak': 2, 'calls.day': 9, more: 6 });
  });
});

describe('a schedule that cannot be meant', () => {
  const problems = (text: string): readonly string[] => checkPolicy(`headgate: 1\n${text}`).map((one) => lineOf(one));

  it.each([
    [
      'schedules: { a: { spans: 09:00-09:00 } }',
      /ERR_POLICY_SPAN: schedules\.a\.spans: begins when it ends; a whole day/,
    ],
    [
      'schedules: { a: { spans: ["Mon 09:00-10:00", "Fry 09:00-10:00"] } }',
      /schedules\.a\.spans\[1\]: expected days and times.*got "Fry 09:00-10:00"/,
    ],
    ['schedules: { a: { spans: 00:00-24:00 } }', /ERR_POLICY_NEVER: schedules\.a\.spans: is always open/],
    [
      'schedules: { a: { zone: Europe/Berlim, spans: 09:00-10:00 } }',
      /ERR_POLICY_ZONE: schedules\.a\.zone.*did you mean "Europe\/Berlin"/,
    ],
    ['schedules: { a: { spans: 09:00-10:00, except: [2026-02-30] } }', /schedules\.a\.except\[0\]: expected a date/],
    ['schedules: { day: { spans: 09:00-10:00 } }', /ERR_POLICY_NAME: schedules\.day: "day" cannot be a name/],
    [
      'limits: { a: { rate: 1/s, when: during("nigth") } }\nschedules: { night: { spans: 22:00-06:00 } }',
      /ERR_POLICY_UNKNOWN: limits\.a\.when: there is no schedule "nigth" \(did you mean "night"\?\)/,
    ],
    [
      'limits: { a: { quota: 5/peek } }\nschedules: { peak: { spans: 09:00-10:00 } }',
      /ERR_POLICY_PERIOD: limits\.a\.quota: expected a calendar period: .*openings of a schedule: peak \(did you mean "peak"/,
    ],
    [
      'limits: { a: { rate: 5/peak } }\nschedules: { peak: { spans: 09:00-10:00 } }',
      /"peak" is a schedule: write "quota: 5\/peak"/,
    ],
  ])('%s', (text, rule) => {
    expect(problems(text)).toEqual([expect.stringMatching(rule)]);
  });
});

describe('growth with age', () => {
  const text = `${KEYED}
limits: { calls: { rate: '(10 + 5 * days(now, key.born))/1h', per: key, cost: facts.n } }`;

  it('is foreseen: the wait knows the next day', () => {
    const w = world(text, '2026-05-15T12:00:00Z');
    const subject = { 'key.born': '2026-05-14T13:00:00Z' };
    expect(w.ask({ subject, facts: { n: 10 } })).toMatchObject({ allowed: true, shown: { calls: 10 } });
    // In an hour it is a day old, and may do five more; the window would have let it in a little later.
    expect(w.ask({ subject, facts: { n: 5 } })).toMatchObject({ no: 'until', retryAfterMs: HOUR });
    expect(w.ask({ subject, facts: { n: 20 } })).toMatchObject({ no: 'until', retryAfterMs: 25 * HOUR });
    w.clock.advance(25 * HOUR);
    expect(w.ask({ subject, facts: { n: 20 } })).toMatchObject({ allowed: true, shown: { calls: 20 } });
  });

  it('is each subject’s own', () => {
    const w = world(text, '2026-05-15T12:00:00Z');
    const shown = ['2026-05-10', '2026-05-15T11:00:00Z', '2026-05-01'].map(
      (born) => w.ask({ subject: { key: born, 'key.born': born }, facts: { n: 1 } }).shown['calls'],
    );
    expect(shown).toEqual([35, 10, 80]);
  });

  it('and a trial that ends is known before it does', () => {
    const w = world(`${KEYED}
limits: { calls: { rate: { cases: [{ when: now < key.trialEndsAt, use: 1/1h }, { use: 100/1h }] }, per: key } }`);
    const subject = { 'key.trialEndsAt': Date.parse('2026-05-15T12:10:00Z') };
    expect(w.ask({ subject }).allowed).toBe(true);
    expect(w.ask({ subject }).retryAfterMs).toBe(600_000);
  });
});
