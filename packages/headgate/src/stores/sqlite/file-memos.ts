import type { Database, Statement } from 'better-sqlite3';
import type { MemoRow } from './rows.ts';

/** The rows of memos: what is said of them to the file. */
export class FileMemos {
  /** Memos that the transaction has made, less those that it has removed. */
  more = 0;
  readonly #find: Statement<[Buffer], MemoRow>;
  readonly #insert: Statement<[Buffer, number, string]>;
  readonly #update: Statement<[number, string, Buffer]>;
  readonly #remove: Statement<[Buffer]>;
  readonly #sweep: Statement<[number, number]>;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT until, text FROM memo WHERE name = ?');
    this.#insert = db.prepare('INSERT INTO memo (name, until, text) VALUES (?, ?, ?)');
    this.#update = db.prepare('UPDATE memo SET until = ?, text = ? WHERE name = ?');
    this.#remove = db.prepare('DELETE FROM memo WHERE name = ?');
    this.#sweep = db.prepare(
      'DELETE FROM memo WHERE name IN (SELECT name FROM memo WHERE until <= ? ORDER BY until LIMIT ?)',
    );
  }

  find(name: Buffer): MemoRow | undefined {
    return this.#find.get(name);
  }

  put(name: Buffer, { until, text }: MemoRow): void {
    if (this.#update.run(until, text, name).changes > 0) return;
    this.#insert.run(name, until, text);
    this.more++;
  }

  remove(name: Buffer): void {
    this.more -= this.#remove.run(name).changes;
  }

  sweep(now: number, most: number): void {
    this.more -= this.#sweep.run(now, most).changes;
  }
}
