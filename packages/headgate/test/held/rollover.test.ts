import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/held/index.ts';
import { checkPolicy } from '../../src/policy/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { answered, forwarded, gateOf, KEY, START, type Asked } from '../gate-of.ts';

const CALLS = `${KEY}limits:
  calls:
    quota: { by: key.tier, pro: 6/month, else: 4/month }
    per: key
    rollover: { upTo: { by: key.tier, pro: 5, else: 2 }, for: 2 }
respond:
  headers: { of: calls, dialect: x-ratelimit, reset: delta }`;

/** What the headers say: the limit, and what remains. */
function told({ ask }: Asked): string {
  const [, limit, , remaining] = forwarded(ask()).settle(200);
  return `${limit} ${remaining}`;
}

describe('what a period leaves', () => {
  it('is there in the next, by the calendar, and is told in limit and remaining', () => {
    const at = gateOf(CALLS);
    expect(told(at)).toBe('4 3');
    at.clock.nowMs = Date.UTC(2026, 4, 1) - 1;
    expect(told(at)).toBe('4 2');
    at.clock.nowMs = Date.UTC(2026, 4, 1);
    expect([told(at), told(at), told(at), told(at), told(at)]).toEqual(['6 5', '6 4', '6 3', '6 2', '6 1']);
    // May's own is used up. What April left counts to the end of June, since nobody asks before.
    at.clock.nowMs = Date.UTC(2026, 6, 1) - 1;
    expect(told(at)).toBe('5 4');
    at.clock.nowMs = Date.UTC(2026, 6, 1);
    expect(told(at)).toBe('6 5'); // June left 3, of which 2.
  });

  it('is refused past it, until the next period', () => {
    const at = gateOf(CALLS);
    for (let i = 0; i < 4; i++) forwarded(at.ask());
    const { status, field } = answered(at.ask());
    expect([status, field('retry-after')]).toEqual([429, String((Date.UTC(2026, 4, 1) - START + 500) / 1000)]);
  });

  it.each([
    ['rate: 5/minute, rollover: { upTo: 5 }', 'ERR_POLICY_WORD', 'limits.a.rollover'],
    ['quota: 5/ever, rollover: { upTo: 5 }', 'ERR_POLICY_WORD', 'limits.a.rollover'],
    ['quota: 5/day, rollover: { upTo: 5, for: 13 }', 'ERR_POLICY_RANGE', 'limits.a.rollover.for'],
    ['quota: 5/day, rollover: { upTo: 5, for: 0 }', 'ERR_POLICY_RANGE', 'limits.a.rollover.for'],
    ['quota: 5/day, rollover: { for: 1 }', 'ERR_POLICY_MISSING', 'limits.a.rollover.upTo'],
  ])('refuses %s', (body, code, path) => {
    const problems = checkPolicy(`headgate: 1\n${KEY}limits: { a: { ${body}, per: key } }`);
    expect(problems.map((one) => `${one.code} ${one.path.join('.')}`)).toEqual([`${code} ${path}`]);
  });
});

describe('what a period leaves, in code', () => {
  const who = { key: 'k' };

  it('is carried on, period by period, beside what is given', () => {
    const clock = manualClock({ wallMs: Date.UTC(2026, 0, 30) });
    const gate = createGate({
      limits: { calls: { quota: '10/month', per: 'key', rollover: { upTo: 4 }, grants: true } },
      clock,
    });
    gate.grant(who, { id: 'order', units: { calls: 1 } });
    gate.decide(who, { cost: 7 });
    clock.advance(2 * 86_400_000);
    expect(gate.peek(who).limits[0]).toMatchObject({ limit: 14, remaining: 14 });
    expect(gate.decide(who, { cost: 14 }).remaining).toBe(0);
    clock.advance(28 * 86_400_000);
    expect(gate.peek(who).limits[0]).toMatchObject({ limit: 10, remaining: 10 });
  });

  it.each([
    [{ upTo: 0 }, /^ERR_LIMIT: limits\.calls: rollover\.upTo: expected a whole number/],
    [{ upTo: 5, for: 13 }, /rollover\.for: expected 1 to 12 periods, got 13/],
    [{ upTo: 5, until: 3 }, /rollover\.until: expected upTo or for/],
  ])('refuses %j', (rollover, error) => {
    const limits = { calls: { quota: '10/month', rollover } } as const;
    expect(() => createGate({ limits })).toThrow(error);
  });

  it('refuses a gift where nothing is sold, and a rollover of what never ends', () => {
    const gate = createGate({ limits: { calls: { quota: '10/month', per: 'key', rollover: { upTo: 4 } } } });
    expect(() => gate.grant(who, { id: 'a', units: { calls: 1 } })).toThrow(/^ERR_VERB/);
    expect(() => createGate({ limits: { calls: { quota: '10/ever', rollover: { upTo: 4 } } } })).toThrow(
      /ever has no end/,
    );
  });
});
