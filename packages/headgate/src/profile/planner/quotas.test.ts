import { describe, expect, it } from 'vitest';
import { FOREVER } from '../../core/index.ts';
import { askOf, expr, limit, NOW_MS, policyOf, quota } from '../../../test/policy-of.ts';
import { zoneTable } from '../calendar/index.ts';
import { createPlanner, type CalendarSpec, type CompiledPolicy, type Plan } from '../index.ts';

const periods = ({ program }: Plan): unknown =>
  program.checks[0]?.segments.map(({ fromAtMs, untilAtMs, periodAtMs }) =>
    [fromAtMs, untilAtMs, periodAtMs].map((at) => (at === FOREVER ? 'for ever' : new Date(at).toISOString())),
  );

function monthly(calendar: Partial<CalendarSpec>, zones: CompiledPolicy['zones'] = {}): CompiledPolicy {
  return policyOf(
    [limit('q', quota(15, 'month'), { calendar: { zone: 'UTC', anchor: 1, week: 'monday', ...calendar } })],
    { zones },
  );
}

describe('a quota', () => {
  it('knows this period, the next and what follows, and is asked again when the next begins', () => {
    const plan = createPlanner(monthly({})).plan(askOf());
    expect(periods(plan)).toEqual([
      ['2026-05-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z'],
      ['2026-06-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z'],
      ['2026-07-01T00:00:00.000Z', 'for ever', 'for ever'],
    ]);
    expect(plan.program).toMatchObject({ calendar: true, validUntilMs: Date.parse('2026-06-01T00:00:00Z') });
    expect(plan.limits[0]).toMatchObject({ period: 'month', windowMs: 0, amount: 15 });
  });

  it('is planned anew at the instant at which its period ends, and not before', () => {
    const planner = createPlanner(monthly({}));
    const june = Date.parse('2026-06-01T00:00:00Z');
    const [may, last, first] = [NOW_MS, june - 1, june].map((nowMs) => planner.plan(askOf({ nowMs })).program);
    expect(last).toBe(may);
    expect(first?.checks[0]?.segments[0]?.periodAtMs).toBe(june);
    expect(first?.checks[0]?.limitId).toBe(may?.checks[0]?.limitId);
  });

  it('for ever has one period without an end', () => {
    const plan = createPlanner(policyOf([limit('q', quota(10_000, 'ever'))])).plan(askOf());
    expect(plan.program).toMatchObject({
      validUntilMs: FOREVER,
      calendar: false,
      checks: [{ segments: [{ fromAtMs: 0, untilAtMs: FOREVER, periodAtMs: 0 }] }],
    });
  });

  it('follows the zone and the billing day that the policy names', () => {
    const berlin = { 'Europe/Berlin': zoneTable('Europe/Berlin')! };
    const plan = createPlanner(monthly({ zone: 'Europe/Berlin', anchor: 31 }, berlin)).plan(askOf());
    expect(periods(plan)).toEqual([
      ['2026-04-29T22:00:00.000Z', '2026-05-30T22:00:00.000Z', '2026-04-29T22:00:00.000Z'],
      ['2026-05-30T22:00:00.000Z', '2026-06-29T22:00:00.000Z', '2026-05-30T22:00:00.000Z'],
      ['2026-06-29T22:00:00.000Z', 'for ever', 'for ever'],
    ]);
  });

  it('follows each subject’s own zone and day', () => {
    const planner = createPlanner(monthly({ zone: expr('account.zone'), anchor: expr('account.day') }), { zoneTable });
    const starts = [
      ['Asia/Tokyo', 10],
      ['America/New_York', 10],
      ['Asia/Tokyo', 20],
    ].map(([zone, day]) => {
      const plan = planner.plan(askOf({ subject: { 'account.zone': zone!, 'account.day': day! } }));
      return new Date(plan.program.checks[0]?.segments[0]?.periodAtMs ?? 0).toISOString();
    });
    expect(starts).toEqual(['2026-05-09T15:00:00.000Z', '2026-05-10T04:00:00.000Z', '2026-04-19T15:00:00.000Z']);
  });

  it.each([{ 'account.zone': 'Mars/Olympus' }, {}, { 'account.zone': 5 }])(
    'of a subject whose zone is not known runs in UTC: %j',
    (subject) => {
      const told: string[] = [];
      const planner = createPlanner(monthly({ zone: expr('account.zone'), anchor: expr('account.day') }), {
        zoneTable,
        onUnknownZone: ({ message }) => told.push(message),
      });
      for (const key of ['a', 'b'])
        expect(planner.plan(askOf({ subject: { ...subject, key } })).program.checks[0]?.segments[0]?.periodAtMs).toBe(
          Date.parse('2026-05-01T00:00:00Z'),
        );
      expect(told.length).toBe(subject['account.zone'] === 'Mars/Olympus' ? 1 : 0);
    },
  );

  it('in a zone that the policy names and does not carry is refused before any request, where the platform has none', () => {
    const none = { zoneTable: () => undefined };
    expect(() => createPlanner(monthly({ zone: 'Europe/Berlin' }), none)).toThrow(
      /ERR_PLAN_ZONE: limits\.q\.calendar\.zone: no table for "Europe\/Berlin"/,
    );
    expect(() => createPlanner(monthly({ zone: 'Europe/Berlin' }))).not.toThrow();
  });
});
