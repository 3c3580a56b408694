import { choose, type Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { decide, peek } from './decide.ts';
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
  if (step.program.calendar && !isInForce(step, bank, t, out)) return;
  if (bank.ledgers.some((ledger) => ledger !== undefined)) EXTRAS.expire(bank, t);
  const { op } = step;
  if (op !== 'decide' && op !== 'peek') (VERBS[op] ?? missing)(step, bank, t, out);
  else if (op === 'peek' && bank.plain && step.requestId === undefined) peek(step, bank, t, out);
  else EXTRAS.decide(step, bank, t, out, op === 'decide');
}

/** Points every counter at the amount in force. False, and said so, where the program's segments do not cover this instant. */
function isInForce({ program }: Step, bank: Bank, { wall }: Instant, out: Outcome): boolean {
  if (wall >= program.validUntilMs || program.checks.some((check) => wall < check.segments[0]!.fromAtMs)) {
    out.status = 'stale';
    out.allowed = false;
    return false;
  }
  for (const counter of bank.counters) choose(counter, wall);
  return true;
}
