/// <reference lib="esnext.disposable" preserve="true" />
// Whoever compiles against this needs the types of `using`, and may not have asked for them.
import type { Subject } from '../gate/index.ts';
import type { Resolution } from './resolution.ts';
import type { Answer, Soon } from './soon.ts';

/** What was really used: of every limit that counts what it holds, or by name. */
export type SettledCosts<Name extends string = string> = number | Readonly<Partial<Record<Name, number>>>;

/** What is known of something held. */
export interface Holding {
  readonly subject: Subject;
  /** The subject's, as it was decided; undefined where only the id is known. */
  readonly keys: readonly string[] | undefined;
  /** Units of each limit; undefined where only the id is known. */
  readonly reserved: readonly number[] | undefined;
}

/** Carries out what a reservation asks. */
export interface Resolver {
  settle(id: string, held: Holding, costs: SettledCosts | undefined): Soon<Resolution>;
  release(id: string, held: Holding): Soon<Resolution>;
  renew(id: string, held: Holding): Soon<Resolution>;
  /** As if nobody came any more: permits come back, and of the rest is left what is lost. */
  abandon(id: string, held: Holding): Soon<Resolution> | undefined;
}

/** The same, promised: what is wrong with the question rejects too. */
export function laterResolver(resolver: Resolver): Resolver {
  return {
    settle: async (...asked) => resolver.settle(...asked),
    release: async (...asked) => resolver.release(...asked),
    renew: async (...asked) => resolver.renew(...asked),
    abandon: (...asked) => resolver.abandon(...asked),
  };
}

/**
 * What a decision holds: permits, and units that are not settled yet. It is resolved once, by whoever comes first: settled,
 * released, or at the end of its lifetime lost. Whatever comes after that is answered `unknown`, and changes nothing.
 */
export class Reservation<Name extends string = string, Later extends boolean = false> {
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
  settle(costs?: SettledCosts<Name>): Answer<Resolution, Later> {
    return this.#over(this.#resolver.settle(this.id, this.#held, costs));
  }

  /** Gives back all that is held. */
  release(): Answer<Resolution, Later> {
    return this.#over(this.#resolver.release(this.id, this.#held));
  }

  /** Lets every lifetime begin again. */
  renew(): Answer<Resolution, Later> {
    return this.#resolver.renew(this.id, this.#held) as Answer<Resolution, Later>; // as its gate's store
  }

  /**
   * Leaving the block without a word is as if nobody came any more: permits come back, and the rest is lost or comes back, as its limit
   * says. What was looked up by its id was begun elsewhere, and stays.
   */
  [Symbol.dispose](): void {
    const left = this.#leave();
    // Nobody is there to be told that the store is away: the lifetime ends it.
    if (left instanceof Promise) left.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
  }

  #leave(): Soon<Resolution> | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = true;
    return this.#resolver.abandon(this.id, this.#held);
  }

  #over(resolution: Soon<Resolution>): Answer<Resolution, Later> {
    this.#isOver = true;
    // What could not be carried out is held still.
    if (resolution instanceof Promise) resolution.catch(() => (this.#isOver = false));
    return resolution as Answer<Resolution, Later>; // as its gate's store
  }
}
