import {
  HeadgateError,
  type AsyncStore,
  type Clock,
  type Memos,
  type Outcome,
  type Step,
  type SyncStore,
} from '../../../src/core/index.ts';

/** Memos of this process, as any store must keep them. */
export function memosOf(clock: Clock): Required<Memos> & { readonly size: () => number } {
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
    mark(name, lifetimeMs) {
      const before = read(name);
      if (before?.startsWith('@') === false) kept.delete(name);
      else kept.set(name, { text: `@${clock.monotonicMs()}`, untilMs: clock.monotonicMs() + lifetimeMs });
      return before;
    },
    size: () => [...kept.keys()].filter((name) => read(name)?.startsWith('@') === false).length,
  };
}

/** The same of a store that keeps no marks, as long as it `can` be asked. */
export function failingMemos(memos: Memos, can: { readonly be: boolean }): Memos {
  const ask = <T>(work: () => T): T => {
    if (can.be) return work();
    throw new HeadgateError('ERR_STORE', 'expected an answer, got none');
  };
  return {
    put: (...told) => ask(() => memos.put(...told)),
    read: (...asked) => ask(() => memos.read(...asked)),
    take: (...asked) => ask(() => memos.take(...asked)),
  };
}

/** What answers some turns later, of what was carried out at once. */
async function later<T>(answer: T | Promise<T>, turns: number = 2): Promise<T> {
  // oxlint-disable-next-line no-await-in-loop -- one turn after another
  for (let i = 0; i < turns; i++) await Promise.resolve();
  return answer;
}

/** A store that several processes share: it answers later, steps after so many turns, and its clock is its own. */
export function sharedStore(store: SyncStore, memos: Required<Memos>, turns?: number): AsyncStore {
  return {
    traits: { ...store.traits, name: 'shared', clock: 'store' },
    memos: {
      put: (...told) => later(memos.put(...told)),
      read: (...asked) => later(memos.read(...asked)),
      take: (...asked) => later(memos.take(...asked)),
      mark: (...asked) => later(memos.mark(...asked)),
    },
    apply: (step: Step): Promise<Outcome> => later(store.apply(step), turns),
    close: () => Promise.resolve(),
  };
}
