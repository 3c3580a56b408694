/// <reference lib="esnext.disposable" preserve="true" />
// Whoever compiles against this needs the types of `using`, and may not have asked for them.
import type { Subject } from '../gate/index.ts';
import type { Resolution } from './resolution.ts';

/** What was really used: of every limit that counts what it holds, or by name. */
export type SettledCosts<Name extends string = string> = number | Readonly<Partial<Record<Name, number>>>;

/** What is known of something held. */
export interface Holding {
  readonly subject: Subject;
  /** Units of each limit; undefined where only the id is known. */
  readonly reserved: readonly number[] | undefined;
}

/** Carries out what a reservation asks. */
export interface Resolver {
  settle(id: string, held: Holding, costs: SettledCosts | undefined): Resolution;
  release(id: string, held: Holding): Resolution;
  renew(id: string, held: Holding): Resolution;
  /** As if nobody came any more: permits come back, and of the rest is left what is lost. */
  abandon(id: string, held: Holding): Resolution | undefined;
}

/**
 * What a decision holds: permits, and units that are not settled yet. It is resolved once, by whoever comes first: settled,
 * released, or at the end of its lifetime lost. Whatever comes after that is answered `unknown`, and changes nothing.
 */
export class Reservation<Name extends string = string> {
  /** By default 128 random bits. Whoever knows it and the subject can resolve it: `gate.reservation(subject, id)`. */
  readonly id: string;
  readonly #held: Holding;
  readonly #resolver: Resolver;
  #isOver = false;

  constructor(id: string, held: Holding, resolver: Resolver) {
    this.id = id;
    this.#held = held;
    this.#resolver = resolver;
  }

  /**
   * Replaces what is reserved by what was used, at the time of the decision; permits come back. Less comes back at once, more is
   * charged in full. What is not named was used as it was reserved.
   * @throws HeadgateError `ERR_COST` when a cost is not a whole number from 0, or of a limit that holds nothing; it stays reserved then.
   */
  settle(costs?: SettledCosts<Name>): Resolution {
    return this.#over(this.#resolver.settle(this.id, this.#held, costs));
  }

  /** Gives back all that is held. */
  release(): Resolution {
    return this.#over(this.#resolver.release(this.id, this.#held));
  }

  /** Lets every lifetime begin again. */
  renew(): Resolution {
    return this.#resolver.renew(this.id, this.#held);
  }

  /**
   * Leaving the block without a word is as if nobody came any more: permits come back, and the rest is lost or comes back, as its limit
   * says. What was looked up by its id was begun elsewhere, and stays.
   */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolver.abandon(this.id, this.#held);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }

  #over(resolution: Resolution): Resolution {
    this.#isOver = true;
    return resolution;
  }
}
