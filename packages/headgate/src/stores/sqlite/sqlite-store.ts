import type { Database } from 'better-sqlite3';
import {
  HeadgateError,
  plugAll,
  type AsyncStore,
  type Clock,
  type Memos,
  type Outcome,
  type Step,
  type SyncStore,
  type Traits,
} from '../../core/index.ts';
import { systemClock } from '../memory/index.ts';
import { storeFault } from './faults.ts';
import type { Durability } from './durability.ts';
import { closeFile, openFile, sizesOf } from './open.ts';
import { FileRows } from './file-rows.ts';
import type { Rows } from './rows.ts';
import { Ticks, type TicksOptions } from './ticks.ts';

export interface SqliteStoreOptions {
  /** The file; made when there is none. Beside it stand its log (`-wal`) and a note of its owner (`-owner`). */
  readonly file: string;
  /** Default: `process`. */
  readonly durability?: Durability;
  /** Time; default: the process's own, rates on a monotonic clock. */
  readonly clock?: Clock;
  /** Records and remembered ids, together, that stay in memory; default 131,072, of some 550 bytes each. The others are read when they are asked for. */
  readonly maxInMemory?: number;
  /**
   * Records that the file keeps; default 10,000,000, of some 200 bytes each. Beyond it a fresh key shares one of 64 records of its partition with
   * others, until records that hold nothing any more have made room.
   */
  readonly maxRecords?: number;
}

/** For metrics, and for those who look after a file. */
export interface SqliteStats {
  /** Records in the file: those that hold something, and some that no sweep has come by yet. */
  readonly records: number;
  /** Texts that are kept by name: by them what is held is found again. */
  readonly memos: number;
  /** Decisions that this process made in a shared record because the file was full. */
  readonly overflowed: number;
  readonly inMemory: number;
  readonly fileBytes: number;
  /** Of what is committed and not yet moved into the file. */
  readonly logBytes: number;
}

/** A store in one file, of which this process is the only owner. What lasts of it: quotas, levels, blocks, what is reserved, request ids, and durable rates. */
export interface SqliteStore extends AsyncStore {
  readonly memos: Memos;
  apply(step: Step, deadlineMs: number): Promise<Outcome>;
  /**
   * The same records, for who cannot wait: each step is committed by itself before it is answered.
   */
  readonly sync: SyncStore;
  /** Copies what is committed into another file, a few pages at a time, while the store is used. @throws HeadgateError `ERR_STORE` */
  backup(file: string): Promise<void>;
  stats(): SqliteStats;
  /** Reservations and request ids in the file. They are counted, which takes time. */
  remembered(): number;
}

const DEFAULT_IN_MEMORY = 131_072;
const DEFAULT_RECORDS = 10_000_000;
const TRAITS: Traits = { name: 'sqlite', clock: 'process', durable: true };

/**
 * Opens a store in a file.
 * @throws HeadgateError `ERR_STORE_OWNED` when it is in use by another process, which it names; `ERR_STORE_FORMAT` when it is no
 * file of ours, or a later release's; `ERR_STORE` when it cannot be opened; `ERR_LIMIT` when a bound is no whole number from 1
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { file, durability = 'process', clock = systemClock() } = options;
  const { maxInMemory = DEFAULT_IN_MEMORY, maxRecords = DEFAULT_RECORDS } = options;
  for (const [name, bound] of Object.entries({ maxInMemory, maxRecords }))
    if (!Number.isSafeInteger(bound) || bound < 1)
      throw new HeadgateError('ERR_LIMIT', `sqliteStore.${name}: expected a whole number from 1, got ${bound}`);
  // What lasts is mostly more than rates.
  plugAll();
  return new Store(file, openFile(file, durability, clock.wallMs()), { clock, maxInMemory, maxRecords });
}

class Store implements SqliteStore {
  readonly traits: Traits = TRAITS;
  readonly sync: SyncStore = { traits: TRAITS, apply: (step) => this.#applyAlone(step) };
  readonly memos: Memos;
  readonly #file: string;
  readonly #db: Database;
  readonly #rows: Rows;
  readonly #ticks: Ticks;

  constructor(file: string, db: Database, bounds: Pick<TicksOptions, 'clock' | 'maxInMemory' | 'maxRecords'>) {
    this.#file = file;
    this.#db = db;
    this.#rows = new FileRows(db);
    // A turn of the loop ends its tick: all that one poll of the sockets brought is one commit.
    this.#ticks = new Ticks({ ...bounds, rows: this.#rows, file, later: setImmediate });
    this.memos = whileOpen(this.#ticks.memos, () => {
      if (!this.#db.open) throw this.#closed();
    });
  }

  /**
   * Decides at once, in memory; answers when the tick is committed. The deadline is not looked at: what could be waited for
   * is this thread's own write, and nothing else runs meanwhile.
   */
  apply(step: Step, _deadlineMs: number): Promise<Outcome> {
    return this.#db.open ? this.#ticks.add(step) : Promise.reject(this.#closed());
  }

  #applyAlone(step: Step): Outcome {
    if (!this.#db.open) throw this.#closed();
    return this.#ticks.alone(step);
  }

  async backup(file: string): Promise<void> {
    if (!this.#db.open) throw this.#closed();
    try {
      const { totalPages } = await this.#db.backup(file);
      // The driver takes it for done when another has the target: no store is of no pages.
      if (totalPages === 0) throw new Error('a file that another has open');
    } catch (error) {
      throw storeFault('ERR_STORE', file, `to back ${this.#file} up into it`, error);
    }
  }

  stats(): SqliteStats {
    return { records: this.#rows.records, memos: this.#rows.memos, ...this.#ticks.stats(), ...sizesOf(this.#file) };
  }

  remembered(): number {
    return this.#rows.remembered;
  }

  /** Commits and answers what is under way, and lets the file go. */
  close(): Promise<void> {
    if (this.#db.open) {
      this.#ticks.flush();
      closeFile(this.#db, this.#file);
    }
    return Promise.resolve();
  }

  #closed(): HeadgateError {
    return new HeadgateError('ERR_STORE_CLOSED', `${this.#file}: the store is closed`);
  }
}

/** @param requireOpen throws where it is not */
function whileOpen(memos: Memos, requireOpen: () => void): Memos {
  return {
    put: (...told) => {
      requireOpen();
      return memos.put(...told);
    },
    read: (...asked) => {
      requireOpen();
      return memos.read(...asked);
    },
    take: (...asked) => {
      requireOpen();
      return memos.take(...asked);
    },
  };
}
