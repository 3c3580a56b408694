import { describe, expect, it } from 'vitest';
import {
  by,
  byPlan,
  cases,
  expr,
  limit,
  literal,
  NONE,
  per,
  policyOf,
  quota,
  rate,
  size,
  UNLIMITED,
} from '../../../test/policy-of.ts';
import { compileExpression } from '../../policy/expression/index.ts';
import { effectiveLimits, textOf } from '../index.ts';

describe('the table of limits', () => {
  const policy = policyOf(
    [
      limit('a', rate(1000, 3_600_000), { per: per('key', 'operation'), when: expr('subject.auth == "key"') }),
      limit('b', byPlan({ FREE: quota(15, 'month'), PRO: UNLIMITED, OLD: NONE }), { operations: ['x'] }),
      limit('c', rate('5000 + 50 * account.seats', 90_000), { algorithm: 'bucket', burst: literal(9) }),
      limit('d', size(25_000_000), { of: expr('request.bytes'), unit: 'bytes' }),
      limit('e', by('operation.group', { x: rate(1, 1500) }, rate(2, 1000)), { per: per('global') }),
      limit('f', cases([['request.bytes > 5', rate(1, 1000)]], rate(2, 1000)), {
        per: per('group', '=network(subject.address, 24, 64)'),
      }),
    ],
    { plans: ['FREE', 'PRO', 'OLD'].map((name) => ({ name, attributes: {} })) },
  );

  it('says each amount as it would be written', () => {
    expect(effectiveLimits(policy).map(({ amount, burst, per: whose }) => [amount, burst, whose])).toEqual([
      ['1000/1h', undefined, 'key, operation'],
      ['by plan: FREE 15/month; PRO unlimited; OLD none', undefined, 'key'],
      ['(5000 + (50 * account.seats))/90s', '9', 'key'],
      ['25MB', undefined, ''],
      ['by operation.group: x 1/1500ms; else 2/1s', undefined, 'global'],
      ['1/1s when request.bytes > 5; else 2/1s', undefined, 'operation.group, network(subject.address, 24, 64)'],
    ]);
    expect(effectiveLimits(policy)[0]).toMatchObject({
      when: 'subject.auth == "key"',
      cost: '1',
      kind: 'rate',
      algorithm: 'fixed',
      on: undefined,
      plans: [],
    });
    expect(effectiveLimits(policy)[3]).toMatchObject({ cost: 'request.bytes', algorithm: undefined });
  });

  it.each([
    [10_485_760, 'bytes', '10MiB'],
    [2_500_000_000_000, 'bytes', '2500GB'],
    [1_000_001, 'bytes', '1000001B'],
    [90_000, 'ms', '90s'],
    [25_000_000, 'files', '25000000'],
  ])('writes %i %s as %s', (units, unit, written) => {
    const [told] = effectiveLimits(policyOf([limit('a', size(units), { unit })]));
    expect(told?.amount).toBe(written);
  });

  it('says what each plan has, or what one plan has', () => {
    expect(effectiveLimits(policy)[1]).toMatchObject({
      on: ['x'],
      plans: [
        { plan: 'FREE', amount: '15/month' },
        { plan: 'PRO', amount: 'unlimited' },
        { plan: 'OLD', amount: 'none' },
      ],
    });
    expect(effectiveLimits(policy, 'PRO')[1]).toMatchObject({ amount: 'unlimited', plans: [] });
    expect(effectiveLimits(policy, 'GONE')[1]?.amount).toBe('none');
  });
});

describe('an expression in words', () => {
  it.each([
    'account.seats > 1 && !(plan == "PRO" || subject["x-y"].startsWith("a"))',
    'size(request.headers["x-a"]) + size({"a": [1, -2.5], "b": []}.a) + -account.n',
    'facts.xs.filter(x, x > 1).map(y, y == 2, y * 3).exists(z, z / 2 == operation.weight)',
    'has(account.zone) ? account.zone.split("/").join("-") : min(1, 2)',
    'request.bytes / 2 + size(facts.xs[0]) % 3',
    'operation == "a" && operation.group in ["b"] && plan.n > 1 && facts["a b"].c',
    'true',
  ])('is the same expression when it is read again: %s', (text) => {
    const first = compileExpression(text);
    if (!first.ok) throw new Error(first.message);
    expect(compileExpression(textOf(first.expr))).toMatchObject({ ok: true, expr: first.expr });
  });
});
