import { describe, expect, it } from 'vitest';
import { diffPolicies, parsePolicy } from '../../src/policy/index.ts';
import { effectiveLimits, type Literal } from '../../src/profile/index.ts';
import { KEYED, world } from './world.ts';

const limits = (body: string, more = ''): string => `${KEYED}${more}limits: { ${body} }`;
const MILLION = 1_000_000;

describe('a figure that is set', () => {
  const SET = '{ set: key.cap, default: 100/minute, min: 10/minute, max: 1000/minute }';

  /** What is shown of it, `refused`, or `unlimited`. */
  function shown(figure: string, cap: Literal | undefined): number | string {
    const { allowed, shown: all } = world(limits(`a: { rate: ${figure}, per: key }`)).ask({
      subject: { 'key.cap': cap },
    });
    return allowed ? (all['a'] ?? 'unlimited') : 'refused';
  }

  it.each([
    ['nobody set', SET, undefined, 100],
    ['a number', SET, 50, 50],
    ['a text that is a number', SET, '50', 50],
    ['a number with a fraction', SET, 50.9, 50],
    ['less than the least', SET, 5, 10],
    ['more than the most', SET, 5000, 1000],
    ['0, which is the least', SET, 0, 10],
    ['0 where there is no least', '{ set: key.cap, default: 100/minute }', 0, 'refused'],
    ['0, which means something', '{ set: key.cap, default: 100/minute, zero: unlimited }', 0, 'unlimited'],
    ['less than 0', SET, -1, 'refused'],
    ['less than 0, which means something', '{ set: key.cap, default: 100/minute, minus: unlimited }', -1, 'unlimited'],
    ['no number', SET, 'lots', 'refused'],
    ['a truth value', SET, true, 'refused'],
    ['over a span of its own', '{ set: (key.cap)/h, default: unlimited }', 7, 7],
    ['off until it is set', '{ set: (key.cap)/h, default: unlimited }', undefined, 'unlimited'],
  ] as const)('is %s', (_, figure, cap, what) => {
    expect(shown(figure, cap)).toBe(what);
  });

  it('stands wherever an amount does, also in a table', () => {
    const w = world(
      limits('a: { level: { by: request.method, GET: { set: key.cap, default: 5 }, else: 9 }, per: key }'),
    );
    expect(w.ask({ subject: { 'key.cap': 3 } }).shown).toEqual({ a: 3 });
    expect(w.ask().shown).toEqual({ a: 5 });
  });
});

describe('a figure by contract', () => {
  it('is what its brackets say until an override is written, and nothing at all without any', () => {
    const w = world(
      `${limits('a: { rate: custom(5/m), per: key }, b: { rate: custom, per: key, when: facts.b == true }')}
overrides: [{ for: { key: big }, limits: { a: 50/m, b: 9/m }, from: 2026-01-01, reason: SLA, by: sales }]`,
    );
    expect(w.ask({ facts: { b: false } }).shown).toEqual({ a: 5 });
    expect(w.ask({ facts: { b: true } }).refused).toBe('exceeded');
    expect(w.ask({ subject: { key: 'big' }, facts: { b: true } }).shown).toEqual({ a: 50, b: 9 });
  });
});

describe('a meter', () => {
  const METERS = 'meters: { seconds: { unit: seconds, precision: 3, cost: facts.s } }\n';

  it('is counted with its decimals, on a rate as on a size', () => {
    const w = world(limits('a: { rate: 10/h, per: key, cost: seconds }, b: { size: 1.5, of: seconds }', METERS));
    expect(w.ask({ facts: { s: 1.25 } })).toMatchObject({
      allowed: true,
      remaining: { a: 8750 },
      shown: { a: 10, b: 1.5 },
    });
    expect(w.ask({ facts: { s: 1.501 } })).toMatchObject({ allowed: false, binding: 'b', no: 'never' });
  });
});

describe('money', () => {
  it('is counted in millionths, and its costs and overrides are written in the same currency', () => {
    const w = world(
      `${limits('a: { quota: $20.50/month, per: key, cost: 0.07 }')}
overrides: [{ for: { key: big }, limits: { a: $99/month }, from: 2026-01-01, reason: SLA, by: sales }]`,
    );
    expect(w.ask()).toMatchObject({ shown: { a: 20.5 }, remaining: { a: 20.43 * MILLION } });
    expect(w.ask({ subject: { key: 'big' } })).toMatchObject({ shown: { a: 99 }, remaining: { a: 98.93 * MILLION } });
    expect(w.policy.limits[0]).toMatchObject({ unit: 'USD', precision: 6, fail: 'closed' });
  });

  it('is a cost that an expression tells in dollars, rounded up to a whole part', () => {
    const w = world(limits('a: { quota: 5 EUR/day, per: key, cost: facts.price }'));
    expect(w.ask({ facts: { price: 0.07 } }).remaining).toEqual({ a: 4.93 * MILLION });
    expect(w.ask({ facts: { price: 0.000_000_1 } }).remaining).toEqual({ a: 4.93 * MILLION - 1 });
  });

  it('is held against a day and a month at once, each by its own name', () => {
    const w = world(limits('spend: { quota: [$1/day, $1.50/month], per: key, cost: 0.5 }'));
    w.asks(2);
    expect(w.ask()).toMatchObject({ allowed: false, binding: 'spend.day' });
    w.clock.advance(86_400_000);
    w.ask();
    expect(w.ask()).toMatchObject({ allowed: false, binding: 'spend.month' });
  });

  it('is another counter in another precision, which a check against the old policy says', () => {
    const policy = (precision: number): string =>
      `headgate: 1\n${limits('a: { quota: $5/day, per: key, cost: spend }', `meters: { spend: { unit: USD, precision: ${precision}, cost: 0.5 } }\n`)}`;
    expect(diffPolicies(parsePolicy(policy(6)), parsePolicy(policy(2)))).toMatchObject([
      { limit: 'a', counters: 'fresh', because: 'the precision changes from 6 to 2' },
    ]);
  });

  it('is told as it was written', () => {
    const policy = parsePolicy(
      `headgate: 1\n${limits(
        'day: { quota: $5/day, per: key, cost: spend }, month: { quota: (facts.cap)/month, per: key, cost: spend }, jobs: { concurrency: 5, per: key }, own: { quota: { set: (key.cap)/day, default: unlimited, max: $9/day }, per: key, cost: spend }',
        'meters: { spend: { unit: USD, cost: { reserve: 0.05, actual: response.body.cost } } }\n',
      )}`,
    );
    expect(effectiveLimits(policy).map(({ amount, cost, hold }) => [amount, cost, hold])).toEqual([
      ['5 USD/day', '0.05', 'settled to response.body.cost'],
      ['(facts.cap)/month', '0.05', 'settled to response.body.cost'],
      ['5', '1', 'until its exchange is over'],
      ['set by (key.cap)/day: default unlimited, max $9/day', '0.05', 'settled to response.body.cost'],
    ]);
  });
});
