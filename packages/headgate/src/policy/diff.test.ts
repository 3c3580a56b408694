import { describe, expect, it } from 'vitest';
import { diffPolicies, parsePolicy, type LimitChange } from './index.ts';

const HEAD = 'headgate: 1\nplans: [FREE, PRO]\nidentify: { key: { header: X-API-Key, find: any } }\n';
const changes = (old: string, next: string, head = HEAD): readonly LimitChange[] =>
  diffPolicies(parsePolicy(`${head}limits: { ${old} }`), parsePolicy(`${head}limits: { ${next} }`));
const counters = (old: string, next: string): string | undefined =>
  changes(`a: { ${old} }`, `a: { ${next} }`)[0]?.counters;
const because = (old: string, next: string): string | undefined =>
  changes(`a: { ${old} }`, `a: { ${next} }`)[0]?.because;

describe('when a policy takes the place of another', () => {
  it.each([
    ['another amount', 'rate: 5/m', 'rate: 50/m'],
    ['the same window in other words', 'rate: 5/m', 'rate: 5/60s'],
    ['a table by plan over the same window', 'rate: 5/m', 'rate: { FREE: 1/m, PRO: 9/m }'],
    ['another burst', 'rate: 5/m, algorithm: bucket, burst: 9', 'rate: 5/m, algorithm: bucket, burst: 99'],
    ['another cost, label, answer and operations', 'rate: 5/m', 'rate: 5/m, cost: 2, label: x, when: "true"'],
    ['the parts in another order', 'rate: 5/m, per: [key, address]', 'rate: 5/m, per: [address, key]'],
    ['another zone', 'quota: 5/day', 'quota: 5/day, calendar: { zone: Asia/Tokyo }'],
    ['fewer windows', 'rate: { FREE: 1/m, PRO: 9/h }', 'rate: 9/h'],
  ])('%s keeps what was counted', (_, old, next) => {
    expect(counters(old, next)).toBe('kept');
  });

  it.each([
    ['another window', 'rate: 5/m', 'rate: 5/2m', 'the window changes from 60000 ms to 120000 ms'],
    ['another kind', 'rate: 5/m', 'quota: 5/day', 'the kind changes from rate to quota'],
    ['another algorithm', 'rate: 5/m', 'rate: 5/m, algorithm: fixed', 'the algorithm changes from sliding to fixed'],
    [
      'another alignment',
      'rate: 5/m, algorithm: fixed',
      'rate: 5/m, algorithm: fixed, align: clock',
      'where windows begin',
    ],
    ['other slices', 'rate: 5/m', 'rate: 5/m, slices: 8', 'the number of slices'],
    ['another partition', 'rate: 5/m, per: key', 'rate: 5/m, per: address', 'whose counter it is'],
    ['another period', 'quota: 5/day', 'quota: 5/week', 'the window changes from day to week'],
    ['a window more', 'rate: 9/h', 'rate: { FREE: 1/m, PRO: 9/h }', 'the window'],
  ])('%s starts fresh, and says so', (_, old, next, says) => {
    expect(counters(old, next)).toBe('fresh');
    expect(because(old, next)).toContain(says);
  });

  it('a limit that is gone is dropped, one that came is new, and a size never counted', () => {
    const told = changes('a: { rate: 5/m }, s: { size: 1MB }', 's: { size: 2MB }, b: { rate: 5/m }');
    expect(told.map(({ limit, counters: what }) => [limit, what])).toEqual([
      ['s', 'stateless'],
      ['b', 'new'],
      ['a', 'dropped'],
    ]);
  });

  it('tells an amount that changed from one that did not', () => {
    expect(changes('a: { rate: 5/m }', 'a: { rate: 6/m }')[0]?.amountChanged).toBe(true);
    expect(changes('a: { rate: 5/m }', 'a: { rate: 5/60s, cost: 2 }')[0]?.amountChanged).toBe(false);
  });

  const named = (...names: readonly string[]): string =>
    `${HEAD}operations: { ${names.map((name) => `${name}: { match: GET /${name} }`).join(', ')} }\nlimits: { a: { rate: 5/m, per: [key, operation] } }`;
  const between = (old: string, next: string): LimitChange | undefined =>
    diffPolicies(parsePolicy(old), parsePolicy(next))[0];

  it.each([
    ['in another order', ['x', 'y'], ['y', 'x']],
    ['and one more', ['x', 'y'], ['x', 'new', 'y']],
    ['without one', ['x', 'y'], ['y']],
  ])('counts for operations %s are kept', (_, old, next) => {
    expect(between(named(...old), named(...next))?.counters).toBe('kept');
  });

  it('a count for an operation that is renamed stays behind, and that is said', () => {
    const change = between(named('x', 'y'), named('x', 'z'));
    expect(change).toMatchObject({ counters: 'fresh' });
    expect(change?.because).toContain('operation y');
  });

  it('more operations than share a record start fresh once, and that is said', () => {
    const many = Array.from({ length: 8 }, (_, i) => `o${i}`);
    expect(between(named(...many.slice(1)), named(...many))).toMatchObject({ counters: 'fresh' });
    expect(between(named(...many), named(...many, 'o8'))).toMatchObject({ counters: 'kept' });
  });
});
