import { describe, expect, it } from 'vitest';
import { memoryStore } from '../stores/memory/index.ts';
import { createGate } from './index.ts';

describe('a bucket in code that holds back', () => {
  const words = { rate: '10/second', algorithm: 'bucket', burst: 2, delay: '250ms' } as const;

  it('lets in, charges, and says how long to wait; and refuses, at no charge, who would wait longer', () => {
    const clock = { nowMs: 1_000_000, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
    const gate = createGate({ limits: { calls: words }, store: memoryStore({ clock }) });
    const ask = (): unknown => {
      const { allowed, delayMs, retryAfterMs } = gate.decide('k');
      return allowed ? delayMs : `refused ${retryAfterMs}`;
    };
    expect([ask(), ask(), ask(), ask(), ask(), ask()]).toEqual([0, 0, 100, 200, 'refused 300', 'refused 300']);
    clock.nowMs += 50;
    expect([ask(), ask()]).toEqual([250, 'refused 350']);
    clock.nowMs += 350;
    expect([ask(), ask()]).toEqual([0, 100]);
  });

  it('is refused together with another limit that refuses: nothing waits, and nothing is charged', () => {
    const gate = createGate({ limits: { calls: words, few: { quota: '2/day' } } });
    const all = [1, 2, 3].map(() => gate.decide('k'));
    expect(all.map(({ allowed, delayMs }) => [allowed, delayMs])).toEqual([
      [true, 0],
      [true, 0],
      [false, 0],
    ]);
  });

  it.each([
    [{ rate: '10/s', delay: '1s' }, /delay: expected beside/],
    [{ rate: '10/s', algorithm: 'bucket', delay: 'soon' }, /delay: expected a duration/],
  ])('%j is refused', (spec, error) => {
    expect(() => createGate({ limits: { calls: spec as never } })).toThrow(error);
  });
});
