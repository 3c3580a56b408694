import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askOf,
  byPlan,
  limit,
  literal,
  NONE,
  operation,
  per,
  policyOf,
  quota,
  rate,
  UNLIMITED,
} from '../../../test/policy-of.ts';
import { createPlanner, type Ask, type CompiledPolicy, type Limit, type Literal, type Plan } from '../index.ts';

const MINUTE = 60_000;

/** Where each limit of a plan counts: its counter, in full. */
function countersOf({ program, keys, limits }: Plan): Readonly<Record<string, string>> {
  const counters = program.checks.map(({ limitId, record, slot }, i) => [
    limits[i]?.name,
    JSON.stringify([limitId, program.records[record]?.id, keys[record], slot]),
  ]);
  return Object.fromEntries(counters) as Record<string, string>;
}

function counterOf(policy: CompiledPolicy, ask: Ask, name = 'l'): string | undefined {
  return countersOf(createPlanner(policy).plan(ask))[name];
}

function shares(policy: CompiledPolicy, a: Ask, b: Ask): boolean {
  return counterOf(policy, a) === counterOf(policy, b);
}

const one = (spec: Partial<Limit>, policy: Partial<CompiledPolicy> = {}): CompiledPolicy =>
  policyOf([limit('l', rate(5, MINUTE), spec)], policy);
const OPERATIONS = {
  operations: [operation('read', { group: 'a' }), operation('write', { group: 'a' }), operation('admin')],
};
const at = (index: number, subject: Readonly<Record<string, Literal>> = {}): Ask =>
  askOf({ index, operation: OPERATIONS.operations[index]?.name ?? '', subject });

describe('what is one counter', () => {
  it('is the limit and the partition, not the operation', () => {
    expect(shares(one({}, OPERATIONS), at(0), at(1))).toBe(true);
    expect(shares(one({ per: per('key', 'operation') }, OPERATIONS), at(0), at(1))).toBe(false);
  });

  it('is shared within a group where it is counted per group, and by all operations without one', () => {
    const policy = one({ per: per('key', 'group') }, { operations: [...OPERATIONS.operations, operation('other')] });
    expect(shares(policy, at(0), at(1))).toBe(true);
    expect(shares(policy, at(0), at(2))).toBe(false);
    expect(shares(policy, at(2), at(3))).toBe(true);
  });

  it('is the same for all where it is global', () => {
    expect(shares(one({ per: per('global') }), askOf(), askOf({ subject: { key: 'k2', address: '::1' } }))).toBe(true);
  });

  it('is not the plan, nor the amount', () => {
    const policy = policyOf([limit('l', byPlan({ FREE: rate(1, MINUTE), PRO: rate(9, MINUTE) }))]);
    const [free, pro] = ['FREE', 'PRO'].map((plan) => askOf({ subject: { plan } }));
    expect(shares(policy, free!, pro!)).toBe(true);
    expect(counterOf(policyOf([limit('l', rate(700, MINUTE))]), askOf())).toBe(counterOf(policy, free!));
  });

  it('is the window, and names the counters of the other windows, so that what was used moves with the plan', () => {
    const policy = policyOf([limit('l', byPlan({ FREE: rate(1, MINUTE), PRO: rate(9, 2 * MINUTE) }))]);
    const planner = createPlanner(policy);
    const [free, pro] = ['FREE', 'PRO'].map((plan) => planner.plan(askOf({ subject: { plan } })).program);
    expect(free?.checks[0]?.limitId).not.toBe(pro?.checks[0]?.limitId);
    expect(free?.checks[0]?.carries).toEqual([pro?.checks[0]?.limitId]);
    expect(pro?.checks[0]?.carries).toEqual([free?.checks[0]?.limitId]);
    expect(free?.records[0]).toBe(pro?.records[0]);
    expect(free?.records[0]?.fields).toHaveLength(2);
  });

  it('of an override with a window of its own is known beforehand too', () => {
    const override = {
      for: { key: 'k1' },
      limits: [['l', rate(50, 1000)] as const],
      lift: [],
      fromAtMs: 0,
      untilAtMs: Number.MAX_SAFE_INTEGER,
      reason: '',
      by: '',
    };
    const planner = createPlanner(one({}, { overrides: [override] }));
    const [own, other] = [planner.plan(askOf()), planner.plan(askOf({ subject: { key: 'k2' } }))];
    expect(own.program.checks[0]?.carries).toEqual([other.program.checks[0]?.limitId]);
    expect(own.program.records[0]).toBe(other.program.records[0]);
  });

  it('keeps its identity whatever else stands in the policy, since stored state is found by it', () => {
    const alone = createPlanner(one({ per: per('key', 'operation') })).plan(askOf());
    const among = createPlanner(
      policyOf([
        limit('x', quota(5, 'day')),
        limit('l', rate(6, MINUTE), { per: per('operation', 'key') }),
        limit('y', rate(5, 1000), { per: per('account') }),
      ]),
    ).plan(askOf());
    expect(countersOf(among)['l']).toBe(countersOf(alone)['l']);
    expect([alone.program.checks[0]?.limitId, alone.program.records[0]?.id]).toEqual([2424460017, 1038469651]);
  });

  it.each<[string, Partial<Limit>]>([
    ['algorithm', { algorithm: 'sliding' }],
    ['alignment', { align: 'clock' }],
    ['partition', { per: per('account') }],
    ['name', { name: 'm' }],
  ])('changes with the %s', (_, spec) => {
    const ids = [one({}), one(spec)].map((policy) => createPlanner(policy).plan(askOf()).program.checks[0]?.limitId);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is one for all who lack the attribute, and theirs alone', () => {
    const policy = one({ per: per('account') });
    expect(shares(policy, askOf({ subject: { key: 'k1' } }), askOf({ subject: { key: 'k2' } }))).toBe(true);
    expect(shares(policy, askOf(), askOf({ subject: { account: 'absent' } }))).toBe(false);
    expect(shares(policy, askOf(), askOf({ subject: { account: '' } }))).toBe(false);
    expect(shares(policy, askOf(), askOf({ subject: { account: null } }))).toBe(true);
  });

  it('never meets another: different values of the parts make different keys', () => {
    const aValue = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('a|b', 's1:x', '1', 'true', 'absent', '3:n12'),
    );
    const planner = createPlanner(one({ per: per('a', 'b', 'c') }));
    const keyOf = (values: readonly Literal[]): string | undefined =>
      planner.plan(askOf({ subject: { a: values[0]!, b: values[1]!, c: values[2]! } })).keys[0];
    fc.assert(
      fc.property(fc.tuple(aValue, aValue, aValue), fc.tuple(aValue, aValue, aValue), (x, y) => {
        expect(keyOf(x) === keyOf(y)).toBe(x.every((value, i) => Object.is(value, y[i])));
      }),
      { numRuns: 2000 },
    );
    expect(keyOf(['a', 'b|c', 'd'])).not.toBe(keyOf(['a|b', 'c', 'd']));
    expect(keyOf([1, 1, 1])).not.toBe(keyOf([1, 1, '1']));
  });

  it('may be worked out: a network, a set, a header', () => {
    const network = one({ per: per('=network(subject.address, 24, 64)') });
    expect(shares(network, askOf(), askOf({ subject: { address: '203.0.113.9' } }))).toBe(true);
    expect(shares(network, askOf(), askOf({ subject: { address: '203.0.114.9' } }))).toBe(false);
    const recipients = one({ per: per('=set(facts.to)') });
    expect(shares(recipients, askOf({ facts: { to: ['A', 'b'] } }), askOf({ facts: { to: ['B', 'a', 'A'] } }))).toBe(
      true,
    );
    expect(shares(recipients, askOf({ facts: { to: ['a,b'] } }), askOf({ facts: { to: ['a', 'b'] } }))).toBe(false);
  });

  it('is refused where two names have one id', () => {
    // Both are known by `NAME: fixed first 60000 per key`, and those two hash alike: found by trying.
    const [a, b] = ['ltmz3ed', 'l1oqt6yy'];
    expect(() => createPlanner(policyOf([limit(a, rate(1, MINUTE)), limit(b, rate(1, MINUTE))]))).toThrow(
      /ERR_PLAN_COLLISION: .*have one id; rename either limit/,
    );
  });

  it('is refused where two operations have one id, whatever stands before their names', () => {
    // `operation NAME` hashes alike for these two: found by trying.
    const operations = ['o1a09991', 'oee39i9'].map((name) => operation(name));
    expect(() => createPlanner(one({ per: per('key', 'operation') }, { operations }))).toThrow(/ERR_PLAN_COLLISION/);
    expect(() => createPlanner(one({ per: per('key') }, { operations }))).not.toThrow();
  });
});

describe('which limits apply', () => {
  const namesOf = (policy: CompiledPolicy, ask: Ask): readonly string[] =>
    createPlanner(policy)
      .plan(ask)
      .limits.map(({ name }) => name);

  it('are those for the operation, those without one for all, also for what is no operation', () => {
    const policy = policyOf(
      [limit('all', rate(1, MINUTE)), limit('writes', rate(1, MINUTE), { operations: ['write'] })],
      OPERATIONS,
    );
    expect([at(0), at(1), at(-1)].map((ask) => namesOf(policy, ask))).toEqual([['all'], ['all', 'writes'], ['all']]);
  });

  it('are told in file order', () => {
    const policy = policyOf([limit('b', rate(1, MINUTE), { per: per('account') }), limit('a', rate(1, MINUTE))]);
    expect(
      createPlanner(policy)
        .plan(askOf())
        .limits.map(({ name, order }) => [name, order]),
    ).toEqual([
      ['b', 0],
      ['a', 1],
    ]);
  });

  it('are without those that another replaces where it applies, and that is not replaced itself', () => {
    const limits = [
      limit('a', rate(1, MINUTE)),
      limit('b', rate(1, MINUTE), { replaces: ['a'] }),
      limit('c', rate(1, MINUTE), { replaces: ['b'], operations: ['write'] }),
    ];
    const policy = policyOf(limits, OPERATIONS);
    expect([at(0), at(1)].map((ask) => namesOf(policy, ask))).toEqual([['b'], ['a', 'c']]);
  });

  it('leave no counter and no row where they are unlimited', () => {
    const policy = policyOf([
      limit('a', byPlan({ FREE: rate(1, MINUTE), PRO: UNLIMITED })),
      limit('b', rate(1, MINUTE)),
    ]);
    const plan = createPlanner(policy).plan(askOf({ subject: { plan: 'PRO' } }));
    expect(plan.limits.map(({ name }) => name)).toEqual(['b']);
    expect(plan.program.checks).toHaveLength(1);
    expect(createPlanner(policyOf([limit('a', UNLIMITED)])).plan(askOf())).toMatchObject({
      refused: undefined,
      limits: [],
      keys: [],
      costs: [],
      program: { checks: [], records: [] },
    });
  });

  it('refuse what the plan lacks, with the limit’s own answer, and count attempts all the same', () => {
    const policy = policyOf([
      limit('a', byPlan({ FREE: NONE, PRO: rate(1, MINUTE) }), { answer: 'upgrade' }),
      limit('b', rate(1, MINUTE)),
      limit('c', rate(1, MINUTE), { count: 'attempts' }),
    ]);
    const planner = createPlanner(policy);
    expect(planner.plan(askOf({ subject: { plan: 'PRO' } })).refused).toBeUndefined();
    const plan = planner.plan(askOf({ subject: { plan: 'FREE' } }));
    expect(plan.refused).toBe('upgrade');
    expect(plan.limits.map(({ name }) => name)).toEqual(['c']);
    expect([plan.costs, plan.keys, plan.program.checks.length]).toEqual([[1], ['sk1'], 1]);
  });

  it('are those on the address and on all for a caller nobody identified', () => {
    const policy = policyOf([
      limit('key', rate(1, MINUTE)),
      limit('address', rate(1, MINUTE), { per: per('address') }),
      limit('both', rate(1, MINUTE), { per: per('address', 'key') }),
      limit('net', rate(1, MINUTE), { per: per('=network(subject.address, 24, 64)', 'operation') }),
      limit('global', rate(1, MINUTE), { per: per('global') }),
    ]);
    const nobody = askOf({ subject: { auth: '' } });
    expect(namesOf(policy, nobody)).toEqual(['address', 'net', 'global']);
    expect(namesOf(policy, askOf())).toHaveLength(5);
    const planner = createPlanner(policy);
    expect(planner.plan(askOf()).limits).toHaveLength(5);
    expect(planner.plan(nobody).limits).toHaveLength(3);
  });
});

describe('what headers are told of a limit', () => {
  it('is a bucket’s burst, else the amount', () => {
    const policy = policyOf([
      limit('a', rate(100, MINUTE), { algorithm: 'bucket', burst: literal(20) }),
      limit('b', rate(100, MINUTE), { burst: literal(20) }),
    ]);
    const { limits, program } = createPlanner(policy).plan(askOf());
    expect(limits.map(({ shown, amount, windowMs }) => [shown, amount, windowMs])).toEqual([
      [20, 100, MINUTE],
      [100, 100, MINUTE],
    ]);
    expect(program.checks.map(({ kind, segments }) => [kind, segments[0]?.burst])).toEqual([
      ['bucket', 20],
      ['fixed', 100],
    ]);
  });
});
