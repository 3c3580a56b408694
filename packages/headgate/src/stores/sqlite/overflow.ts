import type { Kept } from './kept.ts';
import type { Rows } from './rows.ts';
import type { Table } from './table.ts';

/** Keys that find the file full share so many records of their partition. */
const SHARED_RECORDS = 64;

/** What it asks of the records in memory. */
interface Shelves {
  readonly read: (table: Table, number: string, now: number) => Kept | undefined;
  readonly make: (table: Table, key: string, shared: boolean) => Kept;
  /** Records made by the tick, which the file does not have yet. */
  readonly fresh: () => number;
}

/**
 * Where keys go that are not known. While the file has room, each gets a record of its own. When it is full, they share a few,
 * chosen by a keyed hash: nobody gains an allowance by spraying keys, nobody can choose whom to share with, and whoever was
 * charged in a shared record stays there while that holds anything, for moving out would be a fresh allowance.
 */
export class Overflow {
  /** Decisions that were made in a shared record. */
  count = 0;
  readonly #rows: Rows;
  readonly #most: number;
  readonly #shelves: Shelves;
  readonly #seed: number;
  /** Whether there ever was a shared record. */
  #shares: boolean;

  constructor(rows: Rows, most: number, shelves: Shelves) {
    this.#rows = rows;
    this.#most = most;
    this.#shelves = shelves;
    this.#seed = rows.about('seed');
    this.#shares = rows.about('shared') > 0;
  }

  of(table: Table, key: string, wanted: boolean, now: number): Kept | undefined {
    const full = this.#rows.records + this.#shelves.fresh() >= this.#most;
    if (!full && !this.#shares) return wanted ? this.#shelves.make(table, key, false) : undefined;
    const number = this.#numberOf(key);
    const shared = this.#shares ? this.#shelves.read(table, number, now) : undefined;
    if (shared !== undefined && (full || shared.untilMs > now)) return this.#counted(shared);
    if (!wanted) return undefined;
    return full ? this.#counted(this.#makeShared(table, number)) : this.#shelves.make(table, key, false);
  }

  #makeShared(table: Table, number: string): Kept {
    // Said before the first of them is used: a process that comes later must look for them.
    if (!this.#shares) this.#rows.set('shared', 1);
    this.#shares = true;
    return this.#shelves.make(table, number, true);
  }

  #counted(record: Kept): Kept {
    this.count++;
    return record;
  }

  #numberOf(key: string): string {
    let hash = this.#seed;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), this.#seed | 1) ^ (hash >>> 15);
    return String((hash >>> 8) % SHARED_RECORDS);
  }
}
