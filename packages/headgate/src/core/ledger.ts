import type { Amendment } from './counters/index.ts';
import { entriesOf, type Holder } from './holders.ts';
import { Leases } from './leases.ts';
import { Lifetimes, type Queue } from './lifetimes.ts';

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
  readonly id: string;
  readonly holdMs: number;
  /** The instant of monotonic time from which it is lost. */
  untilMs: number;
  /** When it was reserved: what is packed was charged then. */
  readonly atMs: number;
  /** Whose charges are packed in `figures`: most leases are settled by the program that made them, and never looked at one by one. */
  holders: readonly Holder[] | undefined;
  /** Two numbers a holder: units, 0 where nothing is held, and the period of a quota. */
  figures: readonly number[];
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
/** Ids of what has ended that are forgotten with each new reservation: more than one, so that they become fewer. */
const FORGOTTEN_A_TIME = 2;
/** How long an admission is remembered by its request id, in ms. */
export const REMEMBER_MS = 60_000;

const NO_FIGURES: readonly number[] = [];
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
  /** What is reserved, by reservation id, in the order in which it was reserved or renewed; and what has ended and is not forgotten yet. */
  readonly #leases: Leases = new Leases();
  readonly #lifetimes: Lifetimes = new Lifetimes();
  /** The lease that ended last, of those that are still found by their id; `before` leads to the others. */
  #ended: Lease | undefined;

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
    return this.#lifetimes.first;
  }

  /** When the first lease of this counter's units ends; undefined when there is none, as far as it looks. */
  endsAtMs(limitId: number, slot: number): number | undefined {
    return this.#lifetimes.endsAtMs(limitId, slot);
  }

  /** What is reserved under an id: the leading lease. */
  find(id: string): Lease | undefined {
    const leading = this.#leases.get(id);
    return leading === undefined || this.#ended === undefined ? leading : this.#tidy(leading);
  }

  /** Everything that is reserved, by the leading lease of each id. */
  live(): Iterable<Lease> {
    this.#forget(Infinity);
    return this.#leases.values();
  }

  /** Whether another id can be remembered. */
  hasRoom(): boolean {
    if (this.#leases.size >= MAX_ENTRIES) this.#forget(Infinity);
    return this.#leases.size < MAX_ENTRIES;
  }

  /** Reserves it beside what is reserved under its id already: `other` leads there. */
  reserve(lease: Lease): Lease {
    if (this.#ended !== undefined) this.#forget(FORGOTTEN_A_TIME);
    this.#leases.set(lease);
    this.#begin(lease);
    return lease;
  }

  /** Takes out all that is reserved under an id: the first lease, which leads to the others. */
  take(id: string): Lease | undefined {
    const lease = this.find(id);
    if (lease === undefined) return undefined;
    this.#leases.delete(id);
    for (let one: Lease | undefined = lease; one !== undefined; one = one.other) this.#lifetimes.remove(one);
    return lease;
  }

  /** Takes out one lease, and leaves the others of its id. */
  drop(lease: Lease): void {
    this.#lifetimes.remove(lease);
    const leading = this.#leases.get(lease.id);
    if (leading !== undefined) this.#tidy(leading);
  }

  /** A lease is over: says what it held. To forget its id is put off, since very many may end at once. */
  end(lease: Lease): Entry | undefined {
    const { first } = lease;
    this.#lifetimes.remove(lease);
    lease.first = undefined;
    lease.before = this.#ended;
    this.#ended = lease;
    return first;
  }

  /** Leaves of a lease what `first` says: nothing, and it goes. */
  leave(lease: Lease, first: Entry | undefined): void {
    lease.first = first;
    if (first === undefined) this.drop(lease);
  }

  /** Lets the lifetimes of an id begin again: it is the last one now. */
  renew(id: string, nowMs: number): boolean {
    const lease = this.take(id);
    if (lease === undefined) return false;
    this.#leases.set(lease);
    for (let one: Lease | undefined = lease; one !== undefined; one = one.other) {
      one.untilMs = nowMs + one.holdMs;
      this.#begin(one);
    }
    return true;
  }

  #forget(count: number): void {
    for (let left = count; left > 0 && this.#ended !== undefined; left--) {
      const { id, before } = this.#ended;
      this.#ended = before;
      const leading = this.#leases.get(id);
      if (leading !== undefined) this.#tidy(leading);
    }
  }

  /** Leaves those that have ended out of an id's leases, and says which leads then. */
  #tidy(leading: Lease): Lease | undefined {
    const first = nextLive(leading);
    for (let one = first; one !== undefined; one = one.other) one.other = nextLive(one.other);
    if (first === undefined) this.#leases.delete(leading.id);
    else if (first !== leading) this.#leases.set(first);
    return first;
  }

  #begin(lease: Lease): void {
    this.#lifetimes.add(lease);
    if (lease.untilMs < this.nextMs) this.nextMs = lease.untilMs;
  }
}

/** The first that has not ended, from this one on: those stand in a queue. */
function nextLive(lease: Lease | undefined): Lease | undefined {
  let one = lease;
  while (one !== undefined && one.queue === undefined) one = one.other;
  return one;
}

/** What a bucket is known by in {@link Ledger.charged}. */
export function bucketName({ limitId, slot }: Pick<Entry, 'limitId' | 'slot'>): string {
  return `${limitId}:${slot}`;
}
