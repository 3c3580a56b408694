import { choose, type Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { decide } from './decide.ts';
import { EXTRAS, missing, VERBS } from './extras.ts';

export type { Bank } from './bank.ts';

/**
 * Carries out one step on the records that `bank` lends: the whole decision, and the only place where
 * counters change. A fault is thrown before anything is charged.
 */
export function run(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.program.calendar) {
    if (isStale(step, t.wall)) {
      out.status = 'stale';
      out.allowed = false;
      return;
    }
    for (const counter of bank.counters) choose(counter, t.wall);
  }
  EXTRAS.expire(bank, t);
  if (step.op === 'decide' || step.op === 'peek') decide(step, bank, t, out, step.op === 'decide');
  else (VERBS[step.op] ?? missing)(step, bank, t, out);
}

/** Whether the program's segments say nothing, or not enough, about this instant. */
function isStale({ program }: Step, wall: number): boolean {
  return wall >= program.validUntilMs || program.checks.some((check) => wall < check.segments[0]!.fromAtMs);
}
