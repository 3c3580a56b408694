import { describe, expect, it } from 'vitest';
import { FOREVER, FREE } from '../../core/index.ts';
import { askOf, byPlan, limit, NONE, NOW_MS, policyOf, quota, rate, UNLIMITED } from '../../../test/policy-of.ts';
import { createPlanner, type CompiledPolicy, type Literal, type Override, type Plan, type Value } from '../index.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function override(
  attributes: Readonly<Record<string, Literal>>,
  limits: Readonly<Record<string, Value>>,
  spec: Partial<Override> = {},
): Override {
  return {
    for: attributes,
    limits: Object.entries(limits),
    lift: [],
    fromAtMs: 0,
    untilAtMs: FOREVER,
    reason: 'agreed',
    by: 'ops',
    ...spec,
  };
}

const BASE = [limit('l', rate(100, MINUTE)), limit('m', byPlan({ FREE: rate(1, MINUTE), PRO: rate(2, MINUTE) }))];
const SUBJECT = { plan: 'FREE', account: 'acme', tier: 3 };

function planWith(overrides: readonly Override[], nowMs = NOW_MS, limits = BASE): Plan {
  return createPlanner(policyOf(limits, { overrides })).plan(askOf({ subject: SUBJECT, nowMs }));
}

function amountWith(...overrides: readonly Override[]): number | undefined {
  return planWith(overrides).limits.find(({ name }) => name === 'l')?.amount;
}

const segments = (plan: Plan, i = 0): unknown =>
  plan.program.checks[i]?.segments.map(({ fromAtMs, untilAtMs, amount, periodAtMs }) => [
    fromAtMs,
    untilAtMs,
    amount,
    periodAtMs,
  ]);

describe('an override', () => {
  it('beats the limit’s own value, for whom it is for and nobody else', () => {
    const mine = override({ account: 'acme' }, { l: rate(500, MINUTE) });
    const [own, other] = [planWith([mine]), planWith([override({ account: 'else' }, { l: rate(500, MINUTE) })])];
    expect(own.limits.map(({ amount, overridden }) => [amount, overridden])).toEqual([
      [500, true],
      [1, false],
    ]);
    expect(other.limits[0]).toMatchObject({ amount: 100, overridden: false });
    expect(amountWith(override({ account: 'acme', plan: 'PRO' }, { l: rate(500, MINUTE) }))).toBe(100);
    expect(amountWith(override({ tier: '3' }, { l: rate(500, MINUTE) }))).toBe(100);
    expect(amountWith(override({ tier: 3 }, { l: rate(500, MINUTE) }))).toBe(500);
  });

  it('with more attributes is stronger, then one that began later', () => {
    const wide = override({ account: 'acme' }, { l: rate(500, MINUTE) }, { fromAtMs: NOW_MS - 1 });
    const narrow = override({ account: 'acme', plan: 'FREE' }, { l: rate(300, MINUTE) }, { fromAtMs: NOW_MS - 10 });
    const later = override({ plan: 'FREE' }, { l: rate(400, MINUTE) }, { fromAtMs: NOW_MS });
    expect([
      amountWith(wide, narrow),
      amountWith(narrow, wide),
      amountWith(wide, later),
      amountWith(later, wide),
    ]).toEqual([300, 300, 400, 400]);
  });

  it('speaks only of the limits that it names: the weaker one keeps its word on the others', () => {
    const strong = override({ account: 'acme', plan: 'FREE' }, { l: rate(300, MINUTE) });
    const weak = override({ account: 'acme' }, { l: rate(9, MINUTE), m: rate(8, MINUTE) });
    expect(planWith([strong, weak]).limits.map(({ amount }) => amount)).toEqual([300, 8]);
  });

  it('may hold a value that depends on something, no limit at all, or refuse', () => {
    expect(
      amountWith(override({ account: 'acme' }, { l: byPlan({ FREE: rate(7, MINUTE), PRO: rate(8, MINUTE) }) })),
    ).toBe(7);
    expect(amountWith(override({ account: 'acme' }, { l: UNLIMITED }))).toBeUndefined();
    expect(planWith([override({ account: 'acme' }, { l: NONE })]).refused).toBe('exceeded');
  });

  it('lifts limits, and puts on another plan', () => {
    expect(planWith([override({ account: 'acme' }, {}, { lift: ['l'] })]).limits.map(({ name }) => name)).toEqual([
      'm',
    ]);
    expect(planWith([override({ account: 'acme' }, {}, { plan: 'PRO' })]).limits.map(({ amount }) => amount)).toEqual([
      100, 2,
    ]);
  });

  it('is in force from its first instant until before its last', () => {
    const planner = createPlanner(
      policyOf(BASE, {
        overrides: [
          override({ account: 'acme' }, { l: rate(500, MINUTE) }, { fromAtMs: NOW_MS, untilAtMs: NOW_MS + HOUR }),
        ],
      }),
    );
    const amounts = [-1, 0, HOUR - 1, HOUR, -1, HOUR - 1].map(
      (after) => planner.plan(askOf({ subject: SUBJECT, nowMs: NOW_MS + after })).limits[0]?.amount,
    );
    expect(amounts).toEqual([100, 500, 500, 100, 100, 500]);
  });
});

describe('an override that begins or ends', () => {
  const later = override(
    { account: 'acme' },
    { l: rate(500, MINUTE) },
    { fromAtMs: NOW_MS + HOUR, untilAtMs: NOW_MS + 2 * HOUR },
  );

  it('is known beforehand, as segments; the program says until when it may be used', () => {
    const plan = planWith([later]);
    expect(segments(plan)).toEqual([
      [0, NOW_MS + HOUR, 100, 0],
      [NOW_MS + HOUR, NOW_MS + 2 * HOUR, 500, 0],
      [NOW_MS + 2 * HOUR, FOREVER, 100, 0],
    ]);
    expect(segments(plan, 1)).toEqual([[0, FOREVER, 1, 0]]);
    expect(plan.program).toMatchObject({ validUntilMs: NOW_MS + HOUR, calendar: true });
    expect(segments(planWith([later], NOW_MS + HOUR))).toEqual([
      [NOW_MS + HOUR, NOW_MS + 2 * HOUR, 500, 0],
      [NOW_MS + 2 * HOUR, FOREVER, 100, 0],
    ]);
  });

  it('within a period splits it without beginning another', () => {
    const midnight = Date.parse('2026-05-15T00:00:00Z');
    const plan = planWith(
      [override({ account: 'acme' }, { q: quota(50, 'day') }, { fromAtMs: NOW_MS + HOUR })],
      NOW_MS,
      [limit('q', quota(10, 'day'))],
    );
    expect(segments(plan)).toEqual([
      [midnight, NOW_MS + HOUR, 10, midnight],
      [NOW_MS + HOUR, midnight + DAY, 50, midnight],
      [midnight + DAY, midnight + 2 * DAY, 50, midnight + DAY],
      [midnight + 2 * DAY, FOREVER, 50, FOREVER],
    ]);
    expect(plan.program.validUntilMs).toBe(NOW_MS + HOUR);
  });

  it('has a time in which nothing is too much where it lifts the limit: whoever waits may come then', () => {
    const lifting = override({ account: 'acme' }, {}, { lift: ['l'], fromAtMs: NOW_MS + HOUR });
    expect(segments(planWith([lifting]))).toEqual([
      [0, NOW_MS + HOUR, 100, 0],
      [NOW_MS + HOUR, FOREVER, FREE, 0],
    ]);
  });

  it('lets the present figure go on where another window cannot be foreseen', () => {
    const other = override({ account: 'acme' }, { l: rate(500, HOUR) }, { fromAtMs: NOW_MS + HOUR });
    const plan = planWith([other]);
    expect(segments(plan)).toEqual([[0, FOREVER, 100, 0]]);
    expect(plan.program.validUntilMs).toBe(NOW_MS + HOUR);
  });

  it('concludes nothing from what will be a fault', () => {
    const broken = override({ account: 'acme' }, { l: rate('account.seats', MINUTE) }, { fromAtMs: NOW_MS + HOUR });
    expect(segments(planWith([broken]))).toEqual([[0, FOREVER, 100, 0]]);
    expect(() => planWith([broken], NOW_MS + HOUR)).toThrow(/ERR_PLAN_AMOUNT/);
  });
});

describe('many overrides', () => {
  it('for one account each are found without looking at the others', () => {
    const overrides = Array.from({ length: 5000 }, (_, i) =>
      override({ account: `a${i}` }, { l: rate(i + 1, MINUTE) }),
    );
    const policy: CompiledPolicy = policyOf(BASE, { overrides });
    const planner = createPlanner(policy);
    for (const i of [0, 17, 4999, 17])
      expect(planner.plan(askOf({ subject: { plan: 'FREE', account: `a${i}` } })).limits[0]?.amount).toBe(i + 1);
    expect(planner.plan(askOf({ subject: { plan: 'FREE', account: 'a5000' } })).limits[0]?.amount).toBe(100);
  });
});
