import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { differential, plainStore, type MakeStore, type Seen } from '../../src/testing/index.ts';

/** Every seed is another policy and another trace. A failure names its seed. */
const SEEDS = 340;
const STEPS = 300;

const memory: MakeStore = (clock, random) => memoryStore({ clock, random: () => random.bits() });
const plain: MakeStore = (clock) => plainStore({ clock });

describe('random policies, asked at random', () => {
  it('are answered alike by the model of the promises, a store of numbers, and a store of JSON text', () => {
    const seen: Partial<Record<keyof Seen, number>> = {};
    for (let seed = 1; seed <= SEEDS; seed++) {
      const one = differential({ seed, steps: STEPS, stores: [memory, plain] });
      for (const kind of Object.keys(one) as (keyof Seen)[]) seen[kind] = (seen[kind] ?? 0) + one[kind];
    }
    expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(100_000);
    expect(
      Object.entries(seen).filter(([, count]) => count < 1000),
      'kinds of answer that were hardly seen',
    ).toEqual([]);
  }, 60_000);
});
