import { describe, expect, it } from 'vitest';
import { manualClock } from '../testing/index.ts';
import { memoryStore } from '../stores/memory/index.ts';
import { createGate, limit, type LimitSpec } from './index.ts';

const store = (clock = manualClock()): ReturnType<typeof memoryStore> => memoryStore({ clock });

describe('limit', () => {
  it('admits its amount, then says exactly how long to wait', () => {
    const clock = manualClock();
    const gate = limit({ rate: '3/minute', algorithm: 'fixed' }, { store: store(clock) });
    expect([1, 2, 3].map(() => gate.decide('a').remaining)).toEqual([2, 1, 0]);
    const { allowed, retryAfterMs, no } = gate.decide('a');
    expect({ allowed, retryAfterMs, no }).toEqual({ allowed: false, retryAfterMs: 60_000, no: 'until' });
    clock.advance(59_999);
    expect(gate.decide('a').allowed).toBe(false);
    clock.advance(1);
    expect(gate.decide('a').allowed).toBe(true);
  });

  it('says Infinity when no wait helps', () => {
    const gate = limit('3/minute', { store: store() });
    expect(gate.decide('a', { cost: 4 }).retryAfterMs).toBe(Infinity);
  });

  it.each(['100/day', '1/fortnight', '0/s', 'many', '100', '-1/s', '1e9/s'])('refuses %s, naming the limit', (rate) => {
    expect(() => limit(rate)).toThrow(/^ERR_AMOUNT: limits\.limit: expected/);
  });

  it.each([
    [null, /^ERR_AMOUNT: limits\.limit: .* got "null"/],
    [undefined, /^ERR_AMOUNT: limits\.limit: .* got "undefined"/],
    [{ rate: '1/s', algoritm: 'fixed' }, /^ERR_LIMIT: limits\.limit: algoritm: expected rate, algorithm, burst or per/],
    [{ rate: '1/s', algorithm: 'gap' }, /^ERR_LIMIT: limits\.limit: algorithm: expected sliding, fixed or bucket/],
    [{ rate: '1/s', algorithm: 'bucket', burst: 0 }, /^ERR_LIMIT: limits\.limit: burst: expected at least 1/],
  ])('refuses %j of plain JavaScript, naming the limit and the word', (spec, says) => {
    expect(() => limit(spec as LimitSpec)).toThrow(says);
  });

  it('keeps 0.1 a second exact', () => {
    const clock = manualClock();
    const gate = limit({ rate: '0.1/s', algorithm: 'fixed' }, { store: store(clock) });
    expect([gate.decide('a').allowed, gate.decide('a').retryAfterMs]).toEqual([true, 10_000]);
  });
});

describe('createGate', () => {
  const limits = { burst: { rate: '2/s', per: 'key' }, all: { rate: '3/minute', per: ['org', 'key'] } } as const;

  it('charges all of its limits or none', () => {
    const gate = createGate({ limits, store: store() });
    const who = { key: 'k', org: 'o' };
    expect([gate.decide(who).allowed, gate.decide(who).allowed, gate.decide(who).limit]).toEqual([true, true, 'burst']);
    expect(gate.peek(who, { cost: 0 }).limits.map(({ remaining }) => remaining)).toEqual([0, 1]);
  });

  it('never lets two subjects meet in one counter', () => {
    const gate = createGate({ limits, store: store() });
    for (let i = 0; i < 2; i++) gate.decide({ org: 'a', key: '1:b' });
    expect(gate.peek({ org: 'a1:', key: 'b' }).limits[1]?.remaining).toBe(3);
  });

  it('refuses a subject without a part, and a cost of a limit that it does not have', () => {
    const gate = createGate({ limits, store: store() });
    expect(() => gate.decide({ key: 'k' })).toThrow(/^ERR_KEY: org: expected/);
    expect(() => gate.decide({ key: '', org: 'o' })).toThrow(/^ERR_KEY: key: expected/);
    const cost = { brst: 1 } as Record<string, number>;
    expect(() => gate.decide({ key: 'k', org: 'o' }, { cost })).toThrow(
      /^ERR_COST: cost\.brst: expected one of burst, all/,
    );
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53, '0x10', null, true, 1n, Symbol('cost'), [], {}, () => 1])(
    'refuses the cost %s, for all or by name, and charges nothing',
    (cost) => {
      const gate = createGate({ limits, store: store() });
      const who = { key: 'k', org: 'o' };
      for (const given of [cost, { burst: cost }, { burst: 1, all: cost }])
        expect(() => gate.decide(who, { cost: given as number })).toThrow(/^ERR_COST: cost/);
      expect(gate.peek(who).limits.map(({ remaining }) => remaining)).toEqual([2, 3]);
    },
  );

  it('charges a cost that is inherited: it must not be free', () => {
    const gate = createGate({ limits: { burst: '10/minute', all: '10/hour' } });
    const cost = Object.assign(Object.create({ all: 4 }) as Record<string, number>, { burst: 1 });
    expect(gate.decide('k', { cost }).limits.map(({ remaining }) => remaining)).toEqual([9, 6]);
  });

  it('takes a cost that is there and unknown for a fault, not for nothing', () => {
    const gate = createGate<string>({ limits: { burst: '1/s', toString: '1/s' }, store: store() });
    const missing = { burst: undefined } as unknown as Record<string, number>;
    expect(() => gate.decide('k', { cost: missing })).toThrow(/^ERR_COST/);
    expect(
      gate.decide('k', { cost: { burst: 1 } as Record<string, number> }).limits.map((one) => one.remaining),
    ).toEqual([0, 1]);
  });

  it.each(['', null, 5])('refuses the request id %j: all that have none would be one', (requestId) => {
    const gate = createGate({ limits: { one: '5/minute' }, store: store() });
    expect(() => gate.decide('a', { requestId: requestId as string })).toThrow(/^ERR_KEY: requestId: expected text/);
    expect(gate.peek('a').remaining).toBe(5);
  });

  it.each([
    [{ id: 'r' }, 'id: expected cost, requestId, got "r"'],
    [{ cost: 1, requestID: 7 }, 'requestID: expected cost, requestId, got 7'],
    [Object.create({ cots: 5n }), 'cots: expected cost, requestId, got 5'],
    [5, 'options: expected cost, requestId, got 5'],
    ['r', 'options: expected cost, requestId, got "r"'],
    [null, 'options: expected cost, requestId, got null'],
    [() => 5, 'options: expected cost, requestId, got function'],
  ])('%# refuses what it does not know of plain JavaScript, and charges nothing', (options, says) => {
    const gate = createGate({ limits: { one: '5/minute' }, store: store() });
    for (const ask of ['decide', 'peek'] as const)
      expect(() => gate[ask]('a', options as object)).toThrow(`ERR_OPTION: ${says}`);
    expect(gate.peek('a').remaining).toBe(5);
  });

  it('refuses an option that it does not know', () => {
    const one = { limits: { one: '5/minute' }, stor: store() };
    expect(() => createGate(one)).toThrow('ERR_OPTION: stor: expected limits, store, got object');
    expect(() => limit('5/minute', { clock: manualClock() } as object)).toThrow('ERR_OPTION: clock: expected store');
    expect(() => limit('5/minute', 5 as unknown as object)).toThrow('ERR_OPTION: options: expected store, got 5');
  });

  it('charges a request id once, and refunds it once', () => {
    const gate = createGate({ limits: { one: '5/minute' }, store: store() });
    const seen = [1, 2].map(() => gate.decide('a', { requestId: 'r' }));
    expect(seen.map(({ remaining, replayed }) => [remaining, replayed])).toEqual([
      [4, false],
      [4, true],
    ]);
    expect([gate.refund('a', 'r'), gate.refund('a', 'r'), gate.peek('a').remaining]).toEqual([true, false, 5]);
  });

  it('empties the counters of a subject that is reset', () => {
    const gate = createGate({ limits: { one: '2/minute' }, store: store() });
    gate.decide('a', { cost: 2 });
    gate.reset('a');
    expect(gate.peek('a').remaining).toBe(2);
  });
});
