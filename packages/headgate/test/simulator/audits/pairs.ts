import type { Program } from '../../../src/core/index.ts';
import { PLENTY, TOGETHER } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** Two records are charged together or not at all: what all have is what each of them has. */
export class Pairs implements Auditor {
  readonly #pair: Program;
  #each: Map<string, number> = new Map();
  #all: Map<string, number> = new Map();

  constructor(pair: Program) {
    this.#pair = pair;
  }

  done(entry: Entry): void {
    const { step } = entry;
    const out = outcomeOf(entry);
    if (step.program !== this.#pair || out === undefined) return;
    const [caller = '', together = ''] = step.keys;
    const own = PLENTY - out.figures[0]!;
    const sum = (this.#all.get(together) ?? 0) + own - (this.#each.get(caller) ?? 0);
    this.#each.set(caller, own);
    this.#all.set(together, sum);
    const all = TOGETHER - out.figures[2]!;
    if (all !== sum) throw new Error(`${together} have ${all}, and each of them adds up to ${sum}`);
  }

  reset(): void {
    this.#each = new Map();
    this.#all = new Map();
  }
}
