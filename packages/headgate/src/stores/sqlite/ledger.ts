import type { Entry, Ledger } from '../../core/index.ts';
import { holdsUntil } from '../memory/index.ts';

/** How many names all ledgers in memory hold: part of what the cache may hold. */
export interface Names {
  count: number;
}

/** One list of a ledger. It notes what changes, so that a commit writes that and no more, however long the list is. */
export class Remembered extends Map<string, readonly Entry[]> {
  /** Where in the file each name stands; the order is that in which they were remembered. */
  readonly seqs: Map<string, number> = new Map();
  /** Names to be written, in their order. */
  readonly changed: Set<string> = new Set();
  /** Where names stood that are gone. */
  readonly removed: number[] = [];
  readonly #ledger: KeptLedger;

  constructor(ledger: KeptLedger) {
    super();
    this.#ledger = ledger;
  }

  override set(name: string, entries: readonly Entry[]): this {
    if (!this.has(name)) this.#ledger.names.count++;
    super.set(name, entries);
    this.changed.add(name);
    for (const entry of entries) this.#ledger.hold(holdsUntil(entry));
    return this;
  }

  override delete(name: string): boolean {
    if (!super.delete(name)) return false;
    this.#ledger.names.count--;
    this.changed.delete(name);
    const seq = this.seqs.get(name);
    // Who comes again stands last, as in the map.
    if (seq !== undefined && this.seqs.delete(name)) this.removed.push(seq);
    return true;
  }

  /** Puts in what the file says, which is no change. */
  load(name: string, entries: readonly Entry[], seq: number): void {
    this.set(name, entries);
    this.changed.delete(name);
    this.seqs.set(name, seq);
  }

  get isChanged(): boolean {
    return this.changed.size > 0 || this.removed.length > 0;
  }

  settle(): void {
    this.changed.clear();
    this.removed.length = 0;
  }
}

/** What was charged to buckets. It stands in the record's own value. */
class Charged extends Map<string, number> {
  isChanged: boolean = false;

  override set(bucket: string, units: number): this {
    this.isChanged = true;
    return super.set(bucket, units);
  }
}

/** A record's ledger that knows what of it is not in the file yet. */
export class KeptLedger implements Ledger {
  readonly names: Names;
  readonly entries: Remembered = new Remembered(this);
  readonly requests: Remembered = new Remembered(this);
  readonly charged: Charged = new Charged();
  nextMs: number = Infinity;
  nextSeq = 1;
  /** No name is needed longer than this. */
  heldUntilMs = 0;

  constructor(names: Names) {
    this.names = names;
  }

  hold(untilMs: number): void {
    if (untilMs > this.heldUntilMs) this.heldUntilMs = untilMs;
  }

  get size(): number {
    return this.entries.size + this.requests.size;
  }

  get isChanged(): boolean {
    return this.entries.isChanged || this.requests.isChanged || this.charged.isChanged;
  }

  /** All of it is in the file. */
  settle(): void {
    this.entries.settle();
    this.requests.settle();
    this.charged.isChanged = false;
  }
}
