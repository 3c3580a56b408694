import { isShared } from '../../src/stores/sqlite/key.ts';
import type { Ticks } from '../../src/stores/sqlite/ticks.ts';
import type { MakeMemory } from './stores.ts';
import type { Tables } from './tables.ts';

/** Records that a tick touches at most, and some that no tick can let go while the disk fails. */
const MOST_A_TICK = 64;
/** Rows that keys share where memory is full: so many of each partition of a crowd. */
const MOST_SHARED: number = 64 * 3;

/** The store of a process: in memory, or in a file, with what stands in that. */
export interface Keeper {
  readonly ticks: Ticks | undefined;
  readonly memory: ReturnType<MakeMemory> | undefined;
  readonly tables: Tables | undefined;
}

interface Room {
  readonly maxInMemory: number;
  readonly maxRecords: number;
}

/**
 * What is kept is bounded, whatever fails: in memory by what was asked for, and what one tick touches.
 * @throws Error when it is more
 */
export function requireRoom({ ticks, memory, tables }: Keeper, { maxInMemory, maxRecords }: Room): void {
  requireAtMost(ticks?.stats().inMemory ?? 0, maxInMemory + MOST_A_TICK, 'in memory');
  requireAtMost(memory?.stats?.().records ?? 0, maxRecords + MOST_SHARED, 'kept');
  // What was only in memory when the file became full is written when it must make room there.
  const most = maxRecords + maxInMemory + MOST_A_TICK;
  if (tables !== undefined && tables.records.size > most) requireAtMost(ownOf(tables), most, 'kept');
}

/** Steps of a process that shared a record with others. */
export function sharedBy({ ticks, memory }: Keeper): number {
  return (ticks?.stats() ?? memory?.stats?.())?.overflowed ?? 0;
}

/** Records that no keys share. */
function ownOf({ records }: Tables): number {
  let own = 0;
  for (const { key } of records.values()) if (!isShared(key)) own++;
  return own;
}

function requireAtMost(count: number, most: number, where: string): void {
  if (count > most) throw new Error(`${count} records are ${where}, of ${most}`);
}
