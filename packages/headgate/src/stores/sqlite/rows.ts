export interface FoundRow {
  readonly id: number;
  readonly value: Buffer;
}

export interface EntryRow {
  readonly seq: number;
  readonly kind: number;
  readonly value: string;
}

/** A record as the sweep sees it. */
export interface SweptRow {
  readonly id: number;
  readonly shape: number;
  /** Only of those that are over. */
  readonly key: Buffer | null;
}

export interface MemoRow {
  /** From when on it is over, in monotonic ms. */
  readonly until: number;
  readonly text: string;
}

/**
 * What keeps the rows of a store: everything that is ever said to it while the store is used. Each of them may throw what the
 * system throws; then it has changed nothing that outlasts the transaction.
 */
export interface Rows {
  /** Records that are kept. */
  readonly records: number;
  /** Texts that are kept by name. */
  readonly memos: number;
  /** What ledgers remember, all together; counted now. */
  readonly remembered: number;
  /** The number of this process among those that had the rows. */
  boot(): number;
  about(name: 'boot' | 'records' | 'shared' | 'seed' | 'memos'): number;
  set(name: 'boot' | 'records' | 'shared' | 'memos', value: number): void;
  /** Keeps all that `write` writes, or nothing of it. */
  transaction(write: () => void): void;
  find(shape: number, key: Buffer): FoundRow | undefined;
  read(id: number): FoundRow | undefined;
  /** Says the number of the new record. The value is overwritten after the call. */
  insert(shape: number, key: Buffer, until: number, value: Buffer): number;
  update(id: number, until: number, value: Buffer): void;
  /** Removes a record, and what its ledger remembers. */
  remove(id: number): void;
  /** In the order of their numbers. */
  entries(record: number): EntryRow[];
  putEntry(record: number, seq: number, kind: number, value: string): void;
  removeEntry(record: number, seq: number): void;
  /** The next few records by number, with the keys of those that hold nothing after `now`. */
  after(id: number, now: number, most: number): SweptRow[];
  memo(name: Buffer): MemoRow | undefined;
  putMemo(name: Buffer, row: MemoRow): void;
  removeMemo(name: Buffer): void;
  /** Removes some of those that are over, at most so many. */
  sweepMemos(now: number, most: number): void;
}
