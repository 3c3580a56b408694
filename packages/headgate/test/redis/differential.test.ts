import { describe, expect, it } from 'vitest';
import { differential, type MakeStore } from '../../src/testing/index.ts';
import { OwnRedis } from './set-up.ts';

/** Each is another policy and another trace; a failure names its seed. */
const TRACES = 60;
const STEPS = 150;

const redis = new OwnRedis();

describe('random policies, asked at random', { timeout: 120_000 }, () => {
  it('are answered as the model of the promises answers them', async () => {
    const make: MakeStore = (clock) => redis.store('ioredis', { clock });
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= TRACES; seed++) {
      const seen = await differential({ seed, steps: STEPS, stores: [make] });
      for (const [kind, count] of Object.entries(seen)) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    }
    expect([...kinds].filter(([, count]) => count < 20)).toEqual([]);
  });
});
