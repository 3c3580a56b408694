import type { Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { decide, peek, tell } from './decide.ts';
import { EXTRAS, missing, VERBS } from './extras.ts';

export type { Bank } from './bank.ts';

/**
 * Carries out one step on the records that `bank` lends: the whole decision, and the only place where
 * counters change. A fault is thrown before anything is charged.
 */
export function run(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { op } = step;
  if (op === 'decide' && bank.plain && step.requestId === undefined && step.expects === undefined)
    decide(step, bank, t, out);
  else if (op === 'decide' || op === 'peek') ask(step, bank, t, out);
  else carryOut(step, bank, t, out);
}

/** A decision that is more than plain rates, or the same answer without the charge. */
function ask(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (!begin(step, bank, t, out)) return;
  if (step.op === 'peek' && bank.plain && step.requestId === undefined) peek(step, bank, t, out);
  else EXTRAS.decide(step, bank, t, out, step.op === 'decide');
}

/** Any other verb; after it, what is held now is told, as a peek at no cost finds it. */
function carryOut(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (!begin(step, bank, t, out)) return;
  const { op, program, keys } = step;
  (VERBS[op] ?? missing)(step, bank, t, out);
  if (bank.usual) tell(step, bank, t, out);
  else EXTRAS.decide({ op: 'peek', program, keys, costs: program.checks.map(() => 0) }, bank, t, out, false);
}

/** What comes before anything else, where there is any of it: the amounts of now, and what nobody settled in time. */
function begin({ program }: Step, bank: Bank, t: Instant, out: Outcome): boolean {
  if (program.calendar && !EXTRAS.isInForce(program, bank, t, out)) return false;
  const { ledgers } = bank;
  for (let r = 0; r < ledgers.length; r++) if (ledgers[r] !== undefined) EXTRAS.expire(ledgers[r]!, r, bank, t);
  return true;
}
