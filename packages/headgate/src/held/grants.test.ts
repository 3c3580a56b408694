import { describe, expect, it } from 'vitest';
import { manualClock } from '../testing/index.ts';
import { createGate } from './index.ts';

const NOON = Date.UTC(2026, 5, 15, 12);
const LIMITS = {
  calls: { quota: '100/day', per: 'key', grants: true },
  burst: { rate: '1000/minute', per: 'key' },
} as const;

function setUp() {
  const clock = manualClock({ wallMs: NOON });
  const gate = createGate({ limits: LIMITS, clock });
  const calls = () => gate.peek({ key: 'k' }).limits.map(({ limit, remaining }) => [limit, remaining])[0];
  return { clock, gate, calls, who: { key: 'k' } };
}

describe('grants of a gate', () => {
  it('are spent after the period’s own, told with it, and given once', () => {
    const { gate, calls, who } = setUp();
    const bought = { id: 'order-1', units: { calls: 50 } } as const;
    expect([gate.grant(who, bought), gate.grant(who, bought)]).toEqual(['given', 'known']);
    expect(calls()).toEqual([150, 150]);
    expect(gate.decide(who, { cost: { calls: 120 } }).remaining).toBe(30);
    expect(calls()).toEqual([150, 30]);
  });

  it('end at an exact instant, and what was spent of them stays spent', () => {
    const { gate, calls, who, clock } = setUp();
    gate.grant(who, { id: 'gift', units: { calls: 10 }, until: new Date(NOON + 1000) });
    gate.grant(who, { id: 'order', units: { calls: 5 } });
    gate.decide(who, { cost: { calls: 112 } });
    clock.advance(999);
    expect(calls()).toEqual([115, 3]);
    clock.advance(12 * 3_600_000);
    expect(calls()).toEqual([103, 103]);
  });

  it('let a request in that costs more than the quota alone could ever hold', () => {
    const { gate, who } = setUp();
    expect(gate.decide(who, { cost: { calls: 130 } }).no).toBe('never');
    gate.grant(who, { id: 'order', units: { calls: 30 } });
    expect(gate.decide(who, { cost: { calls: 130 } }).allowed).toBe(true);
    expect(gate.decide(who, { cost: { calls: 101 } }).no).toBe('never');
  });

  it.each([
    [{ id: '', units: { calls: 1 } }, 'ERR_GRANT'],
    [{ id: 'a', units: { calls: 1 }, until: new Date(NOON) }, 'ERR_GRANT'],
    [{ id: 'a', units: { calls: 1 }, until: new Date(NaN) }, 'ERR_GRANT'],
    [{ id: 'a', units: { calls: -1 } }, 'ERR_COST'],
    [{ id: 'a', units: { calls: 0.5 } }, 'ERR_COST'],
    [{ id: 'a', units: { burst: 1 } }, 'ERR_VERB'],
    [{ id: 'a', units: { calls: 1, other: 1 } }, 'ERR_COST'],
  ])('refuse %j with %s, and give nothing', (grant, code) => {
    const { gate, calls, who } = setUp();
    expect(() => gate.grant(who, grant)).toThrow(code);
    expect(calls()).toEqual([100, 100]);
  });
});
