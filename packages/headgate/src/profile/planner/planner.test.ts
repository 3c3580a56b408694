import { describe, expect, it } from 'vitest';
import { FOREVER } from '../../core/index.ts';
import { askOf, limit, per, policyOf, rate } from '../../../test/policy-of.ts';
import { createPlanner, type Plan } from '../index.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

const VETIGEN = policyOf([
  limit('key', rate(1000, HOUR)),
  limit('endpoint', rate(100, MINUTE), { per: per('key', 'operation') }),
  limit('burst', rate(50, 10_000)),
]);

function figures({ program, limits }: Plan): readonly unknown[] {
  return program.checks.map((check, i) => [
    limits[i]?.name,
    check.segments.map(({ amount }) => amount),
    check.windowMs,
    check.record,
  ]);
}

describe('three limits of one key', () => {
  const planner = createPlanner(VETIGEN);

  it('are one step: two records, since every path is an operation of its own, and each limit at its figure', () => {
    const plan = planner.plan(askOf());
    expect(figures(plan)).toEqual([
      ['key', [1000], HOUR, 0],
      ['endpoint', [100], MINUTE, 1],
      ['burst', [50], 10_000, 0],
    ]);
    expect(plan.program.records.map(({ fields }) => fields.length)).toEqual([2, 1]);
    expect(plan.costs).toEqual([1, 1, 1]);
    expect(plan.program).toMatchObject({ validUntilMs: FOREVER, calendar: false });
    expect(plan.refused).toBeUndefined();
  });

  it('share one program among all keys and paths, and no counter', () => {
    const plans = [
      planner.plan(askOf()),
      planner.plan(askOf({ subject: { key: 'k2' } })),
      planner.plan(askOf({ operation: 'POST /pets' })),
    ];
    expect(new Set(plans.map(({ program }) => program)).size).toBe(1);
    expect(new Set(plans.map(({ keys }) => keys[0])).size).toBe(2);
    expect(new Set(plans.map(({ keys }) => keys[1])).size).toBe(3);
    expect(plans[0]?.costs).toBe(plans[1]?.costs);
  });
});
