import type { Instant } from '../counters/index.ts';
import type { Holder } from '../holders.ts';
import type { Entry, Lease } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { holdingsOf, type Holding } from './holdings.ts';
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

/** What is packed was charged when its lease was made. One object for all: nobody keeps it. */
const PAST = { atMs: NaN, periodAtMs: NaN, chargedUnits: 0 };

/** The same as `give`, of what this very program of usual checks packed, whose lease may be used again; false where it was another. */
export function givePacked({ op, costs }: Step, bank: Bank, t: Instant, lease: Lease, out: Outcome): boolean {
  const { holders, figures } = lease;
  const holding = holdingWith(bank, holders);
  if (holders === undefined || holding === undefined) return false;
  const returns = out.returns as number[]; // Made by `resolved`, for this step.
  PAST.atMs = lease.atMs;
  let sum = 0;
  for (let h = 0; h < holders.length; h++) {
    const { i, counter, isPermit } = holders[h]!;
    const units = figures[2 * h]!;
    const delta = (op === 'settle' && !isPermit ? costs[i]! : 0) - units;
    if (units === 0 || delta === 0) continue;
    PAST.periodAtMs = figures[2 * h + 1]!;
    const returned = counter.amend(t, PAST, delta, 0);
    sum += returned;
    returns[i] = returned;
  }
  out.returned += sum;
  holding.spare = lease;
  return true;
}

function holdingWith(bank: Bank, holders: readonly Holder[] | undefined): Holding | undefined {
  const { all: holdings } = holdingsOf(bank);
  for (let h = 0; h < holdings.length; h++) if (holdings[h]!.holders === holders) return holdings[h];
  return undefined;
}
