/** An answer of which something is held back. */
export interface Held {
  /** Sends it, unless it has been sent. */
  flush(): void;
}

/**
 * Lets answers go that wait for the first piece of their body, one turn of the loop after the turn they began in: mostly the body has
 * come by then, and both leave in one write. One callback for all of them, since one for each would cost more than the write.
 */
export class Flushes {
  #young: Held[] = [];
  #old: Held[] = [];
  #isDue = false;

  add(held: Held): void {
    this.#young.push(held);
    if (!this.#isDue) this.#schedule();
  }

  #schedule(): void {
    this.#isDue = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isDue = false;
    const old = this.#old;
    this.#old = this.#young;
    this.#young = [];
    if (this.#old.length > 0) this.#schedule();
    for (const held of old) held.flush();
  };
}
