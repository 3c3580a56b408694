import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../src/policy/index.ts';
import { gateOf } from '../gate-of.ts';
import { HOUR, KEYED, MINUTE, SECOND, world, type Asked } from './world.ts';

const OVER = 'from: 2026-01-01, reason: r, by: b';
const until = (minutes: number): string => `"2026-05-15T12:${String(minutes).padStart(2, '0')}:00Z"`;

describe('what is remembered of one request', () => {
  it('is never a figure that only its own expressions made too costly to work out', () => {
    const heavy = Array.from(
      { length: 2 },
      (_, i) => `  h${i}: { rate: 900/s, when: 'request.headers["x"].split(",").all(x, x != "${i}" && x != "b")' }`,
    );
    const w = world(
      `${KEYED}limits:\n${heavy.join('\n')}\n  a: { rate: { cases: [{ when: account.tier == "gold", use: 100/s }, { use: 1/s }] } }`,
    );
    const gold = { 'account.tier': 'gold', key: 'attacker' };
    w.ask({ subject: gold, headers: { x: 'a,'.repeat(999) } });
    expect(w.ask({ subject: { ...gold, key: 'honest' }, headers: { x: 'a' } }).shown['a']).toBe(100);
  });
});

describe('a wait over the end of an override', () => {
  it('is exact where another limit reads the request', () => {
    const policy = `${KEYED}overrides: [{ for: { key: k }, limits: { a: 5/hour }, until: ${until(10)}, ${OVER} }]
limits:
  a: { rate: 2/hour, algorithm: fixed }
  b: { rate: 900/s, when: 'request.headers["x"] == "y"' }`;
    const w = world(policy);
    w.asks(5);
    // From 12:10 on it is 2 an hour, of which 5 are used: until the window ends.
    expect(w.ask()).toMatchObject({ allowed: false, binding: 'a', retryAfterMs: HOUR });
    w.clock.advance(HOUR - 1);
    expect(w.ask().allowed).toBe(false);
    w.clock.advance(1);
    expect(w.ask().allowed).toBe(true);
  });

  it('is never, where only the override would have let it in, and too much was used for that', () => {
    const w = world(`${KEYED}overrides: [{ for: { key: k }, limits: { q: 5/week }, until: ${until(10)}, ${OVER} }]
limits: { q: { quota: 3/week, cost: facts.n } }`);
    w.ask({ facts: { n: 3 } });
    expect(w.ask({ facts: { n: 4 } })).toMatchObject({ allowed: false, no: 'never', retryAfterMs: -1 });
    expect(w.ask({ facts: { n: 3 } })).toMatchObject({ allowed: false, no: 'until' });
  });

  it('is told for the request that asks, where the plan that comes reads requests otherwise', () => {
    const policy = `${KEYED}plans: { A: { wide: 1 }, B: { wide: 0 } }
overrides: [{ for: { key: k }, plan: A, until: ${until(10)}, ${OVER} }]
limits:
  a: { rate: { cases: [{ when: 'plan.wide == 0 && request.query["q"] == "big"', use: 9/hour }, { use: 2/hour }] }, algorithm: fixed }`;
    const w = world(policy);
    const [big, small]: Asked[] = [
      { subject: { plan: 'B' }, query: { q: 'big' } },
      { subject: { plan: 'B' }, query: { q: 'small' } },
    ];
    w.asks(2, small);
    expect(w.ask(small).retryAfterMs).toBe(HOUR);
    expect(w.ask(big).retryAfterMs).toBe(10 * MINUTE);
    expect(w.ask(small).retryAfterMs).toBe(HOUR);
    w.clock.advance(10 * MINUTE);
    expect(w.ask(small).allowed).toBe(false);
    expect(w.ask(big).allowed).toBe(true);
  });

  it('is exact over many of them', () => {
    const spans = Array.from(
      { length: 10 },
      (_, i) =>
        `{ for: { key: k }, limits: { a: ${20 - i}/hour }, from: ${until(i + 1)}, until: ${until(i + 2)}, reason: r, by: b }`,
    );
    const w = world(
      `${KEYED}overrides: [${spans.join(', ')}]\nlimits: { a: { rate: 1/hour, algorithm: fixed, cost: facts.n } }`,
    );
    w.ask({ facts: { n: 1 } });
    expect(w.ask({ facts: { n: 1 } }).retryAfterMs).toBe(MINUTE);
    w.clock.advance(5 * MINUTE);
    w.ask({ facts: { n: 15 } });
    // 16 an hour at 12:05; every minute one less; 16 are used.
    expect(w.ask({ facts: { n: 1 } }).retryAfterMs).toBe(55 * MINUTE);
  });
});

describe('a plan that an override gives', () => {
  it('is the plan everywhere: in values, in conditions and in partitions', () => {
    const policy = `${KEYED}plans: [A, B]
overrides: [{ for: { key: k }, plan: B, ${OVER} }]
limits:
  a: { rate: { A: 1/s, B: 9/s }, algorithm: fixed, per: plan }
  b: { rate: 9/s, algorithm: fixed, per: '"" + subject.plan' }
  c: { rate: 9/s, when: subject.plan == "A" }`;
    const w = world(policy);
    expect(w.ask({ subject: { plan: 'A' } }).remaining).toEqual({ a: 8, b: 8 });
    expect(w.ask({ subject: { plan: 'B', key: 'other' } }).remaining).toEqual({ a: 7, b: 7 });
    w.clock.advance(SECOND);
  });
});

describe('a route', () => {
  const limited = (operations: string): ReturnType<typeof gateOf> =>
    gateOf(`${KEYED}operations: { ${operations} }\nlimits: { a: { rate: 1/minute, on: [it] } }`);
  const refuses = (operations: string, target: string): boolean => {
    const gate = limited(operations);
    gate.ask({ target });
    return gate.ask({ target }).kind === 'answer';
  };

  it.each([
    ['it: { match: GET /files/ }', '/files'],
    ['it: { match: GET /files/ }', '/files/'],
    ['it: { match: GET /files }', '/files/'],
    ['it: { match: GET /files/:id/ }', '/files/7'],
    ['it: { match: GET /, when: request.method == "GET" }', '/'],
    ['it: { match: GET /caf\u00e9 }', '/caf%C3%A9'],
    ['it: { match: GET /caf%c3%a9/:id }', '/caf%C3%A9/1'],
    ['it: { match: GET /a%20b }', '/a%20b'],
    ['it: { match: GET /a%2Cb }', '/a,b'],
    ['it: { match: GET /a%25b }', '/a%25b'],
    ['it: { match: GET /%7Euser }', '/~user'],
  ])('%s takes %s: neither a slash at the end nor an escape makes a difference', (operations, target) => {
    expect(refuses(operations, target)).toBe(true);
  });

  it('that differs by such a slash alone is in the shadow of the other', () => {
    const text = 'headgate: 1\noperations: { a: { match: GET /files }, b: { match: GET /files/ } }';
    expect(checkPolicy(text).map(({ code }) => code)).toEqual(['ERR_POLICY_SHADOWED']);
  });
});
