import type { EntryRow, FoundRow, MemoRow, Rows, SweptRow } from '../../src/stores/sqlite/rows.ts';
import type { Disk } from './disk.ts';
import { nameOf, type About, type Piece, type Tables } from './tables.ts';

/** The rows of one process on a simulated disk: what SQLite is to the store, as far as the store can see. */
export class DiskRows implements Rows {
  readonly #disk: Pick<Disk, 'read' | 'write' | 'commit'>;
  readonly #tables: Tables;
  /** Of the transaction under way: what it has written, and what would take that back. */
  #written: Piece[] | undefined;
  #undo: Piece[] = [];
  #records: number;
  #more = 0;

  constructor(disk: Pick<Disk, 'read' | 'write' | 'commit'>, tables: Tables) {
    this.#disk = disk;
    this.#tables = tables;
    this.#records = this.about('records');
  }

  get records(): number {
    return this.#records;
  }

  get memos(): number {
    return this.#tables.memos.size;
  }

  get remembered(): number {
    let sum = 0;
    for (const rows of this.#tables.entries.values()) sum += rows.size;
    return sum;
  }

  boot(): number {
    this.set('boot', this.about('boot') + 1);
    return this.about('boot');
  }

  about(name: About): number {
    return this.#tables.about.get(name) ?? 0;
  }

  set(name: 'boot' | 'records' | 'shared' | 'memos', value: number): void {
    this.#put({ table: 'about', name, value });
  }

  transaction(write: () => void): void {
    this.#written = [];
    this.#undo = [];
    this.#more = 0;
    try {
      write();
      if (this.#more !== 0) this.set('records', this.#records + this.#more);
      this.#disk.commit(this.#written);
      this.#records += this.#more;
    } catch (error) {
      for (const piece of this.#undo.toReversed()) this.#tables.put(piece);
      throw error;
    } finally {
      this.#written = undefined;
    }
  }

  find(shape: number, key: Buffer): FoundRow | undefined {
    this.#disk.read();
    const id = this.#tables.ids.get(nameOf(shape, key));
    return id === undefined ? undefined : this.#tables.records.get(id);
  }

  read(id: number): FoundRow | undefined {
    this.#disk.read();
    return this.#tables.records.get(id);
  }

  insert(shape: number, key: Buffer, until: number, value: Buffer): number {
    const id = 1 + Math.max(0, ...this.#tables.records.keys());
    this.#more++;
    this.#put({ table: 'record', id, row: { id, shape, key, until, value: Buffer.from(value) } });
    return id;
  }

  update(id: number, until: number, value: Buffer): void {
    const before = this.#tables.records.get(id);
    if (before === undefined) return;
    this.#put({ table: 'record', id, row: { ...before, until, value: Buffer.from(value) } });
  }

  remove(id: number): void {
    for (const { seq } of this.entries(id)) this.removeEntry(id, seq);
    if (!this.#tables.records.has(id)) return;
    this.#more--;
    this.#put({ table: 'record', id, row: undefined });
  }

  entries(record: number): EntryRow[] {
    this.#disk.read();
    return [...(this.#tables.entries.get(record)?.values() ?? [])].toSorted((a, b) => a.seq - b.seq);
  }

  putEntry(record: number, seq: number, kind: number, value: string): void {
    this.#put({ table: 'entry', record, seq, row: { seq, kind, value } });
  }

  removeEntry(record: number, seq: number): void {
    this.#put({ table: 'entry', record, seq, row: undefined });
  }

  after(id: number, now: number, most: number): SweptRow[] {
    this.#disk.read();
    return [...this.#tables.records.values()]
      .filter((row) => row.id > id)
      .toSorted((a, b) => a.id - b.id)
      .slice(0, most)
      .map((row) => ({ id: row.id, shape: row.shape, key: row.until <= now ? row.key : null }));
  }

  memo(name: Buffer): MemoRow | undefined {
    this.#disk.read();
    return this.#tables.memos.get(name.toString('latin1'));
  }

  putMemo(name: Buffer, row: MemoRow): void {
    this.#put({ table: 'memo', name: name.toString('latin1'), row });
  }

  removeMemo(name: Buffer): void {
    this.#put({ table: 'memo', name: name.toString('latin1'), row: undefined });
  }

  sweepMemos(now: number, most: number): void {
    const over = [...this.#tables.memos].filter(([, { until }]) => until <= now).slice(0, most);
    for (const [name] of over) this.#put({ table: 'memo', name, row: undefined });
  }

  /** Outside of a transaction, each is one of its own. */
  #put(piece: Piece): void {
    if (this.#written === undefined) return this.transaction(() => this.#put(piece));
    this.#disk.write();
    this.#undo.push(this.#tables.put(piece));
    this.#written.push(piece);
  }
}
