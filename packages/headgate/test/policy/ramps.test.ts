import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { createPlanner } from '../../src/profile/index.ts';
import { HOUR, KEYED, MINUTE, world, type World } from './world.ts';

const GROWING = `${KEYED}
limits: { calls: { rate: { ramp: { from: 10/1s, add: 10, every: 1m, to: 35, while: usage >= 0.5, rest: 15m } }, algorithm: fixed, per: key } }`;

/** Uses it so often within a second; says what it allows then. */
function used(w: World, times: number): number | undefined {
  const { shown } = w.asks(times);
  w.clock.advance(1000);
  return shown['calls'];
}

/** Uses much of it every ten seconds, for so long. */
function busy(w: World, minutes: number, times = 30): number | undefined {
  let shown: number | undefined;
  for (let i = 0; i < minutes * 6; i++) {
    shown = used(w, times);
    w.clock.advance(9000);
  }
  return shown;
}

describe('a ramp', () => {
  it('is looked at with the limits of a survey, at no cost', () => {
    const { policy, clock } = world(GROWING);
    const subject = { auth: 'key', address: '203.0.113.7', key: 'k' };
    const operation = { index: -1, name: 'GET /', path: {} };
    const { program, costs } = createPlanner(policy).survey({ subject, operation, nowMs: clock.wallMs() });
    expect(costs).toEqual(program.checks.map(() => 0));
  });

  it('grows by a step each minute of use, up to its end', () => {
    const w = world(GROWING);
    expect([0, 1, 2, 3, 4].map(() => busy(w, 1))).toEqual([10, 20, 30, 35, 35]);
  });

  it('does not grow where little of it is used', () => {
    const w = world(GROWING);
    expect(busy(w, 5, 3)).toBe(10);
    // The request that crosses the half is judged as it stood before: the next one counts as use.
    expect(used(w, 6)).toBe(10);
    w.clock.advance(MINUTE);
    expect([used(w, 6), used(w, 1)]).toEqual([10, 20]);
  });

  it('falls back after its rest, and not before', () => {
    const w = world(GROWING);
    busy(w, 3);
    w.clock.advance(14 * MINUTE);
    expect(used(w, 1)).toBe(30);
    w.clock.advance(17 * MINUTE);
    expect(used(w, 1)).toBe(10);
  });

  it('is each caller’s own, and outlives a policy that takes the place of another', () => {
    const w = world(GROWING);
    busy(w, 2);
    expect(w.ask({ subject: { key: 'l' } }).shown).toEqual({ calls: 10 });
    const renamed = w.becomes(
      GROWING.replace('{ calls:', '{ requests:').replace('per: key }', 'per: key, was: calls }'),
    );
    expect(renamed.ask().shown).toEqual({ requests: 20 });
  });

  it('may multiply, and count any admission as use', () => {
    const w = world(`${KEYED}
limits: { calls: { rate: { ramp: { from: 100/1h, times: 1.5, every: 1m, to: 400/1h } }, per: key } }`);
    const shown: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      shown.push(w.ask().shown['calls']);
      w.clock.advance(MINUTE);
    }
    expect(shown).toEqual([100, 100, 150, 225, 337, 400]);
    w.clock.advance(HOUR);
    expect(w.ask().shown).toEqual({ calls: 100 });
  });

  it('may be one case of a figure', () => {
    const w = world(`${KEYED}
limits: { calls: { rate: { by: facts.kind, batch: 7/1h, else: { ramp: { from: 5/1h, add: 5, every: 1m, to: 20 } } }, per: key } }`);
    expect(w.ask({ facts: { kind: 'batch' } }).shown).toEqual({ calls: 7 });
    w.clock.advance(MINUTE);
    const live = { facts: { kind: 'live' } };
    expect([w.ask(live).shown, w.ask(live).shown]).toEqual([{ calls: 5 }, { calls: 10 }]);
  });

  it.each([
    ['{ from: 5/s, every: 1m, to: 9 }', /expected one of "add" and "times"/],
    ['{ from: 5/s, add: 1, times: 2, every: 1m, to: 9 }', /expected one of "add" and "times"/],
    ['{ from: 5, add: 1, every: 1m, to: 9 }', /ramp\.from: expected units over a duration/],
    ['{ from: 5/s, add: 1, every: 1m, to: 3 }', /ramp\.to: expected units, at least those that it begins with/],
    ['{ from: 5/s, add: 1, every: 1d, to: 9 }', /ERR_POLICY_WINDOW: limits\.a\.rate\.ramp\.every/],
    ['{ from: 5/s, add: 1, every: 1m, to: 9, while: usge > 1 }', /ramp\.while: there is no root "usge"/],
  ])('%s is refused', (ramp, rule) => {
    const errors = checkPolicy(`headgate: 1\n${KEYED}limits: { a: { rate: { ramp: ${ramp} } } }`);
    expect(lineOf(errors.find(({ severity }) => severity === 'error')!)).toEqual(expect.stringMatching(rule));
  });

  it('stands on a limit, once', () => {
    const ramp = '{ ramp: { from: 5/s, add: 1, every: 1m, to: 9 } }';
    const first = (text: string): string => lineOf(checkPolicy(`headgate: 1\n${KEYED}${text}`)[0]!);
    expect(first(`limits: { a: { rate: { by: facts.x, a: ${ramp}, else: ${ramp} } } }`)).toMatch(
      /the limit has another ramp/,
    );
    expect(
      first(
        `limits: { a: { rate: 1/s } }\noverrides: [{ for: { key: x }, limits: { a: ${ramp} }, from: 2026-01-01, reason: r, by: b }]`,
      ),
    ).toMatch(/a ramp stands on the limit itself/);
  });
});
