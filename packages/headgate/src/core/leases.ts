import type { Lease } from './ledger.ts';

/**
 * Leases by their id, in the order in which they were put there. Most records hold one at a time: alone it needs no map, and a map that is
 * emptied again and again is made anew by the runtime each time.
 */
export class Leases {
  #only: Lease | undefined;
  #many: Map<string, Lease> = NOBODY;

  get size(): number {
    return this.#only === undefined ? this.#many.size : 1;
  }

  get(id: string): Lease | undefined {
    if (this.#only !== undefined) return this.#only.id === id ? this.#only : undefined;
    return this.#many.size === 0 ? undefined : this.#many.get(id);
  }

  /** The leading lease of its id from now on; a new id is the last one. */
  set(lease: Lease): void {
    if (this.size === 0 || this.#only?.id === lease.id) {
      this.#only = lease;
      return;
    }
    if (this.#many === NOBODY) this.#many = new Map();
    if (this.#only !== undefined) this.#many.set(this.#only.id, this.#only);
    this.#only = undefined;
    this.#many.set(lease.id, lease);
  }

  delete(id: string): void {
    if (this.#only === undefined) this.#many.delete(id);
    else if (this.#only.id === id) this.#only = undefined;
  }

  values(): Iterable<Lease> {
    return this.#only === undefined ? this.#many.values() : [this.#only];
  }
}

/** Never written to. */
const NOBODY: Map<string, Lease> = new Map();
