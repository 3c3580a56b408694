import { memoryStore, type AsyncStore, type Clock, type SyncStore } from 'headgate';
import type { LeaseStats } from 'headgate/leases';
import type { Durability } from 'headgate/sqlite';
import type { Log } from './log.ts';
import type { RedisPlace } from './redis-state.ts';

/** A file that keeps what limits count, and what its answers survive. */
export interface DataFile {
  readonly file: string;
  readonly durability: Durability;
}

/** What the gateway's limits count, wherever it stands. */
export interface State {
  readonly store: SyncStore | AsyncStore;
  readonly records: () => number;
  readonly overflowed: () => number;
  /** Where hot limits are leased. */
  readonly leases?: (() => LeaseStats) | undefined;
  readonly close: () => Promise<void>;
}

/**
 * In this process's memory, or in a file. Its driver is loaded where there is a file.
 * @throws HeadgateError `ERR_STORE…` when the file cannot be had
 */
export async function openState(data: DataFile | undefined, clock: Clock): Promise<State> {
  if (data === undefined) return inMemory(clock);
  const { sqliteStore } = await import('headgate/sqlite');
  const store = sqliteStore({ ...data, clock });
  // All decisions of a turn of the loop are one commit, and each is answered after it.
  return {
    store,
    records: () => store.stats().records,
    overflowed: () => store.stats().overflowed,
    close: () => store.close(),
  };
}

/** In a Redis that other gateways share, from which hot limits may be leased. Its client is loaded where there is one. */
export async function openRedis(place: RedisPlace, leases: boolean, log: Log): Promise<State> {
  const { openRedis: open } = await import('./redis-state.ts');
  return open(place, leases, log);
}

function inMemory(clock: Clock): State {
  const store = memoryStore({ clock });
  return {
    store,
    records: () => store.stats().records,
    overflowed: () => store.stats().overflowed,
    close: () => Promise.resolve(),
  };
}
