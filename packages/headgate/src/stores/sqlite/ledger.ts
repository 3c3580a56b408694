import { Ledger, type Entry, type Lease, type Remembered } from '../../core/index.ts';

/**
 * Where each name of a list stands in the file, and what of it is not there yet: so that a commit writes that and no more,
 * however long the list is. Their order in the file is the order of the list.
 */
export class Notes {
  readonly #seqs: Map<string, number> = new Map();
  /** Names to be looked at, in their order. */
  readonly changed: Set<string> = new Set();
  /** Where names stood that are gone, or stand elsewhere now. */
  readonly removed: number[] = [];

  /** Something of it changed. */
  note(name: string): void {
    this.changed.add(name);
  }

  /** It is gone; should it come again, it stands last. */
  leave(name: string): void {
    this.#free(name);
    this.changed.delete(name);
    this.changed.add(name);
  }

  #free(name: string): void {
    const seq = this.#seqs.get(name);
    if (seq !== undefined && this.#seqs.delete(name)) this.removed.push(seq);
  }

  seqOf(name: string): number | undefined {
    return this.#seqs.get(name);
  }

  place(name: string, seq: number): void {
    this.#seqs.set(name, seq);
  }

  /** How many names have a place. */
  get placed(): number {
    return this.#seqs.size;
  }

  get isEmpty(): boolean {
    return this.changed.size === 0 && this.removed.length === 0;
  }

  /** What changed is in the file. */
  settle(isThere: (name: string) => boolean): void {
    for (const name of this.changed) if (!isThere(name)) this.#seqs.delete(name);
    this.changed.clear();
    this.removed.length = 0;
  }
}

class Requests extends Map<string, Remembered> {
  readonly notes: Notes = new Notes();

  override set(name: string, request: Remembered): this {
    this.notes.note(name);
    return super.set(name, request);
  }

  /** As the file has it. */
  found(name: string, request: Remembered): void {
    super.set(name, request);
  }

  override delete(name: string): boolean {
    this.notes.leave(name);
    return super.delete(name);
  }
}

/** It stands in the record's own value. */
class Charged extends Map<string, number> {
  isChanged: boolean = false;

  override set(bucket: string, units: number): this {
    this.isChanged = true;
    return super.set(bucket, units);
  }

  /** As the file has it. */
  found(bucket: string, units: number): void {
    super.set(bucket, units);
  }
}

/** A record's ledger that knows what of it is not in the file yet. */
export class KeptLedger extends Ledger {
  readonly held: Notes = new Notes();
  override readonly requests: Requests = new Requests();
  override readonly charged: Charged = new Charged();
  /** Where the next name will stand. */
  nextSeq: number = 1;
  /** Names when they were last counted. */
  names: number = 0;

  override reserve(lease: Lease): Lease {
    this.held.note(lease.id);
    return super.reserve(lease);
  }

  /** As the file has it. */
  found(lease: Lease): void {
    super.reserve(lease);
  }

  override take(id: string): Lease | undefined {
    this.held.leave(id);
    return super.take(id);
  }

  override drop(lease: Lease): void {
    this.held.note(lease.id);
    super.drop(lease);
  }

  override end(lease: Lease): Entry | undefined {
    this.held.note(lease.id);
    return super.end(lease);
  }

  override leave(lease: Lease, first: Entry | undefined): void {
    this.held.note(lease.id);
    super.leave(lease, first);
  }

  /** A reset forgets what each request charged. */
  noteRequests(): void {
    for (const name of this.requests.keys()) this.requests.notes.note(name);
  }

  /** Whether it remembers anything. */
  get isEmpty(): boolean {
    return this.first === undefined && this.requests.size === 0;
  }

  get isChanged(): boolean {
    return !this.held.isEmpty || !this.requests.notes.isEmpty || this.charged.isChanged;
  }

  /** All of it is in the file. */
  settle(): void {
    this.held.settle((id) => this.find(id) !== undefined);
    this.requests.notes.settle((name) => this.requests.has(name));
    this.charged.isChanged = false;
  }

  /** How many names there are more in the file than when this was last asked. */
  more(): number {
    const names = this.held.placed + this.requests.notes.placed;
    const more = names - this.names;
    this.names = names;
    return more;
  }
}
