import type { AsyncStore, Clock, Outcome, SyncStore } from '../../core/index.ts';
import { manualClock, type ManualClock } from '../clock.ts';
import { oracle } from '../oracle/index.ts';
import { seeded, type Random } from '../random.ts';
import { ask, difference, inWords, type Answer } from './compare.ts';
import { passTime, Trace } from './trace.ts';
import { randomWorld, type World } from './world.ts';

/** Makes the store to be tried, on a clock that it must use. */
export type MakeStore = (clock: Clock, random: Random) => SyncStore | AsyncStore;

export interface Differential {
  readonly seed: number;
  readonly steps: number;
  readonly stores: readonly MakeStore[];
  /** Makes every rate durable, so that a store that lasts may be closed and opened again on the way; else some are. */
  readonly durable?: boolean;
}

/** How often each kind of answer was seen: a trace that only ever admits proves little. */
export type Seen = Record<'admitted' | 'until' | 'freed' | 'never' | 'stale' | 'fault' | 'replayed', number>;

/**
 * Feeds one random trace of a random policy to the oracle and to each store, and compares every answer.
 * Rejects with the seed, the step and both answers, where they differ.
 */
export async function differential({ seed, steps, stores: make, durable = false }: Differential): Promise<Seen> {
  const random = seeded(seed);
  const clock = manualClock();
  const world = randomWorld(random, clock.wallMs(), durable);
  const trace = new Trace(random, world, () => clock.wallMs());
  const stores = make.map((one) => one(clock, random));
  const truth = oracle({ clock });
  const seen: Seen = { admitted: 0, until: 0, freed: 0, never: 0, stale: 0, fault: 0, replayed: 0 };
  try {
    await follow({ random, clock, world, trace, stores, truth, seed, steps }, seen);
  } finally {
    for (const store of stores) if ('close' in store) await store.close(); // oxlint-disable-line no-await-in-loop -- two or three
  }
  return seen;
}

interface Run extends Pick<Differential, 'seed' | 'steps'> {
  readonly random: Random;
  readonly clock: ManualClock;
  readonly world: World;
  readonly trace: Trace;
  readonly stores: readonly (SyncStore | AsyncStore)[];
  readonly truth: SyncStore;
}

async function follow({ random, clock, world, trace, stores, truth, seed, steps }: Run, seen: Seen): Promise<void> {
  let last: Outcome | undefined;
  for (let i = 0; i < steps; i++) {
    passTime(random, clock, world, last);
    const step = trace.next();
    // oxlint-disable-next-line no-await-in-loop -- a trace is one step after another
    const expected = await ask(truth, step);
    for (const store of stores) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      const differs = difference(expected, await ask(store, step));
      if (differs !== undefined)
        throw new Error(`seed ${seed}, step ${i}, ${store.traits.name}: ${inWords(step)}\n${differs}`);
    }
    seen[kindOf(expected)]++;
    last = 'fault' in expected ? undefined : expected;
    if (last !== undefined) trace.heard(step, last);
  }
}

function kindOf(answer: Answer): keyof Seen {
  if ('fault' in answer) return 'fault';
  if (answer.status === 'stale') return 'stale';
  if (answer.replayed) return 'replayed';
  return answer.no === 'none' ? 'admitted' : answer.no;
}
