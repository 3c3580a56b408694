import type { AsyncStore, Outcome, Step, SyncStore } from '../../src/core/index.ts';

/** A store that carries steps out as they come, and answers some turns later: what a connection that keeps its order does. */
export function laterStore(store: SyncStore, turns: number = 2): AsyncStore {
  return {
    traits: { ...store.traits, name: `later ${store.traits.name}` },
    async apply(step: Step): Promise<Outcome> {
      const said = attempt(() => store.apply(step));
      for (let i = 0; i < turns; i++)
        // oxlint-disable-next-line no-await-in-loop -- one turn after another
        await Promise.resolve();
      return said();
    },
    close: () => Promise.resolve(),
  };
}

/** What a call comes to, to be said again. */
function attempt<T>(call: () => T): () => T {
  try {
    const value = call();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
