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
  if (step.op === 'decide' && bank.plain && step.requestId === undefined) decide(step, bank, t, out);
  else runAll(step, bank, t, out);
}

/** All that most steps have nothing to do with. */
function runAll(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.program.calendar && !EXTRAS.isInForce(step.program, bank, t, out)) return;
  const { ledgers } = bank;
  for (let r = 0; r < ledgers.length; r++) if (ledgers[r] !== undefined) EXTRAS.expire(ledgers[r]!, r, bank, t);
  const { op } = step;
  if (op === 'decide' || op === 'peek') return ask(step, bank, t, out);
  (VERBS[op] ?? missing)(step, bank, t, out);
  // After a verb, what is held now is told, as a peek at no cost finds it.
  if (bank.usual) return tell(step, bank, t, out);
  const { program, keys } = step;
  EXTRAS.decide({ op: 'peek', program, keys, costs: program.checks.map(() => 0) }, bank, t, out, false);
}

function ask(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.op === 'peek' && bank.plain && step.requestId === undefined) peek(step, bank, t, out);
  else EXTRAS.decide(step, bank, t, out, step.op === 'decide');
}
