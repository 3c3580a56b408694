import { FOREVER, HeadgateError, type Clock, type Memos } from '../../core/index.ts';
import { bytesOf } from './key.ts';
import type { MemoRow, Rows } from './rows.ts';

/** Memos that the file keeps, of some 1,500 bytes each; beyond it a new one is refused until others are over. */
const MAX_MEMOS = 1_000_000;
/** Those that the file does not have yet: a disk that fails for hours fills no memory. */
const MAX_UNWRITTEN = 10_000;
/** So many that are over are removed for each that is written. */
const SWEPT_EACH = 2;

/** A memo as it is to be; without a row, it is gone. */
interface Unwritten {
  readonly row: MemoRow | undefined;
  /** Whether the file has one of its name. */
  readonly isThere: boolean;
}

interface SqliteMemosOptions {
  readonly rows: Rows;
  readonly clock: Clock;
  /** Ends a tick soon, in which they are written. @throws HeadgateError where there will be none */
  readonly begin: () => void;
}

/**
 * Memos as the file will have them when the tick is committed. One that fails takes back no memo, as it takes back its steps: those are asked
 * again, and what a memo is about then may not be there, which harms nobody.
 */
export class SqliteMemos implements Memos {
  readonly #rows: Rows;
  readonly #clock: Clock;
  readonly #begin: () => void;
  /** What the file does not have as it is. */
  readonly #unwritten: Map<string, Unwritten> = new Map();

  constructor({ rows, clock, begin }: SqliteMemosOptions) {
    this.#rows = rows;
    this.#clock = clock;
    this.#begin = begin;
  }

  get isChanged(): boolean {
    return this.#unwritten.size > 0;
  }

  /** @throws HeadgateError `ERR_STORE` where there are too many */
  put(name: string, text: string, lifetimeMs: number): string | undefined {
    const before = this.#find(name);
    if (before.row === undefined) requireRoom('memos', this.#rows.memos + this.#unwritten.size, MAX_MEMOS);
    const until = Math.min(Math.ceil(this.#clock.monotonicMs() + lifetimeMs), FOREVER);
    this.#change(name, { row: { until, text }, isThere: before.isThere });
    return this.#textOf(before);
  }

  read(name: string): string | undefined {
    return this.#textOf(this.#find(name));
  }

  take(name: string): string | undefined {
    const before = this.#find(name);
    if (before.row !== undefined) this.#change(name, { row: undefined, isThere: before.isThere });
    return this.#textOf(before);
  }

  #find(name: string): Unwritten {
    const unwritten = this.#unwritten.get(name);
    if (unwritten !== undefined) return unwritten;
    const row = this.#rows.memo(bytesOf(name));
    return { row, isThere: row !== undefined };
  }

  #textOf({ row }: Unwritten): string | undefined {
    return row !== undefined && row.until > this.#clock.monotonicMs() ? row.text : undefined;
  }

  #change(name: string, changed: Unwritten): void {
    if (!this.#unwritten.has(name)) requireRoom('memos not written yet', this.#unwritten.size, MAX_UNWRITTEN);
    this.#begin();
    // What came and went within a tick is nothing to the file.
    if (changed.row === undefined && !changed.isThere) this.#unwritten.delete(name);
    else this.#unwritten.set(name, changed);
  }

  /** Writes what is not in the file yet: within a transaction. */
  write(): void {
    for (const [name, { row }] of this.#unwritten) {
      if (row === undefined) this.#rows.removeMemo(bytesOf(name));
      else this.#rows.putMemo(bytesOf(name), row);
    }
    this.#rows.sweepMemos(this.#clock.monotonicMs(), SWEPT_EACH * this.#unwritten.size);
  }

  /** The file has them. */
  settle(): void {
    this.#unwritten.clear();
  }
}

function requireRoom(what: string, count: number, most: number): void {
  if (count >= most) throw new HeadgateError('ERR_STORE', `${what}: expected at most ${most}, got one more`);
}
