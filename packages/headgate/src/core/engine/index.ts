import type { Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { decide } from './decide.ts';
import { EXTRAS } from './extras.ts';

export type { Bank } from './bank.ts';

/**
 * Carries out one step on the records that `bank` lends: the whole decision, and the only place where
 * counters change. A fault is thrown before anything is charged.
 */
export function run(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.op !== 'decide') EXTRAS.run(step, bank, t, out);
  else if (bank.plain && step.requestId === undefined && step.expects === undefined) decide(step, bank, t, out);
  else EXTRAS.decide(step, bank, t, out);
}
