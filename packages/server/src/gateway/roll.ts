/** One that stands on a {@link Roll}. */
export interface Enrolled {
  before: Enrolled | undefined;
  after: Enrolled | undefined;
}

/**
 * Who is under way, in the order they came. A list, not a `Map`: a map that is added to and deleted from all the time leaves
 * tables behind that keep what was deleted alive until the collector's long pass, and that was a sixth of a request's cost.
 */
export class Roll<T extends Enrolled> {
  #first: Enrolled | undefined;
  #last: Enrolled | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(one: T): void {
    one.before = this.#last;
    if (this.#last === undefined) this.#first = one;
    else this.#last.after = one;
    this.#last = one;
    this.#size++;
  }

  /** Once for each that was added. */
  remove(one: T): void {
    if (one.before === undefined) this.#first = one.after;
    else one.before.after = one.after;
    if (one.after === undefined) this.#last = one.before;
    else one.after.before = one.before;
    // One that has gone must not keep those alive that came after it.
    one.before = undefined;
    one.after = undefined;
    this.#size--;
  }

  /** In the order they came. One may be removed when its turn has come. */
  *[Symbol.iterator](): Iterator<T> {
    let one = this.#first;
    while (one !== undefined) {
      const next: Enrolled | undefined = one.after;
      yield one as T; // only what was added is here
      one = next;
    }
  }
}
