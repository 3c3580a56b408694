import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { DAY, HOUR, KEYED, MINUTE, world, type Asked } from './world.ts';

const one = (body: string): string => `${KEYED}limits: { a: { ${body}, per: key } }`;
const STUDIES = 'distinct: \'request.query["study"]\'';
const of = (study: string): Asked => ({ query: { study } });

describe('distinct', () => {
  it.each([
    ['a rate', 'rate: 2/hour'],
    ['a fixed rate', 'rate: 2/hour, algorithm: fixed'],
    ['a bucket', 'rate: 2/hour, algorithm: bucket'],
    ['a quota', 'quota: 2/day'],
    ['a limit of several windows', 'rate: [2/hour, 50/24h]'],
  ])('of %s costs the first of equal values alone', (_, kind) => {
    const w = world(one(`${kind}, ${STUDIES}`));
    expect(w.asks(40, of('x')).allowed).toBe(true);
    expect(w.asks(40, of('y')).allowed).toBe(true);
    expect(w.ask(of('z'))).toMatchObject({ allowed: false });
    expect(w.ask(of('x')).allowed).toBe(true);
  });

  it('is told in what is left, and of nothing else', () => {
    const w = world(one(`quota: 5/day, ${STUDIES}`));
    expect(w.asks(3, of('x')).remaining).toMatchObject({ a: 4 });
    expect(w.ask(of('y')).remaining).toMatchObject({ a: 3 });
  });

  it('compares the values of one caller alone', () => {
    const w = world(one(`quota: 1/day, ${STUDIES}`));
    expect(w.ask(of('x')).allowed).toBe(true);
    expect(w.ask({ ...of('x'), subject: { key: 'other' } }).remaining).toMatchObject({ a: 0 });
    expect(w.ask({ ...of('y'), subject: { key: 'other' } }).allowed).toBe(false);
  });

  it('lets a value cost again in another period, or after so long', () => {
    const daily = world(one(`quota: 1/day, ${STUDIES}`));
    daily.ask(of('x'));
    daily.clock.advance(DAY);
    expect(daily.ask(of('x')).remaining).toMatchObject({ a: 0 });
    expect(daily.ask(of('y')).allowed).toBe(false);
    const soon = world(one('rate: 9/hour, distinct: { of: \'request.query["study"]\', for: 5m }'));
    soon.ask(of('x'));
    soon.clock.advance(5 * MINUTE - 1);
    expect(soon.ask(of('x')).remaining).toMatchObject({ a: 8 });
    soon.clock.advance(1);
    expect(soon.ask(of('x')).remaining).toMatchObject({ a: 7 });
  });

  it('remembers no value of a request that was refused', () => {
    const w = world(one(`rate: 1/hour, algorithm: fixed, ${STUDIES}`));
    w.ask(of('x'));
    expect(w.ask(of('y'))).toMatchObject({ allowed: false, retryAfterMs: HOUR });
    w.clock.advance(HOUR);
    expect(w.ask(of('y'))).toMatchObject({ allowed: true, remaining: { a: 0 } });
  });

  it('makes what leaves the value out cost each time', () => {
    const w = world(one(`rate: 2/hour, ${STUDIES}`));
    expect(w.asks(2).allowed).toBe(true);
    expect(w.ask().allowed).toBe(false);
  });

  it('costs as much as the limit says', () => {
    const w = world(one(`rate: 10/hour, cost: 4, ${STUDIES}`));
    expect(w.asks(3, of('x')).remaining).toMatchObject({ a: 6 });
  });

  it.each([
    ['concurrency: 5, distinct: request.path', 'belongs to a rate or a quota'],
    ['rate: 5/s, cost: { reserve: any, actual: 1 }, distinct: request.path', 'a value costs when it is let in'],
    ['rate: { by: request.method, GET: 5/s, else: 1/h }, distinct: request.path', 'say "for" how long'],
    ['rate: 5/s, distinct: { of: request.path, for: 1ms }', 'expected at least 1000 ms'],
    ['rate: 5/s, distinct: request.pat', 'limits.a.distinct'],
  ])('is refused: %s', (body, said) => {
    const errors = checkPolicy(`headgate: 1\n${one(body)}`).map((problem) => lineOf(problem));
    expect(errors.join('\n')).toContain(said);
  });
});
