import type { Lease } from './ledger.ts';
import { Lifetimes } from './lifetimes.ts';

/** Ids of what has ended that are forgotten with each new reservation: more than one, so that they become fewer. */
const FORGOTTEN_A_TIME = 2;

/** Leases of several ids: by their id, in the order in which they were put there, and by when they end. */
export class Leases {
  /** The leading lease of each id; and what has ended and is not forgotten yet. */
  readonly #leading: Map<string, Lease> = new Map();
  readonly #lifetimes: Lifetimes = new Lifetimes();
  /** The lease that ended last, of those that are still found by their id; `before` leads to the others. */
  #ended: Lease | undefined;

  /** Ids, some of which may be over. */
  get size(): number {
    return this.#leading.size;
  }

  /** The lease that ends first. */
  get first(): Lease | undefined {
    return this.#lifetimes.first;
  }

  endsAtMs(limitId: number, slot: number): number | undefined {
    return this.#lifetimes.endsAtMs(limitId, slot);
  }

  find(id: string): Lease | undefined {
    const leading = this.#leading.get(id);
    return leading === undefined || this.#ended === undefined ? leading : this.#tidy(leading);
  }

  /** By the leading lease of each id, when all that has ended is forgotten. */
  live(): Iterable<Lease> {
    this.forget(Infinity);
    return this.#leading.values();
  }

  /** The leading lease of its id from now on; a new id is the last one. */
  join(lease: Lease): void {
    if (this.#ended !== undefined) this.forget(FORGOTTEN_A_TIME);
    this.#leading.set(lease.id, lease);
    this.#lifetimes.add(lease);
  }

  /** The same of all that it leads to. */
  joinAll(leading: Lease): void {
    this.join(leading);
    for (let one = leading.other; one !== undefined; one = one.other) this.#lifetimes.add(one);
  }

  take(id: string): Lease | undefined {
    const leading = this.find(id);
    if (leading === undefined) return undefined;
    this.#leading.delete(id);
    for (let one: Lease | undefined = leading; one !== undefined; one = one.other) this.#lifetimes.remove(one);
    return leading;
  }

  drop(lease: Lease): void {
    this.#lifetimes.remove(lease);
    const leading = this.#leading.get(lease.id);
    if (leading !== undefined) this.#tidy(leading);
  }

  /** To forget its id is put off, since very many may end at once. */
  end(lease: Lease): void {
    this.#lifetimes.remove(lease);
    lease.before = this.#ended;
    this.#ended = lease;
  }

  /** Forgets ids of what has ended, at most so many. */
  forget(count: number): void {
    for (let left = count; left > 0 && this.#ended !== undefined; left--) {
      const { id, before } = this.#ended;
      this.#ended = before;
      const leading = this.#leading.get(id);
      if (leading !== undefined) this.#tidy(leading);
    }
  }

  /** Leaves those that have ended out of an id's leases, and says which leads then. */
  #tidy(leading: Lease): Lease | undefined {
    const first = nextLive(leading);
    for (let one = first; one !== undefined; one = one.other) one.other = nextLive(one.other);
    if (first === undefined) this.#leading.delete(leading.id);
    else if (first !== leading) this.#leading.set(first.id, first);
    return first;
  }
}

/** The first that has not ended, from this one on: those stand in a queue. */
function nextLive(lease: Lease | undefined): Lease | undefined {
  let one = lease;
  while (one !== undefined && one.queue === undefined) one = one.other;
  return one;
}
