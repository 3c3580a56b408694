import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { KEYED, MINUTE, world } from './world.ts';

const one = (body: string): string => `${KEYED}limits: { a: { ${body}, per: key } }`;
const hourly = (amount: number): string => one(`rate: ${amount}/hour, algorithm: fixed, onChange: reset`);

describe('onChange: reset', () => {
  it('gives another figure a use of its own, and one that comes back the use it had', () => {
    const w = world(hourly(100));
    expect(w.asks(70).remaining).toEqual({ a: 30 });
    const less = w.becomes(hourly(50));
    expect(less.ask().remaining).toEqual({ a: 49 });
    const more = less.becomes(hourly(200));
    expect(more.ask().remaining).toEqual({ a: 199 });
    expect(more.becomes(hourly(100)).ask().remaining).toEqual({ a: 29 });
  });

  it.each(['sliding', 'fixed', 'bucket', 'gap', 'decay'])('does so for a rate that is %s', (algorithm) => {
    const at = (amount: number): string => one(`rate: ${amount}/hour, algorithm: ${algorithm}, onChange: reset`);
    const w = world(at(10));
    w.asks(10);
    expect(w.ask().allowed).toBe(false);
    expect(w.becomes(at(5)).ask()).toMatchObject({ allowed: true, remaining: { a: 4 } });
  });

  it('does so for a figure that an override or a plan brings', () => {
    const w = world(
      `${one('quota: 3/day, onChange: reset')}\noverrides: [{ for: { key: k }, limits: { a: 5/day }, from: 2026-05-15T12:01:00Z, reason: r, by: b }]`,
    );
    expect(w.asks(4)).toMatchObject({ allowed: false });
    w.clock.advance(MINUTE);
    expect(w.ask()).toMatchObject({ allowed: true, remaining: { a: 4 } });
  });

  it('is never told too short a wait where the figure will change', () => {
    const w = world(
      `schedules: { noon: { zone: UTC, spans: 12:30-13:00 } }\n${one('rate: { cases: [{ when: during("noon"), use: 2/hour }, { use: 1/hour }] }, algorithm: fixed, onChange: reset')}`,
    );
    w.ask();
    const { retryAfterMs } = w.ask();
    w.clock.advance(retryAfterMs);
    expect(w.ask().allowed).toBe(true);
  });

  it.each([
    ['concurrency: 5', 'limits.a.onChange: belongs to a rate or a quota'],
    ['quota: 5/day, grants: true', 'limits.a.onChange: "reset" would forget what is carried on or was bought'],
    ['quota: 5/day, rollover: { upTo: 5 }', 'limits.a.onChange: "reset" would forget what is carried on or was bought'],
    [
      'rate: { ramp: { from: 5/s, add: 5, every: 1m, to: 30, rest: 5m } }',
      'limits.a.onChange: "reset" would begin a ramp anew',
    ],
  ])('is refused for %s', (body, said) => {
    const [problem] = checkPolicy(`headgate: 1\n${one(`${body}, onChange: reset`)}`);
    expect(problem && lineOf(problem)).toContain(said);
  });
});

describe('scope', () => {
  const policy = `${KEYED}limits: { every: { rate: 9/m, per: key }, near: { rate: 5/m, per: key, scope: region }, own: { rate: 3/m, per: key, scope: node } }`;

  it('counts apart for each node and region of those that share a store', () => {
    const a = world(policy, undefined, { places: { node: 'a', region: 'eu' } });
    a.asks(2);
    const b = a.beside({ places: { node: 'b', region: 'eu' } });
    expect(b.ask().remaining).toEqual({ every: 6, near: 2, own: 2 });
    const c = a.beside({ places: { node: 'c', region: 'us' } });
    expect(c.ask().remaining).toEqual({ every: 5, near: 4, own: 2 });
    expect(a.ask().remaining).toEqual({ every: 4, near: 1, own: 0 });
    expect(a.ask()).toMatchObject({ allowed: false, binding: 'own' });
  });

  it('is one for all that do not say where they are', () => {
    const w = world(policy);
    w.asks(3);
    expect(w.beside({}).ask()).toMatchObject({ allowed: false, binding: 'own' });
  });
});
