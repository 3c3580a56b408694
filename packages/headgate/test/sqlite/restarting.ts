import type { AsyncStore } from '../../src/core/index.ts';
import { seeded, type MakeStore } from '../../src/testing/index.ts';
import { freshFile, open } from './files.ts';

/** How often the file is closed and opened again: before one step in so many. */
const ONE_IN = 8;

/** A store that is closed and opened again now and then, between two steps. */
export const restarting: MakeStore = (clock, random) => {
  const file = freshFile();
  // A chance of its own: the trace must be the same as without it.
  const own = seeded(random.bits());
  let store = open({ clock, file });
  const again = async (): Promise<void> => {
    await store.close();
    store = open({ clock, file });
  };
  const restarted: AsyncStore = {
    traits: store.traits,
    async apply(step, deadlineMs) {
      if (own.int(1, ONE_IN) === 1) await again();
      return store.apply(step, deadlineMs);
    },
    close: () => store.close(),
  };
  return restarted;
};
