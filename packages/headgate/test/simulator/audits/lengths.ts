import type { Program } from '../../../src/core/index.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** Whatever clocks do, nobody waits longer than a limit is long: what lies in the future was charged now. */
export class Lengths implements Auditor {
  readonly #longestMs: ReadonlyMap<Program, number>;

  constructor(longestMs: ReadonlyMap<Program, number>) {
    this.#longestMs = longestMs;
  }

  done(entry: Entry): void {
    const mostMs = this.#longestMs.get(entry.step.program);
    const out = outcomeOf(entry);
    if (mostMs === undefined || out === undefined || out.no !== 'until' || out.retryAfterMs <= mostMs) return;
    throw new Error(`${entry.step.keys.join()}: told to wait ${out.retryAfterMs} ms, of ${mostMs} at most`);
  }

  reset(): void {
    // It remembers nothing.
  }
}
