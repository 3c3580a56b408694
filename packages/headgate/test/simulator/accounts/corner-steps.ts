import type { Outcome, Program, Step } from '../../../src/core/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import { CORNERS, endAfter, type Corner } from './corners.ts';
import type { Callers } from './callers.ts';

/** In each run one is asked more often than the others. */
const OF_THE_USUAL = 0.5;
/** Charges that may be given back. */
const REMEMBERED = 8;
const HELD_IDS = 6;
const GRANT_IDS = 1000;

interface Charged {
  readonly keys: readonly string[];
  readonly cost: number;
  readonly atMs: number;
}

/** Steps of what policies made at random hardly ever come to. */
export class CornerSteps {
  readonly #random: Random;
  readonly #programs: readonly Program[];
  readonly #callers: Callers;
  readonly #wallMs: () => number;
  readonly #usual: number;
  readonly #charged: Charged[] = [];

  constructor(random: Random, programs: readonly Program[], callers: Callers, wallMs: () => number) {
    this.#random = random;
    this.#programs = programs;
    this.#callers = callers;
    this.#wallMs = wallMs;
    this.#usual = random.int(0, CORNERS.length - 1);
  }

  next(): Step {
    const random = this.#random;
    const i = random.chance(OF_THE_USUAL) ? this.#usual : random.int(0, CORNERS.length - 1);
    const corner = CORNERS[i]!;
    const program = this.#programs[i]!;
    const op = random.pick(corner.ops);
    if (op === 'amend') return this.#amendment(program);
    const cost = random.pick([1, 1, 1, 2]);
    const costs = program.checks.map(() => cost);
    const step = { op, program, keys: [this.#who(corner)], costs, reservationId: `c${random.int(1, HELD_IDS)}` };
    return op === 'grant' ? { ...step, grant: this.#grant() } : step;
  }

  heard({ op, program, keys, costs }: Step, { allowed, nowMs }: Outcome): void {
    const i = this.#programs.indexOf(program);
    if (op !== 'decide' || !allowed || !(CORNERS[i]?.ops.includes('amend') ?? false)) return;
    this.#charged.push({ keys, cost: costs[0]!, atMs: nowMs });
    if (this.#charged.length > REMEMBERED) this.#charged.shift();
  }

  /** Of a charge that was made, whether it was forgotten since or not. */
  #amendment(program: Program): Step {
    const random = this.#random;
    if (this.#charged.length === 0) return { op: 'peek', program, keys: [this.#callers.one()], costs: [1] };
    const { keys, cost, atMs } = random.pick(this.#charged);
    return { op: 'amend', program, keys, costs: [-random.int(1, cost)], chargedAtMs: atMs };
  }

  #grant(): Step['grant'] {
    return { id: `g${this.#random.int(1, GRANT_IDS)}`, endsAtMs: endAfter(this.#wallMs(), this.#random.int(0, 2)) };
  }

  #who({ who }: Corner): string {
    return this.#callers[who]();
  }
}
