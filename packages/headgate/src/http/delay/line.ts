/** Who stands in a line. The least `order` goes first; of equal ones, who came first. */
export interface Standing {
  readonly order: number;
}

/** A line before one counter, or more of them at once. Bounded by whoever lets somebody join. */
export class Line<One extends Standing> {
  readonly #all: One[] = [];

  get size(): number {
    return this.#all.length;
  }

  get head(): One | undefined {
    return this.#all[0];
  }

  /** Those that would stand before one: they are asked first. */
  before(one: Standing): readonly One[] {
    return this.#all.slice(0, this.#placeOf(one.order));
  }

  join(one: One): void {
    this.#all.splice(this.#placeOf(one.order), 0, one);
  }

  /** False when it does not stand there. */
  leave(one: One): boolean {
    const at = this.#all.indexOf(one);
    if (at >= 0) this.#all.splice(at, 1);
    return at >= 0;
  }

  /** Behind all that go before it, or came before it with the same order. */
  #placeOf(order: number): number {
    let at = this.#all.length;
    while (at > 0 && (this.#all[at - 1]?.order ?? 0) > order) at--;
    return at;
  }
}
