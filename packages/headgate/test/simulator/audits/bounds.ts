import type { Program } from '../../../src/core/index.ts';
import { BUCKET, SLIDING } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

interface Charge {
  readonly atMs: number;
  readonly units: number;
}

/**
 * Of rates: never more than N in any window, and never more than the burst and what has flowed in since. Counted by hand, from what was let in
 * and nothing else. A process that does not keep its rates begins anew: at most one more N.
 */
export class Bounds implements Auditor {
  readonly #rates: Program;
  readonly #keepsRates: boolean;
  #charges: Map<string, Charge[]> = new Map();
  /** The store's time, as it passed: a clock that goes back takes nothing of it back. */
  #passedMs = 0;
  #latestMs = Infinity;

  constructor(rates: Program, keepsRates: boolean) {
    this.#rates = rates;
    this.#keepsRates = keepsRates;
  }

  done(entry: Entry): void {
    const { step } = entry;
    const nowMs = this.#pass(entry.nowMs);
    if (step.program !== this.#rates || step.op !== 'decide') return;
    const out = outcomeOf(entry);
    if (out === undefined || !out.allowed || out.replayed) return;
    const [caller = ''] = step.keys;
    const charges = (this.#charges.get(caller) ?? []).filter(({ atMs }) => atMs > nowMs - LONGEST_MS);
    charges.push({ atMs: nowMs, units: step.costs[0]! });
    this.#charges.set(caller, charges);
    requireWithin(charges, nowMs, caller);
  }

  restarted(): void {
    if (!this.#keepsRates) this.reset();
  }

  reset(): void {
    this.#charges = new Map();
  }

  #pass(nowMs: number): number {
    this.#passedMs += Math.max(0, nowMs - this.#latestMs);
    this.#latestMs = nowMs;
    return this.#passedMs;
  }
}

/** No window, and no way from empty to full, is longer. */
const LONGEST_MS = Math.max(SLIDING.windowMs, (BUCKET.windowMs * BUCKET.burst) / BUCKET.amount);

function requireWithin(charges: readonly Charge[], nowMs: number, caller: string): void {
  let units = 0;
  for (const charge of charges.toReversed()) {
    units += charge.units;
    const sinceMs = nowMs - charge.atMs;
    if (sinceMs < SLIDING.windowMs && units > SLIDING.amount)
      throw new Error(`${caller}: ${units} units in ${sinceMs} ms, of ${SLIDING.amount} in ${SLIDING.windowMs}`);
    const most = BUCKET.burst + (BUCKET.amount * sinceMs) / BUCKET.windowMs;
    if (units > most)
      throw new Error(`${caller}: ${units} units in ${sinceMs} ms, of a bucket that has at most ${most}`);
  }
}
