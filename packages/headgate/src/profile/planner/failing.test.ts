import { describe, expect, it } from 'vitest';
import {
  askOf,
  by,
  byPlan,
  cases,
  expr,
  formula,
  limit,
  literal,
  NONE,
  operation,
  per,
  policyOf,
  quota,
  rate,
  size,
  UNLIMITED,
} from '../../../test/policy-of.ts';
import {
  createPlanner,
  PlanFault,
  type Ask,
  type CompiledPolicy,
  type Limit,
  type Plan,
  type Value,
} from '../index.ts';

const MINUTE = 60_000;

function planOf(policy: CompiledPolicy, ask: Ask = askOf()): Plan {
  return createPlanner(policy).plan(ask);
}

function faultOf(policy: CompiledPolicy, ask: Ask = askOf()): PlanFault {
  try {
    planOf(policy, ask);
  } catch (error) {
    if (error instanceof PlanFault) return error;
    throw error;
  }
  throw new Error('no fault');
}

const costing = (cost: Value, spec: Partial<Limit> = {}): CompiledPolicy =>
  policyOf([limit('l', rate(100, MINUTE), { cost, ...spec })]);
const allowing = (amount: Value): CompiledPolicy => policyOf([limit('l', amount)]);
const amountOf = (policy: CompiledPolicy, ask?: Ask): number | undefined => planOf(policy, ask).limits[0]?.amount;
const withHeader = (value: string): Ask => askOf({ request: { headers: { n: value } } });

describe('leaving a field out is no way round', () => {
  it.each(['request.headers.n == "1"', 'account.vip', '1 / account.seats > 2', 'account.name'])(
    'a limit whose `when` fails applies: %s',
    (when) => {
      expect(planOf(policyOf([limit('l', rate(1, MINUTE), { when: expr(when) })])).limits).toHaveLength(1);
    },
  );

  it('a limit whose `when` is false does not', () => {
    expect(
      planOf(policyOf([limit('l', rate(1, MINUTE), { when: expr('subject.auth == "cookie"') })])).limits,
    ).toHaveLength(0);
  });

  it.each<[string, string | undefined]>([
    ['subject.plan != "FREE"', 'no-api'],
    ['subject.auth == "cookie"', 'no-api'],
    ['subject.auth', 'no-api'],
    ['subject.auth == "key"', undefined],
    ['!has(subject.plan) || subject.plan != "FREE"', undefined],
  ])('a precondition holds only when it does: %s', (that, refused) => {
    expect(planOf(policyOf([], { require: [{ name: 'r', that: expr(that), answer: 'no-api' }] })).refused).toBe(
      refused,
    );
  });

  it('the first precondition that does not hold answers, and before a limit that the plan lacks', () => {
    const require = ['true', 'false', 'account.x'].map((that, i) => ({
      name: `r${i}`,
      that: expr(that),
      answer: `a${i}`,
    }));
    expect(planOf(policyOf([limit('l', NONE, { answer: 'lacks' })], { require })).refused).toBe('a1');
  });

  it('an amount that cannot be told is the least that its value names', () => {
    const table = byPlan({ FREE: rate(10, MINUTE), PRO: rate(100, MINUTE), BIG: UNLIMITED });
    expect(amountOf(allowing(table))).toBe(10);
    expect(amountOf(allowing(table), askOf({ subject: { plan: 'GONE' } }))).toBe(10);
    expect(amountOf(allowing(table), askOf({ subject: { plan: 'PRO' } }))).toBe(100);
    // Fewer units over less time can be more: 5 a second is 300 a minute.
    expect(amountOf(allowing(byPlan({ A: rate(5, 1000), B: rate(100, MINUTE) })))).toBe(100);
    expect(amountOf(allowing(byPlan({ A: quota(100, 'month'), B: quota(10, 'day') })))).toBe(100);
    expect(amountOf(allowing(cases([['request.headers.n == "1"', rate(1000, MINUTE)]], rate(7, MINUTE))))).toBe(7);
    expect(amountOf(allowing(cases([['facts.bad', rate(3, MINUTE)]], rate(7, MINUTE))))).toBe(3);
    expect(
      amountOf(
        allowing(byPlan({ A: rate('10 * account.seats', MINUTE), B: rate(8, MINUTE) })),
        askOf({ subject: { plan: 'A' } }),
      ),
    ).toBe(8);
    expect(planOf(allowing(byPlan({ A: NONE, B: rate(8, MINUTE) }))).refused).toBe('exceeded');
  });

  it('an amount that names none is a fault of the policy’s data, or of the request', () => {
    expect(faultOf(allowing(rate('10 * account.seats', MINUTE)))).toMatchObject({
      code: 'ERR_PLAN_AMOUNT',
      status: 500,
    });
    expect(faultOf(allowing(rate('int(request.headers.n)', MINUTE)))).toMatchObject({
      code: 'ERR_PLAN_AMOUNT',
      status: 400,
    });
    expect(faultOf(allowing(rate('10 * account.seats', MINUTE))).message).toMatch(
      /limits\.l: the amount cannot be told: subject\.account\.seats is missing/,
    );
  });

  it('amounts are rounded down, and below nothing there is nothing', () => {
    const seats = (n: number): Ask => askOf({ subject: { 'account.seats': n } });
    expect([2.5, 0.3, -1].map((n) => amountOf(allowing(rate('2.5 * account.seats', MINUTE)), seats(n)))).toEqual([
      6, 0, 0,
    ]);
  });

  it('a cost that cannot be told is the largest that its value names', () => {
    const table = by('request.headers.n', { a: literal(3), b: literal(50), c: formula('account.seats') });
    expect(planOf(costing(table)).costs).toEqual([50]);
    expect(planOf(costing(table), withHeader('zzz')).costs).toEqual([50]);
    expect(planOf(costing(table), withHeader('c')).costs).toEqual([50]);
    expect(planOf(costing(table), withHeader('a')).costs).toEqual([3]);
    expect(planOf(costing(by('request.headers.n', { a: literal(3), b: literal(50) }, literal(1)))).costs).toEqual([1]);
  });

  it('a cost that names none is 400 when the request is at fault, 500 when it is not', () => {
    expect(faultOf(costing(formula('int(request.headers.n)')))).toMatchObject({ code: 'ERR_PLAN_COST', status: 400 });
    expect(faultOf(costing(formula('int(request.headers.n)')), withHeader('many'))).toMatchObject({ status: 400 });
    expect(faultOf(costing(formula('int(request.headers.n) * plan.factor')), withHeader('2'))).toMatchObject({
      status: 500,
    });
    expect(faultOf(costing(formula('account.seats')))).toMatchObject({ status: 500 });
    expect(faultOf(costing(formula('facts.items')))).toMatchObject({ status: 500 });
    expect(faultOf(costing(formula('int(path.n)')))).toMatchObject({ status: 400 });
    expect(faultOf(costing(formula('int(request.headers.n)'))).message).toContain('request.headers.n is missing');
  });

  it.each(['-1', '0 - 5', '1e300', '"3"'])('a cost of %s is none: it is a fault, not a gift', (text) => {
    expect(faultOf(costing(formula(text)))).toMatchObject({ code: 'ERR_PLAN_COST' });
  });

  it('costs are rounded up', () => {
    expect(['1.2', '0.0', '7'].map((text) => planOf(costing(formula(text))).costs[0])).toEqual([2, 0, 7]);
  });

  it('a partition that cannot be told is a fault', () => {
    const table = { is: 'table', by: expr('subject.auth'), rows: [['cookie', per('key')]] } as const;
    expect(faultOf(policyOf([limit('l', rate(1, MINUTE), { per: table })]))).toMatchObject({
      code: 'ERR_PLAN_PARTITION',
      status: 500,
    });
  });

  it('a size that cannot be measured is a fault of the request', () => {
    const policy = policyOf([limit('body', size(1000), { of: expr('request.bytes') })]);
    expect(planOf(policy, askOf({ request: { bytes: 5000 } }))).toMatchObject({
      costs: [5000],
      keys: [],
      program: { records: [], checks: [{ kind: 'size', record: -1 }] },
    });
    expect(faultOf(policy, askOf({ request: { bytes: undefined } }))).toMatchObject({
      code: 'ERR_PLAN_COST',
      status: 400,
    });
  });
});

describe('what is computed before', () => {
  it('a derived attribute is one like any other, and absent when it fails', () => {
    const derive = [
      ['client', expr('subject.auth + ":" + key')],
      ['plan', expr('has(account.tier) ? account.tier : "FREE"')],
      ['nothing', expr('account.x')],
    ] as const;
    const policy = policyOf(
      [limit('l', byPlan({ FREE: rate(1, MINUTE), PRO: rate('plan.n', MINUTE) }), { per: per('client', 'nothing') })],
      {
        derive,
        plans: [
          { name: 'FREE', attributes: {} },
          { name: 'PRO', attributes: { n: 70 } },
        ],
      },
    );
    const planner = createPlanner(policy);
    expect(planner.plan(askOf()).limits[0]?.amount).toBe(1);
    expect(planner.plan(askOf({ subject: { 'account.tier': 'PRO' } })).limits[0]?.amount).toBe(70);
    expect(planner.plan(askOf()).keys).toEqual(['7:skey:k1absent']);
    expect(planner.scope(askOf()).visible.attributes['client']).toBe('key:k1');
  });

  it('an operation’s weight is its cost, and one that needs itself is none', () => {
    const operations = [
      operation('a', { weight: literal(5) }),
      operation('b', { weight: formula('int(request.headers.n) + 1') }),
      operation('c', { weight: formula('operation.weight + 1') }),
    ];
    const policy = policyOf([limit('l', rate(100, MINUTE), { cost: formula('operation.weight') })], { operations });
    const planner = createPlanner(policy);
    const costOf = (index: number): readonly number[] =>
      planner.plan(askOf({ index, operation: 'x', request: { headers: { n: '8' } } })).costs;
    expect([costOf(0), costOf(1)]).toEqual([[5], [9]]);
    expect(() => costOf(2)).toThrow(PlanFault);
  });
});

describe('what is remembered of a profile', () => {
  it('never outlives what it depends on', () => {
    const policy = policyOf(
      [
        limit('a', byPlan({ FREE: rate(1, MINUTE), PRO: rate(2, MINUTE) }, rate(3, MINUTE))),
        limit('b', rate('10 * account.seats', MINUTE), { when: expr('request.method == "GET" && account.seats > 1') }),
        limit('c', by('operation.group', { x: rate(4, MINUTE) }, rate(5, MINUTE)), {
          when: expr('days(now, "2026-05-15") < 1'),
        }),
        limit('d', rate(6, MINUTE), {
          per: { is: 'cases', cases: [{ when: expr('facts.big == true'), use: per('global') }], else: per('key') },
        }),
      ],
      { operations: [operation('one', { group: 'x' }), operation('two')] },
    );
    const warm = createPlanner(policy);
    const asks: Ask[] = [];
    for (const plan of ['FREE', 'PRO', 'X']) {
      for (const method of ['GET', 'POST']) {
        for (const seats of [1, 2, 3]) {
          for (const index of [0, 1, -1]) {
            for (const [big, day] of [
              [true, '15'],
              [false, '16'],
            ] as const) {
              asks.push(
                askOf({
                  subject: { plan, 'account.seats': seats },
                  index,
                  operation: 'o',
                  request: { method },
                  facts: { big },
                  nowMs: Date.parse(`2026-05-${day}T12:00:00Z`),
                }),
              );
            }
          }
        }
      }
    }
    for (const ask of [...asks, ...asks.toReversed()]) {
      const { program, ...rest } = warm.plan(ask);
      const { program: fresh, ...expected } = createPlanner(policy).plan(ask);
      expect(rest).toEqual(expected);
      expect({ ...program, id: 0 }).toEqual({ ...fresh, id: 0 });
    }
  });

  it('is shared by everybody who comes to the same figures', () => {
    const policy = policyOf([
      limit('l', rate('min(100, 10 * account.seats)', MINUTE), { when: expr('request.headers.n != "skip"') }),
    ]);
    const planner = createPlanner(policy);
    const programs = [10, 20, 30, 2000].map(
      (seats) =>
        planner.plan(askOf({ subject: { 'account.seats': seats }, request: { headers: { n: `${seats}` } } })).program,
    );
    expect(new Set(programs).size).toBe(1);
  });
});
