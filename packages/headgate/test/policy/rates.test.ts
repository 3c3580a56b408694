import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/held/index.ts';
import { checkPolicy } from '../../src/policy/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { answered, forwarded, gateOf, KEY } from '../gate-of.ts';

describe('a gap, in a policy and in code', () => {
  it('ends so long after the last charge, and not before', () => {
    const at = gateOf(`${KEY}limits: { tries: { rate: 2/10s, algorithm: gap, per: key } }`);
    forwarded(at.ask());
    at.clock.nowMs += 9000;
    forwarded(at.ask());
    at.clock.nowMs += 9999;
    expect(answered(at.ask()).status).toBe(429);
    at.clock.nowMs += 1;
    forwarded(at.ask());
    const clock = manualClock();
    const gate = createGate({ limits: { tries: { rate: '2/10s', algorithm: 'gap' } }, clock });
    gate.decide('k');
    clock.advance(9000);
    gate.decide('k');
    expect(gate.decide('k').retryAfterMs).toBe(10_000);
  });
});

describe('a decay, in a policy and in code', () => {
  const POLICY = `${KEY}limits: { searches: { rate: 4/10s, algorithm: decay, per: key } }
respond: { headers: { of: searches, dialect: x-ratelimit, reset: delta } }`;

  it('has room for one more when so much has faded, is told so, and is told to the millisecond', () => {
    const at = gateOf(POLICY);
    for (let i = 0; i < 4; i++) forwarded(at.ask());
    const refused = answered(at.ask());
    // 4 fall to 3 in 10 s times log2(4/3) = 4151 ms.
    expect([refused.status, refused.field('retry-after')]).toEqual([429, '5']);
    at.clock.nowMs += 4150;
    expect(answered(at.ask()).status).toBe(429);
    at.clock.nowMs += 1;
    expect(forwarded(at.ask()).settle(200).slice(0, 4)).toEqual([
      'X-RateLimit-Limit',
      '4',
      'X-RateLimit-Remaining',
      '0',
    ]);
    at.clock.nowMs += 10_000;
    expect(forwarded(at.ask()).settle(200)[3]).toBe('1');
  });

  it('in code waits as long, and takes costs that are settled later', () => {
    const clock = manualClock();
    const limits = { searches: { rate: '100/1h', algorithm: 'decay', hold: '1h' } } as const;
    const gate = createGate({ limits, clock });
    const first = gate.decide('k', { cost: 100 });
    expect(gate.decide('k', { cost: 50 }).retryAfterMs).toBe(3_600_000);
    clock.advance(1_800_000);
    expect(first.settle({ searches: 50 }).returned).toEqual({ searches: 35 }); // Of 71 that were left, 36.
    expect(gate.peek('k').limits[0]?.remaining).toBe(64);
  });

  it('is refused with more units than it can count exactly', () => {
    const problemsOf = (amount: string) =>
      checkPolicy(`headgate: 1\n${KEY}limits: { a: { rate: ${amount}/1h, algorithm: decay, per: key } }`).map(
        ({ code, rule }) => `${code}: ${rule}`,
      );
    expect(problemsOf('137438953470')).toEqual([]);
    expect(problemsOf('137438953471')).toEqual(['ERR_POLICY_AMOUNT: a decay counts up to 137438953470 units']);
  });

  it.each(['gap', 'decay'])('%s takes no word of another algorithm', (algorithm) => {
    for (const word of ['burst: 5', 'align: clock', 'slices: 8']) {
      const problems = checkPolicy(
        `headgate: 1\n${KEY}limits: { a: { rate: 5/1h, algorithm: ${algorithm}, ${word} } }`,
      );
      expect(problems.map(({ code }) => code)).toEqual(['ERR_POLICY_WORD']);
    }
  });
});
