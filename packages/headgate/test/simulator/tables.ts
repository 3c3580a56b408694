import type { EntryRow, MemoRow } from '../../src/stores/sqlite/rows.ts';

export type About = 'boot' | 'records' | 'shared' | 'seed' | 'memos';

export interface RecordRow {
  readonly id: number;
  readonly shape: number;
  readonly key: Buffer;
  readonly until: number;
  readonly value: Buffer;
}

/** One piece of what a transaction writes: a row as it is from then on; without one, it is gone. */
export type Piece =
  | { readonly table: 'record'; readonly id: number; readonly row: RecordRow | undefined }
  | { readonly table: 'entry'; readonly record: number; readonly seq: number; readonly row: EntryRow | undefined }
  | { readonly table: 'memo'; readonly name: string; readonly row: MemoRow | undefined }
  | { readonly table: 'about'; readonly name: About; readonly value: number };

/** The rows of a simulated file. */
export class Tables {
  readonly records: Map<number, RecordRow>;
  readonly ids: Map<string, number>;
  readonly entries: Map<number, Map<number, EntryRow>>;
  readonly memos: Map<string, MemoRow>;
  readonly about: Map<About, number>;

  constructor(of?: Tables) {
    this.records = new Map(of?.records);
    this.ids = new Map(of?.ids);
    this.entries = new Map(of && [...of.entries].map(([id, rows]) => [id, new Map(rows)]));
    this.memos = new Map(of?.memos);
    this.about = new Map(of?.about);
  }

  /** Puts a piece in its place, and says which would take it back. */
  put(piece: Piece): Piece {
    switch (piece.table) {
      case 'record':
        return this.#putRecord(piece.id, piece.row);
      case 'entry':
        return this.#putEntry(piece.record, piece.seq, piece.row);
      case 'memo':
        return this.#putMemo(piece.name, piece.row);
      case 'about':
        return this.#putAbout(piece.name, piece.value);
      default:
        return piece satisfies never;
    }
  }

  #putRecord(id: number, row: RecordRow | undefined): Piece {
    const before = this.records.get(id);
    if (before !== undefined) this.ids.delete(nameOf(before.shape, before.key));
    if (row === undefined) this.records.delete(id);
    else {
      this.records.set(id, row);
      this.ids.set(nameOf(row.shape, row.key), id);
    }
    return { table: 'record', id, row: before };
  }

  #putEntry(record: number, seq: number, row: EntryRow | undefined): Piece {
    let rows = this.entries.get(record);
    if (rows === undefined) this.entries.set(record, (rows = new Map<number, EntryRow>()));
    const before = rows.get(seq);
    if (row === undefined) rows.delete(seq);
    else rows.set(seq, row);
    if (rows.size === 0) this.entries.delete(record);
    return { table: 'entry', record, seq, row: before };
  }

  #putMemo(name: string, row: MemoRow | undefined): Piece {
    const before = this.memos.get(name);
    if (row === undefined) this.memos.delete(name);
    else this.memos.set(name, row);
    return { table: 'memo', name, row: before };
  }

  #putAbout(name: About, value: number): Piece {
    const before = this.about.get(name) ?? 0;
    this.about.set(name, value);
    return { table: 'about', name, value: before };
  }
}

/** What a record is found by. */
export function nameOf(shape: number, key: Buffer): string {
  return `${shape} ${key.toString('latin1')}`;
}
