import type { Amendment } from './counters/index.ts';
import { entriesOf, type Holder } from './holders.ts';
import { Leases } from './leases.ts';
import { endsBefore, type Queue } from './lifetimes.ts';

/** What a record remembers of one decision on one counter: units reserved, or charged under a request id. Plain data, but for `next`. */
export interface Entry extends Amendment {
  readonly limitId: number;
  readonly slot: number;
  readonly units: number;
  /** Units kept when nobody settles in time. */
  readonly lost: number;
  /** What the same decision charged to another counter of the record. */
  next: Entry | undefined;
}

/** What one decision reserved in a record for one length of time. */
export class Lease {
  id: string;
  readonly holdMs: number;
  /** The instant of monotonic time from which it is lost. */
  untilMs: number;
  /** When it was reserved: what is packed was charged then. */
  atMs: number;
  /** Whose charges are packed in `figures`: most leases are settled by the program that made them, and never looked at one by one. */
  holders: readonly Holder[] | undefined;
  /** Two numbers a holder: units, 0 where nothing is held, and the period of a quota. */
  figures: number[];
  /** What the same decision reserved for another length of time. */
  other: Lease | undefined;
  /** Its neighbours among those that end earlier and later, and the queue that they stand in. */
  before: Lease | undefined;
  after: Lease | undefined;
  queue: Queue | undefined;
  #first: Entry | undefined;

  constructor(id: string, holdMs: number, untilMs: number, other: Lease | undefined, first: Entry | undefined) {
    this.id = id;
    this.holdMs = holdMs;
    this.untilMs = untilMs;
    this.atMs = untilMs - holdMs;
    this.holders = undefined;
    this.figures = NO_FIGURES;
    this.other = other;
    this.before = undefined;
    this.after = undefined;
    this.queue = undefined;
    this.#first = first;
  }

  /** It stands for another reservation from now on: what it was is resolved, and nobody knows it any more. */
  again(id: string, now: number, other: Lease | undefined): void {
    this.id = id;
    this.untilMs = now + this.holdMs;
    this.atMs = now;
    this.other = other;
  }

  /** Undefined once nothing of it counts any more. */
  get first(): Entry | undefined {
    if (this.holders !== undefined) this.#first = entriesOf(this.holders, this);
    this.holders = undefined;
    return this.#first;
  }

  set first(entry: Entry | undefined) {
    this.holders = undefined;
    this.#first = entry;
  }

  /** Whether it holds units of this counter. What is packed stays packed: it is only asked. */
  holds(limitId: number, slot: number): boolean {
    const { holders, figures } = this;
    if (holders !== undefined) return holders.some((one, h) => figures[2 * h] !== 0 && isOf(one, limitId, slot));
    for (let entry = this.#first; entry !== undefined; entry = entry.next) if (isOf(entry, limitId, slot)) return true;
    return false;
  }
}

function isOf(one: { readonly limitId: number; readonly slot: number }, limitId: number, slot: number): boolean {
  return one.limitId === limitId && one.slot === slot;
}

/** What is remembered under a request id. */
export interface Remembered {
  /** The instant of monotonic time from which it is forgotten. */
  readonly untilMs: number;
  /** Operation, costs and keys, since the same id must mean the same request; only in the record that the id belongs to. */
  readonly fingerprint: string | undefined;
  readonly reservationId: string | undefined;
  /** What was charged for good. */
  first: Entry | undefined;
}

/** Ids of either sort that a record remembers at once, at most. */
export const MAX_ENTRIES = 100_000;
/** How long an admission is remembered by its request id, in ms. */
export const REMEMBER_MS = 60_000;

const NO_FIGURES: number[] = [];
/** Most ledgers never need one of these: they stand for nothing, and are never written to. */
const NO_REQUESTS: Map<string, Remembered> = new Map();
const NO_CHARGES: Map<string, number> = new Map();

/** What a record remembers beside its counters. Most records have none. */
export class Ledger {
  /** What was let in, by request id, oldest first: all are remembered equally long. Some may be over. */
  requests: Map<string, Remembered> = NO_REQUESTS;
  /** Units charged to each bucket since the ledger was opened, by {@link bucketName}: what came after a charge is not given back with it. */
  charged: Map<string, number> = NO_CHARGES;
  /** No lease ends before this instant of monotonic time. It may be early, and is set right when it comes. */
  nextMs: number = Infinity;
  /**
   * All that is reserved, where that is one id: its leading lease. Most records hold one at a time, and then nothing stands in `#many`: maps and
   * queues that are filled and emptied by every request cost more than the rest of it.
   */
  #alone: Lease | undefined;
  /** What is reserved under several ids. */
  #many: Leases | undefined;

  remember(name: string, request: Remembered): void {
    if (this.requests === NO_REQUESTS) this.requests = new Map();
    this.requests.set(name, request);
  }

  /** Counts what a bucket was charged, all told. */
  tally(bucket: string, units: number): void {
    if (this.charged === NO_CHARGES) this.charged = new Map();
    this.charged.set(bucket, units);
  }

  /** The lease that ends first. */
  get first(): Lease | undefined {
    return this.#alone === undefined ? this.#many?.first : firstOf(this.#alone);
  }

  /** When the first lease of this counter's units ends; undefined when there is none, as far as it looks. */
  endsAtMs(limitId: number, slot: number): number | undefined {
    if (this.#alone === undefined) return this.#many?.endsAtMs(limitId, slot);
    return firstOf(this.#alone, (lease) => lease.holds(limitId, slot))?.untilMs;
  }

  /** What is reserved under an id: the leading lease. */
  find(id: string): Lease | undefined {
    const alone = this.#alone;
    if (alone !== undefined) return alone.id === id ? alone : undefined;
    return this.#many?.find(id);
  }

  /** Everything that is reserved, by the leading lease of each id. */
  live(): Iterable<Lease> {
    return this.#alone === undefined ? (this.#many?.live() ?? []) : [this.#alone];
  }

  /** Whether nothing is reserved: then any id is free. */
  get isFree(): boolean {
    return this.#alone === undefined && (this.#many === undefined || this.#many.size === 0);
  }

  /** Whether another id can be remembered. */
  hasRoom(): boolean {
    const many = this.#many;
    if (many === undefined || many.size < MAX_ENTRIES) return true;
    many.forget(Infinity);
    return many.size < MAX_ENTRIES;
  }

  /** Reserves it beside what is reserved under its id already: `other` leads there. */
  reserve(lease: Lease): Lease {
    if (lease.untilMs < this.nextMs) this.nextMs = lease.untilMs;
    if (this.#alone === lease.other && (lease.other !== undefined || this.isFree)) this.#alone = lease;
    else this.#spread().join(lease);
    return lease;
  }

  /** Takes out all that is reserved under an id: the first lease, which leads to the others. */
  take(id: string): Lease | undefined {
    const alone = this.#alone;
    if (alone === undefined) return this.#many?.take(id);
    if (alone.id !== id) return undefined;
    this.#alone = undefined;
    return alone;
  }

  /** Takes out one lease, and leaves the others of its id. */
  drop(lease: Lease): void {
    if (this.#alone === undefined) this.#many?.drop(lease);
    else this.#alone = without(this.#alone, lease);
  }

  /** A lease is over: says what it held. */
  end(lease: Lease): Entry | undefined {
    const { first } = lease;
    lease.first = undefined;
    if (this.#alone === undefined) this.#many?.end(lease);
    else this.#alone = without(this.#alone, lease);
    return first;
  }

  /** Leaves of a lease what `first` says: nothing, and it goes. */
  leave(lease: Lease, first: Entry | undefined): void {
    lease.first = first;
    if (first === undefined) this.drop(lease);
  }

  /** Lets the lifetimes of an id begin again: it is the last one now. */
  renew(id: string, nowMs: number): boolean {
    const leading = this.take(id);
    if (leading === undefined) return false;
    for (let one: Lease | undefined = leading; one !== undefined; one = one.other) {
      one.untilMs = nowMs + one.holdMs;
      if (one.untilMs < this.nextMs) this.nextMs = one.untilMs;
    }
    if (this.isFree) this.#alone = leading;
    else this.#spread().joinAll(leading);
    return true;
  }

  /** Where several ids stand: who was alone now stands there too. */
  #spread(): Leases {
    const many = (this.#many ??= new Leases());
    const alone = this.#alone;
    this.#alone = undefined;
    if (alone !== undefined) many.joinAll(alone);
    return many;
  }
}

/** Of the leases of one id the one that ends first, of those that are asked for. */
function firstOf(leading: Lease, isAsked?: (lease: Lease) => boolean): Lease | undefined {
  let first: Lease | undefined;
  for (let one: Lease | undefined = leading; one !== undefined; one = one.other) {
    if (isAsked !== undefined && !isAsked(one)) continue;
    if (first === undefined || endsBefore(one, first)) first = one;
  }
  return first;
}

/** The leases of one id but for this one, which still leads on to the others. */
function without(leading: Lease, lease: Lease): Lease | undefined {
  if (leading === lease) return lease.other;
  let one = leading;
  while (one.other !== undefined && one.other !== lease) one = one.other;
  one.other = lease.other;
  return leading;
}

/** What a bucket is known by in {@link Ledger.charged}. */
export function bucketName({ limitId, slot }: Pick<Entry, 'limitId' | 'slot'>): string {
  return `${limitId}:${slot}`;
}
