import type { Program } from '../../../src/core/index.ts';
import { RATES_MS, SLIDING } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** Where nobody was let in for a whole window, there is room for everybody, whoever shares a record with whom. */
export class Fresh implements Auditor {
  readonly #rates: Program;
  #chargedAtMs = -Infinity;

  constructor(rates: Program) {
    this.#rates = rates;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    if (step.program !== this.#rates || step.op !== 'decide') return;
    const out = outcomeOf(entry);
    if (out !== undefined && !out.allowed && nowMs >= this.#chargedAtMs + RATES_MS)
      throw new Error(
        `${step.keys.join()}: refused ${step.costs[0]} of ${SLIDING.amount}, and nobody came for a window`,
      );
    if (out?.allowed !== false) this.#chargedAtMs = nowMs;
  }

  reset(): void {
    // What is forgotten was charged before: that leaves no less room.
  }
}
