import type { AsyncStore, Clock, Memos, Outcome, Step, SyncStore } from '../../../src/core/index.ts';

/** Memos of this process, as any store must keep them. */
export function memosOf(clock: Clock): Memos & { readonly size: () => number } {
  const kept = new Map<string, { readonly text: string; readonly untilMs: number }>();
  const read = (name: string): string | undefined => {
    const found = kept.get(name);
    return found !== undefined && found.untilMs > clock.monotonicMs() ? found.text : undefined;
  };
  return {
    read,
    put(name, text, lifetimeMs) {
      const before = read(name);
      kept.set(name, { text, untilMs: clock.monotonicMs() + lifetimeMs });
      return before;
    },
    take(name) {
      const before = read(name);
      kept.delete(name);
      return before;
    },
    size: () => [...kept.keys()].filter((name) => read(name) !== undefined).length,
  };
}

/** What answers some turns later, of what was carried out at once. */
async function later<T>(answer: T | Promise<T>): Promise<T> {
  await Promise.resolve();
  await Promise.resolve();
  return answer;
}

/** A store that several processes share: it answers later, and its clock is its own. */
export function sharedStore(store: SyncStore, memos: Memos): AsyncStore {
  return {
    traits: { ...store.traits, name: 'shared', clock: 'store' },
    memos: {
      put: (...told) => later(memos.put(...told)),
      read: (...asked) => later(memos.read(...asked)),
      take: (...asked) => later(memos.take(...asked)),
    },
    apply: (step: Step): Promise<Outcome> => later(store.apply(step)),
    close: () => Promise.resolve(),
  };
}
