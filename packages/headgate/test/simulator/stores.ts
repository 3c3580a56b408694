import type { Clock, SyncStore } from '../../src/core/index.ts';
import { memoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';
import { Ticks } from '../../src/stores/sqlite/ticks.ts';
import { DiskRows } from './disk-rows.ts';
import type { Disk } from './disk.ts';
import type { Tables } from './tables.ts';

export interface Kept {
  readonly disk: Disk;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly maxInMemory: number;
  readonly maxRecords: number;
}

export type MakeTicks = (kept: Kept, later: (act: () => void) => void) => Ticks;
export type MakeMemory = (clock: Clock, maxRecords: number) => SyncStore & Partial<Pick<MemoryStore, 'stats'>>;

/** The store in a file, all of it but SQLite, over a simulated disk. */
export const makeTicks: MakeTicks = ({ disk, tables, clock, maxInMemory, maxRecords }, later) =>
  new Ticks({ rows: new DiskRows(disk, tables), clock, file: 'simulated', maxInMemory, maxRecords, later });

export const makeMemory: MakeMemory = (clock, maxRecords) => memoryStore({ clock, maxRecords, random: () => 7 });
