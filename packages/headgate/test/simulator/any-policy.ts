import type { Outcome, Step } from '../../src/core/index.ts';
import { Trace } from '../../src/testing/differential/trace.ts';
import { randomWorld, type World } from '../../src/testing/differential/world.ts';
import type { Random } from '../../src/testing/index.ts';
import type { Workload } from './node.ts';

/** After so many steps another policy comes, whose records stand beside those of the one before. */
const STEPS = 600;

/** Policies made at random, asked at random: every kind of limit, every verb, hostile keys and costs. */
export class AnyPolicy implements Workload {
  readonly #random: Random;
  readonly #wallMs: () => number;
  #world: World;
  #trace: Trace;
  #left: number = STEPS;

  constructor(random: Random, wallMs: () => number) {
    this.#random = random;
    this.#wallMs = wallMs;
    this.#world = randomWorld(random, wallMs(), true);
    this.#trace = new Trace(random, this.#world, wallMs);
  }

  /** Whether wall time may be set: a bucket whose rate changes tells what flowed in by the calendar, and must not tell it twice. */
  get jumps(): boolean {
    return this.#world.jumps;
  }

  next(): Step {
    if (this.#left-- === 0) this.#change();
    return this.#trace.next();
  }

  heard(step: Step, outcome: Outcome): void {
    this.#trace.heard(step, outcome);
  }

  #change(): void {
    this.#left = STEPS;
    this.#world = randomWorld(this.#random, this.#wallMs(), true);
    this.#trace = new Trace(this.#random, this.#world, this.#wallMs);
  }
}
