import { REMEMBER_MS, type Program } from '../../../src/core/index.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** A request id is charged once, however often it comes; and given back once. */
export class Replays implements Auditor {
  readonly #spent: Program;
  #charged: Map<string, { readonly atMs: number; isGivenBack: boolean }> = new Map();

  constructor(spent: Program) {
    this.#spent = spent;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    const out = outcomeOf(entry);
    if (step.program !== this.#spent || step.requestId === undefined || out === undefined) return;
    const name = JSON.stringify([step.keys[0], step.requestId]);
    const known = this.#charged.get(name);
    const isKnown = known !== undefined && nowMs < known.atMs + REMEMBER_MS && !known.isGivenBack;
    if (step.op === 'refund') this.#giveBack(name, isKnown, out.returned);
    if (step.op !== 'decide' || !out.allowed) return;
    if (out.replayed !== isKnown)
      throw new Error(`${name}: ${isKnown ? 'charged twice' : 'replayed, and never charged'}`);
    if (!isKnown) this.#charged.set(name, { atMs: nowMs, isGivenBack: false });
  }

  reset(): void {
    this.#charged = new Map();
  }

  #giveBack(name: string, isKnown: boolean, units: number): void {
    if (isKnown) this.#charged.get(name)!.isGivenBack = true;
    if (units !== 0 && !isKnown) throw new Error(`${name}: given back twice`);
  }
}
