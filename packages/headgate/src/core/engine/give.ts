import type { Instant } from '../counters/index.ts';
import type { Holder } from '../holders.ts';
import type { Entry, Lease } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { holdingsOf, type Holding } from './holdings.ts';
import { isCountedAnew } from './rescale.ts';
import { amend, counterOf, indexOf } from './reservations.ts';

/** Gives back what entries do not keep, and says how much that is. */
export function give(step: Step, bank: Bank, t: Instant, record: number, first: Entry | undefined, out: Outcome): void {
  const returns = out.returns as number[]; // Made by `resolved`, for this step.
  let sum = 0;
  for (let entry = first; entry !== undefined; entry = entry.next) {
    const i = indexOf(bank, entry);
    const counter = counterOf(bank, record, entry, i);
    const settles = step.op === 'settle' && counter?.check.kind !== 'concurrency';
    const remains = settles ? (i < 0 ? entry.units : step.costs[i]!) : 0;
    const returned = amend(counter, bank.ledgers[record], entry, remains, t);
    sum += returned;
    if (i >= 0) returns[i]! += returned;
  }
  out.returned += sum;
}

/** The same as `give`, of what this very program packed; false where it was another. */
export function givePacked({ op, costs }: Step, bank: Bank, t: Instant, lease: Lease, out: Outcome): boolean {
  const { holders, figures, atMs } = lease;
  if (holders === undefined || !isOf(holdingsOf(bank).all, holders)) return false;
  const returns = out.returns as number[]; // Made by `resolved`, for this step.
  let sum = 0;
  for (let h = 0; h < holders.length; h++) {
    const { i, counter, isPermit } = holders[h]!;
    const units = figures[2 * h]!;
    const delta = (op === 'settle' && !isPermit ? costs[i]! : 0) - units;
    if (units === 0 || delta === 0 || (delta < 0 && isCountedAnew(counter, atMs))) continue;
    const returned = counter.amend(t, { atMs, periodAtMs: figures[2 * h + 1]!, chargedUnits: 0 }, delta, 0);
    sum += returned;
    returns[i] = returned;
  }
  out.returned += sum;
  return true;
}

function isOf(holdings: readonly Holding[], holders: readonly Holder[]): boolean {
  for (let h = 0; h < holdings.length; h++) if (holdings[h]!.holders === holders) return true;
  return false;
}
