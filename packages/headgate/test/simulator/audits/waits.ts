import type { Program } from '../../../src/core/index.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

interface Refused {
  readonly costs: string;
  readonly atMs: number;
  readonly untilMs: number;
}

/** A retry time is exact: where nobody else came, the same request is let in then, and not before. */
export class Waits implements Auditor {
  readonly #rates: Program;
  #refused: Map<string, Refused> = new Map();
  #latestMs = 0;

  constructor(rates: Program) {
    this.#rates = rates;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    const out = outcomeOf(entry);
    // A clock that goes back makes everybody wait anew.
    if (nowMs < this.#latestMs) this.reset();
    this.#latestMs = nowMs;
    if (step.program !== this.#rates || step.op === 'peek') return;
    const [caller = ''] = step.keys;
    const before = this.#refused.get(caller);
    this.#refused.delete(caller);
    if (out === undefined || step.op !== 'decide') return;
    const costs = step.costs.join();
    if (before?.costs === costs && nowMs >= before.atMs) this.#compare(before, caller, nowMs, out.allowed);
    if (!out.allowed && out.no === 'until')
      this.#refused.set(caller, { costs, atMs: nowMs, untilMs: nowMs + out.retryAfterMs });
  }

  restarted(): void {
    this.reset();
  }

  reset(): void {
    this.#refused = new Map();
  }

  #compare({ untilMs }: Refused, caller: string, nowMs: number, allowed: boolean): void {
    if (allowed !== nowMs >= untilMs)
      throw new Error(
        `${caller}: told to return in ${untilMs - nowMs} ms from now, and ${allowed ? 'let in' : 'refused'}`,
      );
  }
}
