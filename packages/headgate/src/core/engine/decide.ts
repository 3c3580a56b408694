import type { Instant } from '../counters/index.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { deny } from './deny.ts';
import { LEDGERS } from './extensions.ts';
import { refuses, requireUnits } from './refuses.ts';

/**
 * Judges every check, then charges all of them or none. With `charging` off it is a peek: the same
 * figures, no charge.
 */
export function decide(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  // What is no cost at all must not be looked up under an id either.
  if (step.requestId !== undefined) requireUnits(step, 0);
  const replayed = step.requestId !== undefined && LEDGERS.replay(step, bank, out);
  if (!judge(step, bank, t, out) && !replayed) return deny(step, bank, t, out, charging);
  const charges = charging && !replayed;
  admit(step, bank, t, out, charges);
  if (charges && (step.requestId ?? step.reservationId) !== undefined) LEDGERS.note(step, bank, t, out);
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
    if (!counter.plain) prepare(step, bank, t, out, i);
    const room = counter.room(t);
    figures[i * FIGURES] = room;
    if (counter.plain ? cost > room && cost !== 0 : enforces(counter.check, cost, room)) allowed = false;
  }
  return allowed;
}

/** What must be known, or moved here, before a check that is not plain can be judged. */
function prepare(step: Step, bank: Bank, t: Instant, { replayed }: Outcome, i: number): void {
  const counter = bank.counters[i]!;
  const { carries, holdMs } = counter.check;
  if (carries.length > 0) LEDGERS.carry(counter, step, bank, t);
  if (holdMs !== 0 && step.costs[i] !== 0 && step.op === 'decide' && !replayed) LEDGERS.requireReservable(step, bank, counter.check, i);
}

function enforces(check: Check, cost: number, room: number): boolean {
  return !check.shadow && refuses(check, cost, room);
}

/** Charges every check, and turns each room into what remains. */
function admit(step: Step, { counters }: Bank, t: Instant, out: Outcome, charges: boolean): void {
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = step.costs[i]!;
    const room = figures[i * FIGURES]!;
    const charged = (counter.plain || isCharged(counter.check, i, step, room, out)) && charges && cost !== 0;
    figures[i * FIGURES + 1] = charged ? counter.charge(t, cost, step.keys) : counter.resetIn(t, step.keys);
    const left = charged && counter.counts ? room - cost : room;
    figures[i * FIGURES] = left > 0 ? left : 0;
  }
}

/**
 * Whether a check that is not plain is charged. A shadow limit that would have refused notes it, and unless it counts
 * attempts it charges nothing then: it counts what it would have let in.
 */
function isCharged(check: Check, i: number, step: Step, room: number, out: Outcome): boolean {
  if (!check.shadow || !refuses(check, step.costs[i]!, room)) return true;
  const waits = out.waits.length === 0 ? step.costs.map(() => WAIT.admits as number) : [...out.waits];
  waits[i] = WAIT.shadow;
  out.waits = waits;
  return check.count === 'attempts';
}
