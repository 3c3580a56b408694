import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, type AsyncStore, type Clock, type Outcome, type Step } from 'headgate';
import { sqliteStore } from 'headgate/sqlite';
import type { State } from '../../src/gateway/state.ts';

/** Memory that answers a turn of the loop later, as whatever is asked over a connection does. */
export function laterMemory(clock: Clock): Promise<State> {
  const store = memoryStore({ clock });
  const later: AsyncStore = {
    traits: store.traits,
    apply: (step: Step) => {
      // Carried out now, in the order in which it is asked.
      const said = Promise.allSettled([new Promise<Outcome>((resolve) => resolve(store.apply(step)))]);
      return new Promise((resolve, reject) => {
        setImmediate(() =>
          said.then(([one]) => (one.status === 'fulfilled' ? resolve(one.value) : reject(one.reason))),
        );
      });
    },
    close: () => Promise.resolve(),
  };
  const records = (): number => store.stats().records;
  return Promise.resolve({ store: later, records, overflowed: () => 0, close: () => Promise.resolve() });
}

/** A file of its own for each gateway. */
export function inFile(clock: Clock): Promise<State> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
  const store = sqliteStore({ file: join(folder, 'headgate.db'), clock });
  return Promise.resolve({
    store,
    records: () => store.stats().records,
    overflowed: () => store.stats().overflowed,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
}
