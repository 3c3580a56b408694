/** An answer of which something is held back. */
export interface Held {
  /** Sends it, unless it has been sent. */
  flush(): void;
}

/** How long an answer waits for the first piece of its body; at most twice that, when it came just after a look. */
const WAIT_MS = 1;

/**
 * Lets answers go that wait for the first piece of their body: mostly it comes at once, and head and body leave in one write. One
 * timer for all of them, since one for each would cost more than the write; and no immediate, which would keep the loop
 * from sleeping until there is more to do.
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
    setTimeout(this.#turn, WAIT_MS);
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
