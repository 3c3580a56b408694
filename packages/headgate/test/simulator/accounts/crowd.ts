import type { Program, Step } from '../../../src/core/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import type { Workload } from '../node.ts';

/** Who asks all the time, and how often it is one of them. */
const REGULARS = 2;
const OF_REGULARS = 0.5;
/** Steps for which others come, and for as many they leave: then there is room again. */
const STEPS = 300;
/** Permits that are spoken of again. */
const REMEMBERED = 6;

interface Programs {
  readonly rates: Program;
  readonly permits: Program;
  readonly parked: Program;
}

/** More who come than there is room for, and some who were there before. */
export class Crowd implements Workload {
  readonly #random: Random;
  readonly #programs: Programs;
  /** Of whom something is held until they leave. */
  readonly #there: string[] = [];
  readonly #held: Pick<Step, 'keys' | 'reservationId'>[] = [];
  #made = 0;

  constructor(random: Random, programs: Programs) {
    this.#random = random;
    this.#programs = programs;
  }

  next(): Step {
    this.#made++;
    if (!this.#random.chance(OF_REGULARS)) return this.#passerBy();
    return this.#random.chance(0.7) ? this.#rate() : this.#permit();
  }

  heard(): void {
    // Whatever it is told, it asks.
  }

  #rate(): Step {
    const cost = this.#random.pick([1, 1, 2, 4]);
    return { op: 'decide', program: this.#programs.rates, keys: [this.#who()], costs: [cost, cost] };
  }

  #permit(): Step {
    const random = this.#random;
    const op = random.pick(['decide', 'decide', 'decide', 'settle', 'cancel', 'renew'] as const);
    const known = op === 'decide' ? undefined : this.#held[random.int(0, this.#held.length - 1)];
    if (known !== undefined) return { op, program: this.#programs.permits, costs: [1], ...known };
    const made = { keys: [this.#who()], reservationId: `p${this.#made}` };
    this.#held.push(made);
    if (this.#held.length > REMEMBERED) this.#held.shift();
    return { op: 'decide', program: this.#programs.permits, costs: [1], ...made };
  }

  /** Comes, or leaves. */
  #passerBy(): Step {
    const isCrowded = Math.floor(this.#made / STEPS) % 2 === 0;
    const leaving = isCrowded ? undefined : this.#there.pop();
    const [op, key, units] =
      leaving === undefined ? (['decide', `${this.#made}`, 1] as const) : (['adjust', leaving, -1] as const);
    if (isCrowded) this.#there.push(key);
    return { op, program: this.#programs.parked, keys: [key], costs: [units] };
  }

  #who(): string {
    return `regular ${this.#random.int(1, REGULARS)}`;
  }
}
