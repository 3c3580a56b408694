import { describe, expect, it } from 'vitest';
import { leaseStore } from '../../src/stores/leased/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { contractSuite, type MakeAnyStore } from '../../src/testing/index.ts';
import { laterStore } from '../later/later-store.ts';

const make: MakeAnyStore = (clock) => leaseStore(laterStore(memoryStore({ clock })), { clock });

describe('a store whose hot limits are leased', () => {
  it.each(contractSuite(make))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
