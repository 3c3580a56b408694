import type { Random } from '../../../src/testing/index.ts';

/** Callers at once; after so many steps others come, so that what is over can be forgotten. */
const CALLERS = 3;
const STEPS = 180;
/** Some come back after others have come. */
const GENERATIONS = 2;

/** Who asks, as time goes by. */
export class Callers {
  readonly #random: Random;
  #made = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Steps that were made so far. */
  get made(): number {
    return this.#made;
  }

  step(): void {
    this.#made++;
  }

  one(): string {
    return this.#named(this.#generation);
  }

  /** One of now, or of some time ago. */
  earlier(): string {
    return this.#named(this.#generation - this.#random.int(0, GENERATIONS));
  }

  /** All of now together. */
  all(): string {
    return `all ${this.#generation}`;
  }

  /** The same as ever. */
  ever(): string {
    return 'ever';
  }

  get #generation(): number {
    return Math.floor(this.#made / STEPS);
  }

  #named(generation: number): string {
    return `caller ${generation}-${this.#random.int(1, CALLERS)}`;
  }
}
