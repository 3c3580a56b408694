import type { Instant } from '../counters/index.ts';
import { FIGURES, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { deny } from './deny.ts';
import { EXTRAS } from './extras.ts';
import { requireUnits } from './units.ts';

/**
 * Judges every check, then charges all of them or none. With `charging` off it is a peek: the same
 * figures, no charge.
 */
export function decide(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  // What is no cost at all must not be looked up under an id either.
  if (step.requestId !== undefined) requireUnits(step, 0);
  const replayed = step.requestId !== undefined && EXTRAS.replay(step, bank, t, out);
  if (!judge(step, bank, t, out) && !replayed) return deny(step, bank, t, out, charging);
  const charges = charging && !replayed;
  admit(step, bank, t, out, charges);
  if (charges && (bank.remembers || (step.requestId ?? step.reservationId) !== undefined))
    EXTRAS.note(step, bank, t, out);
}

/*
 * The two loops below are what a decision costs. What only some checks need is kept out of them, so that the compiler
 * can inline the rest.
 */

/** Leaves each check's room in the figures. True when every check that is enforced admits. */
function judge(step: Step, bank: Bank, t: Instant, out: Outcome): boolean {
  const { counters } = bank;
  const { figures } = out;
  let allowed = true;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = step.costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) requireUnits(step, 0);
    if (!counter.plain) EXTRAS.prepare(step, bank, t, out, i);
    const room = counter.room(t);
    figures[i * FIGURES] = room;
    // A request that costs nothing is let in whatever is left.
    if (counter.plain ? cost > room && cost !== 0 : EXTRAS.enforces(counter, cost, room)) allowed = false;
  }
  return allowed;
}

/** Charges every check, and turns each room into what remains. */
function admit(step: Step, { counters }: Bank, t: Instant, out: Outcome, charges: boolean): void {
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = step.costs[i]!;
    const room = figures[i * FIGURES]!;
    const charged = (counter.plain || EXTRAS.charges(counter, step, out, i)) && charges && cost !== 0;
    figures[i * FIGURES + 1] = charged ? counter.charge(t, cost, step.keys) : counter.resetIn(t, step.keys);
    const left = charged && counter.counts ? room - cost : room;
    figures[i * FIGURES] = left > 0 ? left : 0;
  }
}
