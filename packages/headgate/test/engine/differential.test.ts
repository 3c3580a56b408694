import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { differential, plainStore, type MakeStore, type Seen } from '../../src/testing/index.ts';
import { open } from '../sqlite/files.ts';
import { restarting } from '../sqlite/restarting.ts';

/** Every seed is another policy and another trace. A failure names its seed. */
const SEEDS = 340;
const STEPS = 300;
/** Of stores that read what they find again and again: fewer traces find as much. */
const READING_SEEDS = 60;

const memory: MakeStore = (clock, random) => memoryStore({ clock, random: () => random.bits() });
const plain: MakeStore = (clock) => plainStore({ clock });
const sqlite: MakeStore = (clock) => open({ clock });
/** So few that most steps must read, and that most of what is read has been pushed out before. */
const cramped: MakeStore = (clock) => open({ clock, maxInMemory: 2 });

describe('random policies, asked at random', () => {
  it('are answered alike by the model of the promises, and by stores of numbers, of JSON text and of a file', async () => {
    const seen: Partial<Record<keyof Seen, number>> = {};
    for (let seed = 1; seed <= SEEDS; seed++) {
      // oxlint-disable-next-line no-await-in-loop -- the first difference ends it
      const one = await differential({ seed, steps: STEPS, stores: [memory, plain, sqlite] });
      for (const kind of Object.keys(one) as (keyof Seen)[]) seen[kind] = (seen[kind] ?? 0) + one[kind];
    }
    expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(100_000);
    expect(
      Object.entries(seen).filter(([, count]) => count < 1000),
      'kinds of answer that were hardly seen',
    ).toEqual([]);
  }, 60_000);

  it('are answered alike by a file of which hardly anything is in memory', async () => {
    for (let seed = 1; seed <= READING_SEEDS; seed++) {
      // oxlint-disable-next-line no-await-in-loop -- the first difference ends it
      await differential({ seed, steps: STEPS, stores: [cramped] });
    }
  }, 60_000);

  it('are answered alike by a file that is closed and opened again at any moment, where every rate is durable', async () => {
    for (let seed = 1; seed <= READING_SEEDS; seed++) {
      // oxlint-disable-next-line no-await-in-loop -- the first difference ends it
      await differential({ seed, steps: STEPS, stores: [restarting], durable: true });
    }
  }, 60_000);
});
