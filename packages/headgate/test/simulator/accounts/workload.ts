import type { Outcome, Step } from '../../../src/core/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import type { Workload } from '../node.ts';
import { Callers } from './callers.ts';
import { CornerSteps } from './corner-steps.ts';
import type { Programs } from './programs.ts';

/** Reservations and requests that are spoken of again. */
const REMEMBERED = 12;

interface Known {
  readonly caller: string;
  readonly id: string;
  readonly costs: readonly number[];
}

/** Callers of whom every unit can be counted by hand. */
export class Accounts implements Workload {
  readonly #random: Random;
  readonly #programs: Programs;
  readonly #reserved: Known[] = [];
  readonly #requested: Known[] = [];
  readonly #callers: Callers;
  readonly #corners: CornerSteps;
  #refused: Step | undefined;

  constructor(random: Random, programs: Programs, wallMs: () => number) {
    this.#random = random;
    this.#programs = programs;
    this.#callers = new Callers(random);
    this.#corners = new CornerSteps(random, programs.corners, this.#callers, wallMs);
  }

  next(): Step {
    const random = this.#random;
    this.#callers.step();
    const again = this.#refused;
    if (again !== undefined && random.chance(0.7)) {
      this.#refused = undefined;
      return again;
    }
    const kind = random.pick(KINDS);
    switch (kind) {
      case 'account':
        return this.#account();
      case 'rates':
        return this.#rates();
      case 'spent':
        return this.#spent();
      case 'pair':
        return this.#pair();
      case 'twins':
        return this.#twins();
      case 'corner':
        return this.#corners.next();
      default:
        return kind satisfies never;
    }
  }

  /** Who was refused comes again, with the same. */
  heard(step: Step, outcome: Outcome): void {
    if (step.program === this.#programs.rates && outcome.no === 'until') this.#refused = step;
    this.#corners.heard(step, outcome);
  }

  #account(): Step {
    const random = this.#random;
    const program = this.#programs.account;
    const op = random.pick(['decide', 'decide', 'decide', 'settle', 'settle', 'cancel', 'renew', 'peek'] as const);
    const costs = [random.int(1, 6), random.int(1, 3), 1];
    if (op === 'decide' || op === 'peek' || this.#reserved.length === 0) {
      const caller = this.#callers.one();
      const id = `r${this.#callers.made}`;
      if (op === 'decide') remember(this.#reserved, { caller, id, costs });
      return { op: op === 'decide' ? op : 'peek', program, keys: [caller], costs, reservationId: id };
    }
    const { caller, id } = random.pick(this.#reserved);
    return {
      op,
      program,
      keys: [caller],
      costs: [random.int(0, 8), random.int(0, 4), random.int(0, 1)],
      reservationId: id,
    };
  }

  #rates(): Step {
    const cost = this.#random.pick([1, 1, 1, 2, 4]);
    const op = this.#random.chance(0.9) ? 'decide' : 'peek';
    return { op, program: this.#programs.rates, keys: [this.#callers.one()], costs: [cost, cost] };
  }

  #spent(): Step {
    const random = this.#random;
    const program = this.#programs.spent;
    const known = this.#requested.length > 0 && random.chance(0.6) ? random.pick(this.#requested) : undefined;
    const op = known !== undefined && random.chance(0.4) ? 'refund' : 'decide';
    const { caller, id, costs } = known ?? {
      caller: this.#callers.one(),
      id: `q${this.#callers.made}`,
      costs: [random.int(1, 5)],
    };
    if (known === undefined) remember(this.#requested, { caller, id, costs });
    return { op, program, keys: [caller], costs, requestId: id };
  }

  #twins(): Step {
    return { op: 'decide', program: this.#programs.twins, keys: [this.#callers.one()], costs: [1, 1] };
  }

  #pair(): Step {
    const op = this.#random.chance(0.7) ? 'decide' : 'adjust';
    const units = op === 'decide' ? this.#random.int(1, 3) : 0;
    return {
      op,
      program: this.#programs.pair,
      keys: [this.#callers.one(), this.#callers.all()],
      costs: [units, units],
    };
  }
}

const KINDS = ['account', 'account', 'rates', 'rates', 'spent', 'pair', 'twins', 'corner', 'corner'] as const;

function remember(list: Known[], known: Known): void {
  list.push(known);
  if (list.length > REMEMBERED) list.shift();
}
