import { widthOf, type Counter, type Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { requireReservable, reserves, tally } from './ledger.ts';

/** What must be known, or moved here, before a check that is not plain can be judged. */
export function prepare(step: Step, bank: Bank, t: Instant, { replayed }: Outcome, i: number): void {
  const counter = bank.counters[i]!;
  const { carries } = counter.check;
  if (carries.length > 0) carry(counter, step, bank, t);
  if (reserves(counter.check, step.costs[i]!) && step.op === 'decide' && !replayed)
    requireReservable(step, bank, counter.check, i);
}

/**
 * Moves to a counter what the same limit counted over another window, before a plan or an override changed it: as
 * if spent now, up to the new amount. So nobody earns a fresh allowance by changing plans to and fro.
 */
function carry(counter: Counter, step: Step, bank: Bank, t: Instant): void {
  const { check, segment } = counter;
  for (const limitId of check.carries) {
    const other = bank.find(check.record, limitId, check.slot);
    const used = other?.take(t, segment, widthOf(other.check)) ?? 0;
    const room = counter.room(t);
    if (used <= 0 || room <= 0) continue;
    counter.charge(t, Math.min(used, room), step.keys);
    tally(check, bank.ledgers[check.record], Math.min(used, room));
  }
}
