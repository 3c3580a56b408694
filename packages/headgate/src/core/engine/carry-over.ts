import { widthOf, type Instant } from '../counters/index.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { tally } from './reservations.ts';

/**
 * Moves to a counter what the same limit counted over another window, before a plan or an override changed it: as
 * if spent now, up to the new amount. So nobody earns a fresh allowance by changing plans to and fro.
 */
export function carryOver(step: Step, bank: Bank, t: Instant, i: number): void {
  const counter = bank.counters[i]!;
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
