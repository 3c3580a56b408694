import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { zoneTable } from '../../../src/policy/index.ts';
import { answered, gateOf, type Asked } from '../../gate-of.ts';

const POLICY = `identify: { key: { header: X-API-Key, find: any } }
derive: { zone: request.headers.zone }
schedules: { night: { zone: subject.zone, spans: 22:00-06:00 } }
limits:
  day: { quota: 1/day, per: key, calendar: { zone: subject.zone } }
  by-day: { rate: 1/s, per: key, when: '!during("night")' }
`;
const asks = (gate: Asked, key: string, zone: string): ReturnType<Asked['ask']> =>
  gate.ask({
    fields: [
      ['X-API-Key', key],
      ['Zone', zone],
    ],
  });

describe('a zone that the caller brings, and that no policy names', () => {
  it.each([
    ['Asia/Kathmandu', 5 * 3600 + 45 * 60],
    ['America/St_Johns', -2.5 * 3600],
    ['Pacific/Kiritimati', 14 * 3600],
    ['UTC', 0],
    ['Nowhere/Atall', 0],
    ['+05:30', 0],
  ])('is where its days begin: %s', (zone, offset) => {
    const gate = gateOf(POLICY);
    asks(gate, 'k', zone);
    const untilMidnight = 86_400 - ((gate.clock.nowMs / 1000 + offset) % 86_400);
    expect(answered(asks(gate, 'k', zone)).field('Retry-After')).toBe(String(Math.ceil(untilMidnight)));
  });

  it('is where its nights are', () => {
    const gate = gateOf(POLICY.replace('day: { quota: 1/day', 'day: { quota: 9/day'));
    const passes = (key: string, zone: string): boolean[] => [1, 2].map(() => asks(gate, key, zone).kind === 'forward');
    expect([passes('a', 'Asia/Tokyo'), passes('b', 'Europe/Berlin')]).toEqual([
      [true, true],
      [true, false],
    ]);
  });
});

describe('the table of a zone', () => {
  it.each(['Africa/Casablanca', 'Africa/Cairo', 'Asia/Gaza', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Caracas'])(
    'has every change that a calendar library knows of: %s',
    (name) => {
      let at = Temporal.Instant.from('2000-01-01T00:00:00Z').toZonedDateTimeISO(name);
      const changes = [[at.epochMilliseconds, at.offsetNanoseconds / 1e6]];
      for (;;) {
        const next = at.getTimeZoneTransition('next');
        if (next === null || next.year > 2100) break;
        if (next.offsetNanoseconds !== at.offsetNanoseconds)
          changes.push([next.epochMilliseconds, next.offsetNanoseconds / 1e6]);
        at = next;
      }
      const { atMs, offsetMs } = zoneTable(name)!;
      expect(atMs.map((ms, i) => [ms, offsetMs[i]])).toEqual(changes);
    },
  );

  it('is one, however its name is spelt, and none where there is no zone', () => {
    expect(zoneTable('europe/BERLIN')).toBe(zoneTable('Europe/Berlin'));
    expect([zoneTable('Europe/Berln'), zoneTable('+05:30'), zoneTable('')]).toEqual([undefined, undefined, undefined]);
  });
});
