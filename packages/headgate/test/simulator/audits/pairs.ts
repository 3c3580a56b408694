import type { Program } from '../../../src/core/index.ts';
import { PLENTY } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** Two records are charged together or not at all: what all have is what each of them has. */
export class Pairs implements Auditor {
  readonly #pair: Program;
  #each: Map<string, number> = new Map();
  #all = 0;

  constructor(pair: Program) {
    this.#pair = pair;
  }

  done(entry: Entry): void {
    const { step } = entry;
    const out = outcomeOf(entry);
    if (step.program !== this.#pair || out === undefined) return;
    const [caller = ''] = step.keys;
    const own = PLENTY - out.figures[0]!;
    this.#all += own - (this.#each.get(caller) ?? 0);
    this.#each.set(caller, own);
    const all = PLENTY - out.figures[2]!;
    if (all !== this.#all) throw new Error(`all together have ${all}, and each of them adds up to ${this.#all}`);
  }

  reset(): void {
    this.#each = new Map();
    this.#all = 0;
  }
}
