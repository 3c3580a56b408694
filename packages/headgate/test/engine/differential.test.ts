import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { differential, plainStore, type Differential, type MakeStore } from '../../src/testing/index.ts';
import { open } from '../sqlite/files.ts';
import { restarting } from '../sqlite/restarting.ts';

/** Every seed is another policy and another trace. A failure names its seed. */
const SEEDS = 380;
const STEPS = 300;
/** Of stores that read what they find again and again: fewer traces find as much. */
const READING_SEEDS = 60;

const memory: MakeStore = (clock, random) => memoryStore({ clock, random: () => random.bits() });
const plain: MakeStore = (clock) => plainStore({ clock });
const sqlite: MakeStore = (clock) => open({ clock });
/** So few that most steps must read, and that most of what is read has been pushed out before. */
const cramped: MakeStore = (clock) => open({ clock, maxInMemory: 2 });

/** Follows so many traces, and says how often each kind of answer was seen. */
async function follow(seeds: number, options: Pick<Differential, 'stores' | 'durable'>): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    // oxlint-disable-next-line no-await-in-loop -- the first difference ends it
    const one = await differential({ seed, steps: STEPS, ...options });
    for (const [kind, count] of Object.entries(one)) seen.set(kind, (seen.get(kind) ?? 0) + count);
  }
  return seen;
}

const total = (seen: Map<string, number>): number => [...seen.values()].reduce((sum, count) => sum + count, 0);

describe('random policies, asked at random', { timeout: 180_000 }, () => {
  it('are answered alike by the model of the promises, and by stores of numbers, of JSON text and of a file', async () => {
    const seen = await follow(SEEDS, { stores: [memory, plain, sqlite] });
    expect(total(seen)).toBeGreaterThanOrEqual(100_000);
    expect(
      [...seen].filter(([, count]) => count < 1000),
      'kinds of answer that were hardly seen',
    ).toEqual([]);
  });

  it('are answered alike by a file of which hardly anything is in memory', async () => {
    expect(total(await follow(READING_SEEDS, { stores: [cramped] }))).toBe(READING_SEEDS * STEPS);
  });

  it('are answered alike by a file that is closed and opened again at any moment, where every rate is durable', async () => {
    const seen = await follow(READING_SEEDS, { stores: [restarting], durable: true });
    expect(total(seen)).toBe(READING_SEEDS * STEPS);
  });
});
