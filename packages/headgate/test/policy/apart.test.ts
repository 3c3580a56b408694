import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { KEYED, MINUTE, world } from './world.ts';

const one = (body: string): string => `${KEYED}limits: { a: { ${body}, per: key } }`;
const begunAnew = (amount: number): string => one(`rate: ${amount}/hour, algorithm: fixed, onChange: reset`);

describe('onChange: reset', () => {
  it('gives another figure a use of its own, and one that comes back the use it had', () => {
    const w = world(begunAnew(100));
    expect(w.asks(70).remaining).toEqual({ a: 30 });
    const less = w.becomes(begunAnew(50));
    expect(less.ask().remaining).toEqual({ a: 49 });
    const more = less.becomes(begunAnew(200));
    expect(more.ask().remaining).toEqual({ a: 199 });
    expect(more.becomes(begunAnew(100)).ask().remaining).toEqual({ a: 29 });
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
    ['quota: 5/day, grants: true', 'limits.a.onChange: "reset" would change what is carried on or was bought'],
    ['quota: 5/day, rollover: { upTo: 5 }', 'limits.a.onChange: "reset" would change what is carried on or was bought'],
    [
      'rate: { ramp: { from: 5/s, add: 5, every: 1m, to: 30, rest: 5m } }',
      'limits.a.onChange: "reset" would change use with each step',
    ],
  ])('is refused for %s', (body, said) => {
    const [problem] = checkPolicy(`headgate: 1\n${one(`${body}, onChange: reset`)}`);
    expect(problem && lineOf(problem)).toContain(said);
  });
});

describe('onChange: scale', () => {
  const hourly = (amount: number, algorithm = 'fixed'): string =>
    one(`rate: ${amount}/hour, algorithm: ${algorithm}, onChange: scale`);

  it.each(['sliding', 'fixed', 'bucket', 'gap', 'decay'])(
    'keeps the part of the whole that is used: %s',
    (algorithm) => {
      const w = world(hourly(100, algorithm));
      expect(w.asks(70).remaining).toEqual({ a: 30 });
      const less = w.becomes(hourly(50, algorithm));
      expect(less.ask().remaining).toEqual({ a: 14 });
      const more = less.becomes(hourly(200, algorithm));
      expect(more.ask().remaining).toEqual({ a: 55 });
    },
  );

  it('does so for a quota, and when an override or a schedule brings the figure', () => {
    const w = world(
      `${one('quota: 10/day, onChange: scale')}\noverrides: [{ for: { key: k }, limits: { a: 5/day }, from: 2026-05-15T12:01:00Z, until: 2026-05-15T12:02:00Z, reason: r, by: b }]`,
    );
    expect(w.asks(4).remaining).toEqual({ a: 6 });
    w.clock.advance(MINUTE);
    expect(w.ask().remaining).toEqual({ a: 2 });
    w.clock.advance(MINUTE);
    expect(w.ask().remaining).toEqual({ a: 3 });
  });

  it('rounds against the caller, once a change: asking in vain changes nothing', () => {
    const w = world(hourly(10));
    w.asks(10);
    const less = w.becomes(hourly(3));
    expect(less.asks(5)).toMatchObject({ allowed: false, remaining: { a: 0 } });
    expect(less.becomes(hourly(10)).ask()).toMatchObject({ allowed: false });
    const lessAgain = world(hourly(10));
    lessAgain.asks(4);
    expect(lessAgain.becomes(hourly(3)).ask().remaining).toEqual({ a: 0 }); // 1.2 is 2, and one more
  });

  it('keeps use where the plan lacks the limit for a time, or has no bound', () => {
    const cases = (use: string): string =>
      `${KEYED}limits: { a: { rate: { cases: [{ when: 'has(request.headers.free)', use: ${use} }, { use: 10/hour }] }, algorithm: fixed, onChange: scale, per: key } }`;
    for (const use of ['unlimited', 'none', '(request.bytes)/hour']) {
      const w = world(cases(use));
      w.asks(4);
      w.ask({ headers: { free: '1' } });
      expect(w.ask().remaining).toEqual({ a: 5 });
    }
  });

  it.each(['sliding', 'fixed', 'bucket', 'gap', 'decay'])('is not given up for what costs nothing: %s', (algorithm) => {
    const figures = `{ by: 'request.headers["figure"]', "50": 50/hour, else: 100/hour }`;
    const w = world(
      one(`rate: ${figures}, algorithm: ${algorithm}, onChange: scale, cost: 'int(request.headers["cost"])'`),
    );
    const ask = (figure: string, cost: string): unknown => w.ask({ headers: { figure, cost } }).remaining;
    expect(ask('100', '70')).toEqual({ a: 30 });
    expect(ask('50', '0')).toEqual({ a: 15 });
    expect(ask('50', '5')).toEqual({ a: 10 });
    expect(ask('100', '0')).toEqual({ a: 20 });
    expect(ask('100', '1')).toEqual({ a: 19 });
  });

  const noon = (algorithm: string, [before, after]: readonly [number, number]): string =>
    `schedules: { noon: { zone: UTC, spans: 12:30-13:30 } }\n${one(
      `rate: { cases: [{ when: during("noon"), use: ${after}/hour }, { use: ${before}/hour }] }, algorithm: ${algorithm}, onChange: scale`,
    )}`;
  const changes = (['sliding', 'fixed', 'bucket', 'gap', 'decay'] as const).flatMap((algorithm) =>
    (
      [
        [10, 20],
        [20, 10],
        [7, 3],
        [3, 7],
        [10, 1],
      ] as const
    ).map((pair) => [algorithm, pair] as const),
  );

  it.each(changes)('is told an exact wait where the figure will change: %s %j', (algorithm, pair) => {
    const w = world(noon(algorithm, pair), '2026-05-15T12:20:00Z');
    w.asks(pair[0]);
    const { allowed, retryAfterMs } = w.ask();
    expect(allowed).toBe(false);
    w.clock.advance(retryAfterMs - 1);
    expect(w.ask().allowed).toBe(false);
    w.clock.advance(1);
    expect(w.ask().allowed).toBe(true);
  });

  it.each([
    ['concurrency: 5', 'limits.a.onChange: belongs to a rate or a quota'],
    ['quota: 5/day, grants: true', 'limits.a.onChange: "scale" would change what is carried on or was bought'],
  ])('is refused for %s', (body, said) => {
    const [problem] = checkPolicy(`headgate: 1\n${one(`${body}, onChange: scale`)}`);
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
