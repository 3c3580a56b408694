import { describe, expect, it } from 'vitest';
import { contractSuite, type MakeAnyStore } from '../../src/testing/index.ts';
import { open } from './files.ts';

const stores: Readonly<Record<string, MakeAnyStore>> = {
  'sqlite store': (clock) => open({ clock }),
  'sqlite store that keeps one record in memory': (clock) => open({ clock, maxInMemory: 1 }),
  'sqlite store, a commit a step': (clock) => open({ clock }).sync,
};

describe.each(Object.entries(stores))('a %s', (_, makeStore) => {
  it.each(contractSuite(makeStore))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
