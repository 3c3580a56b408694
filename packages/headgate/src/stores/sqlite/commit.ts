import type { Instant } from '../../core/index.ts';
import type { Cache } from './cache.ts';
import type { Kept } from './kept.ts';
import type { SqliteMemos } from './memos.ts';
import { writeNames } from './names.ts';
import { pack } from './packing.ts';
import type { Rows } from './rows.ts';
import type { Sweep } from './sweep.ts';

/** What one commit writes. */
interface Work {
  readonly changed: readonly Kept[];
  /** Leave memory. */
  readonly leaving: readonly Kept[];
  /** Hold nothing any more. */
  readonly removed: ReadonlySet<Kept>;
}

interface CommitOptions {
  readonly rows: Rows;
  readonly cache: Cache;
  readonly sweep: Sweep;
  readonly memos: SqliteMemos;
  readonly boot: number;
}

/** Brings what a tick changed into the file: all of it or nothing. */
export class Commit {
  readonly #rows: Rows;
  readonly #cache: Cache;
  readonly #sweep: Sweep;
  readonly #memos: SqliteMemos;
  readonly #boot: number;

  constructor({ rows, cache, sweep, memos, boot }: CommitOptions) {
    this.#rows = rows;
    this.#cache = cache;
    this.#sweep = sweep;
    this.#memos = memos;
    this.#boot = boot;
  }

  /**
   * Commits the tick. A failure takes all of it back, in memory too.
   * @throws the driver's error
   */
  run(t: Instant): void {
    const made: Kept[] = [];
    try {
      const work = this.#work(t);
      if (work !== undefined) {
        this.#rows.transaction(() => this.#write(work, t, made));
        this.#finish(work);
      }
      this.#cache.settle();
    } catch (error) {
      for (const record of made) record.id = 0;
      this.#cache.rollBack();
      throw error;
    }
  }

  /** Undefined when nothing changed that outlasts the process, and everything has room. */
  #work(t: Instant): Work | undefined {
    const { touched } = this.#cache;
    const changed = touched.filter((record) => record.compare());
    const leaving = this.#cache.overdue();
    if (changed.length === 0 && leaving.length === 0 && !this.#memos.isChanged) return undefined;
    const swept = this.#sweep.next(t);
    // A look ends what is over: of records that it has touched, and of those that were touched before for nothing.
    const all = swept === undefined ? changed : touched.filter((record) => record.compare());
    const removed = new Set(swept);
    const stays = (record: Kept): boolean => !removed.has(record);
    return { changed: all.filter(stays), leaving: leaving.filter(stays), removed };
  }

  #write({ changed, leaving, removed }: Work, t: Instant, made: Kept[]): void {
    if (this.#memos.isChanged) this.#memos.write();
    for (const { id } of removed) this.#rows.remove(id);
    for (const record of changed) this.#put(record, false, made);
    // What need not outlast the process is written when it must make room: forgotten, it would be a fresh allowance.
    for (const record of leaving) {
      if (record.inFile || record.idleAtMs <= t.now) continue;
      this.#cache.complete(record, t.now);
      this.#put(record, true, made);
    }
  }

  #put(record: Kept, all: boolean, made: Kept[]): void {
    record.fit();
    const value = pack(record, this.#boot, all);
    const until = record.untilMs;
    if (record.id !== 0) this.#rows.update(record.id, until, value);
    else {
      record.id = this.#rows.insert(record.table.shape, record.bytes, until, value);
      made.push(record);
    }
    if (record.ledger !== undefined) writeNames(this.#rows, record.id, record.ledger);
  }

  #finish({ changed, leaving, removed }: Work): void {
    for (const record of changed) record.inFile = !record.isVolatile;
    for (const record of leaving) this.#cache.drop(record);
    for (const record of removed) this.#cache.drop(record);
    this.#memos.settle();
  }
}
