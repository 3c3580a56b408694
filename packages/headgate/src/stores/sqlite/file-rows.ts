import type { Database, Statement } from 'better-sqlite3';
import { FileMemos } from './file-memos.ts';
import type { EntryRow, FoundRow, MemoRow, Rows, SweptRow } from './rows.ts';

/** The rows of a file of SQLite's: every sentence that is said to it while it is used. */
export class FileRows implements Rows {
  readonly #db: Database;
  readonly #begin: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  readonly #find: Statement<[number, Buffer], FoundRow>;
  readonly #read: Statement<[number], FoundRow>;
  readonly #insert: Statement<[number, Buffer, number, Buffer]>;
  readonly #update: Statement<[number, Buffer, number]>;
  readonly #remove: Statement<[number]>;
  readonly #entries: Statement<[number], EntryRow>;
  readonly #putEntry: Statement<[number, number, number, string]>;
  readonly #removeEntry: Statement<[number, number]>;
  readonly #removeEntries: Statement<[number]>;
  readonly #after: Statement<[number, number, number], SweptRow>;
  readonly #memos: FileMemos;

  records: number;
  memos: number;
  readonly #set: Statement<[number, string]>;
  /** Records that the transaction has made, less those that it has removed. */
  #more = 0;

  constructor(db: Database) {
    this.#db = db;
    this.records = this.about('records');
    this.memos = this.about('memos');
    this.#memos = new FileMemos(db);
    this.#set = db.prepare('UPDATE about SET value = ? WHERE name = ?');
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#find = db.prepare('SELECT id, value FROM record WHERE shape = ? AND key = ?');
    this.#read = db.prepare('SELECT id, value FROM record WHERE id = ?');
    this.#insert = db.prepare('INSERT INTO record (shape, key, until, value) VALUES (?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE record SET until = ?, value = ? WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM record WHERE id = ?');
    this.#entries = db.prepare('SELECT seq, kind, value FROM entry WHERE record = ? ORDER BY seq');
    this.#putEntry = db.prepare('INSERT OR REPLACE INTO entry (record, seq, kind, value) VALUES (?, ?, ?, ?)');
    this.#removeEntry = db.prepare('DELETE FROM entry WHERE record = ? AND seq = ?');
    this.#removeEntries = db.prepare('DELETE FROM entry WHERE record = ?');
    this.#after = db.prepare(
      'SELECT id, shape, CASE WHEN until <= ? THEN key END AS key FROM record WHERE id > ? ORDER BY id LIMIT ?',
    );
  }

  boot(): number {
    this.set('boot', this.about('boot') + 1);
    return this.about('boot');
  }

  about(name: 'boot' | 'records' | 'shared' | 'seed' | 'memos'): number {
    return Number(this.#db.prepare('SELECT value FROM about WHERE name = ?').pluck().get(name));
  }

  set(name: 'boot' | 'records' | 'shared' | 'memos', value: number): void {
    this.#set.run(value, name);
  }

  get remembered(): number {
    return Number(this.#db.prepare('SELECT count(*) FROM entry').pluck().get());
  }

  transaction(write: () => void): void {
    this.#begin.run();
    this.#more = 0;
    this.#memos.more = 0;
    try {
      write();
      if (this.#more !== 0) this.set('records', this.records + this.#more);
      if (this.#memos.more !== 0) this.set('memos', this.memos + this.#memos.more);
      this.#commit.run();
      this.records += this.#more;
      this.memos += this.#memos.more;
    } catch (error) {
      // Some failures have taken everything back already; what fails now is no news.
      if (this.#db.inTransaction) this.#rollback.run();
      throw error;
    }
  }

  find(shape: number, key: Buffer): FoundRow | undefined {
    return this.#find.get(shape, key);
  }

  read(id: number): FoundRow | undefined {
    return this.#read.get(id);
  }

  insert(shape: number, key: Buffer, until: number, value: Buffer): number {
    this.#more++;
    return Number(this.#insert.run(shape, key, until, value).lastInsertRowid);
  }

  update(id: number, until: number, value: Buffer): void {
    this.#update.run(until, value, id);
  }

  remove(id: number): void {
    this.#removeEntries.run(id);
    this.#more -= this.#remove.run(id).changes;
  }

  entries(record: number): EntryRow[] {
    return this.#entries.all(record);
  }

  putEntry(record: number, seq: number, kind: number, value: string): void {
    this.#putEntry.run(record, seq, kind, value);
  }

  removeEntry(record: number, seq: number): void {
    this.#removeEntry.run(record, seq);
  }

  after(id: number, now: number, most: number): SweptRow[] {
    return this.#after.all(now, id, most);
  }

  memo(name: Buffer): MemoRow | undefined {
    return this.#memos.find(name);
  }

  putMemo(name: Buffer, row: MemoRow): void {
    this.#memos.put(name, row);
  }

  removeMemo(name: Buffer): void {
    this.#memos.remove(name);
  }

  sweepMemos(now: number, most: number): void {
    this.#memos.sweep(now, most);
  }
}
