import { expect, it } from 'vitest';
import { TwoGenerations } from './cache.ts';

it('remembers what is used, forgets what is not, and never holds more than two generations', () => {
  const cache = new TwoGenerations<number, number>(100);
  for (let i = 0; i < 10_000; i++) {
    cache.set(i, i);
    expect(cache.get(0)).toBe(0);
    expect(cache.size).toBeLessThanOrEqual(200);
  }
  expect(cache.get(9_999)).toBe(9_999);
  expect(cache.get(9_700)).toBeUndefined();
});
