import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { contractSuite, oracle, plainStore, type MakeAnyStore } from '../../src/testing/index.ts';

const stores: Readonly<Record<string, MakeAnyStore>> = {
  memory: (clock) => memoryStore({ clock }),
  plain: (clock) => plainStore({ clock }),
  // The suite itself is tried too: what it claims must be what the model of the promises says.
  oracle: (clock) => oracle({ clock }),
};

describe.each(Object.entries(stores))('a %s store', (_, makeStore) => {
  it.each(contractSuite(makeStore))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
