import type { Clock, Outcome, SyncStore } from '../../core/index.ts';
import { manualClock } from '../clock.ts';
import { oracle } from '../oracle/index.ts';
import { seeded, type Random } from '../random.ts';
import { ask, difference, inWords, type Answer } from './compare.ts';
import { passTime, Trace } from './trace.ts';
import { randomWorld } from './world.ts';

/** Makes the store to be tried, on a clock that it must use. */
export type MakeStore = (clock: Clock, random: Random) => SyncStore;

export interface Differential {
  readonly seed: number;
  readonly steps: number;
  readonly stores: readonly MakeStore[];
}

/** How often each kind of answer was seen: a trace that only ever admits proves little. */
export type Seen = Record<'admitted' | 'until' | 'freed' | 'never' | 'stale' | 'fault' | 'replayed', number>;

/**
 * Feeds one random trace of a random policy to the oracle and to each store, and compares every answer.
 * @throws Error with the seed, the step and both answers, where they differ.
 */
export function differential({ seed, steps, stores: make }: Differential): Seen {
  const random = seeded(seed);
  const clock = manualClock();
  const world = randomWorld(random, clock.wallMs());
  const trace = new Trace(random, world);
  const stores = make.map((one) => one(clock, random));
  const truth = oracle({ clock });
  const seen: Seen = { admitted: 0, until: 0, freed: 0, never: 0, stale: 0, fault: 0, replayed: 0 };
  let last: Outcome | undefined;
  for (let i = 0; i < steps; i++) {
    passTime(random, clock, world, last);
    const step = trace.next();
    const expected = ask(truth, step);
    for (const store of stores) {
      const differs = difference(expected, ask(store, step));
      if (differs !== undefined)
        throw new Error(`seed ${seed}, step ${i}, ${store.traits.name}: ${inWords(step)}\n${differs}`);
    }
    seen[kindOf(expected)]++;
    last = 'fault' in expected ? undefined : expected;
    if (last !== undefined) trace.heard(step, last);
  }
  return seen;
}

function kindOf(answer: Answer): keyof Seen {
  if ('fault' in answer) return 'fault';
  if (answer.status === 'stale') return 'stale';
  if (answer.replayed) return 'replayed';
  return answer.no === 'none' ? 'admitted' : answer.no;
}
