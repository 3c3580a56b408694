import type { Counter, Instant } from '../counters/index.ts';
import { Ledger } from '../ledger.ts';
import { FIGURES, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { tellBeyond } from './ladder.ts';
import { leaseOf, type Holding } from './holdings.ts';
import { keep, requireReservable, reserves } from './reservations.ts';
import { requireUnits } from './units.ts';

/*
 * The loops of a decision where every check is a usual one, of whatever kind: as short as those of plain rates, and then what is held.
 */

/** To the compiler an import is no constant; this is. */
const PAIR = FIGURES;

/** Leaves each check's room in the figures. True when all admit. */
export function judgeUsual(step: Step, bank: Bank, t: Instant, { figures }: Outcome, charging: boolean): boolean {
  const { costs } = step;
  const { counters } = bank;
  let allowed = true;
  for (let i = 0; i < counters.length; i++) {
    const cost = costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) refuseFrom(step, bank, i, charging);
    const room = counters[i]!.room(t);
    figures[i * PAIR] = room;
    if (cost > room && cost !== 0) allowed = false;
  }
  return allowed;
}

/** What is wrong with check `i`, or before it with an id: whichever the checks come to first, as everywhere. */
function refuseFrom(step: Step, bank: Bank, i: number, charging: boolean): void {
  for (const [at, { check }] of bank.counters.slice(0, i).entries())
    if (charging && reserves(check, step.costs[at]!)) requireReservable(step, bank, check, at);
  requireUnits(step, 0);
}

/** Charges every check, and turns each room into what remains. */
export function admitUsual({ costs, keys }: Step, { counters }: Bank, t: Instant, out: Outcome): void {
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = costs[i]!;
    const room = figures[i * PAIR]!;
    const left = counter.counts ? room - cost : room;
    const resetInMs = cost === 0 ? chargeNothing(counter, t, keys) : counter.charge(t, cost, keys);
    figures[i * PAIR] = left >= 0 ? left : tellBeyond(counter, t, out, i);
    figures[i * PAIR + 1] = resetInMs;
  }
}

function chargeNothing(counter: Counter, t: Instant, keys: readonly string[]): number {
  const resetInMs = counter.resetIn(t, keys);
  keep(counter, counter.holdsFor(t, resetInMs));
  return resetInMs;
}

/** Holds what was charged: a lease for each length of time in each record. */
export function holdUsual(
  { costs, reservationId }: Step,
  bank: Bank,
  { now }: Instant,
  holdings: readonly Holding[],
): void {
  for (let h = 0; h < holdings.length; h++) {
    const holding = holdings[h]!;
    const { record, row, holdMs, leads } = holding;
    const known = bank.ledgers[record];
    const lease = leaseOf(holding, costs);
    if (lease === undefined) continue;
    if (holdMs > row.heldMs) row.heldMs = holdMs;
    lease.again(reservationId!, now, leads ? undefined : known?.find(reservationId!));
    (known ?? bank.attach(record, new Ledger())).reserve(lease);
  }
}
