import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { deny } from './deny.ts';
import { remember, replay, requireReservable, reserve } from './ledger.ts';
import { refuses } from './refuses.ts';

/**
 * Judges every check, then charges all of them or none. With `charging` off it is a peek: the same
 * figures, no charge.
 */
export function decide(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const replayed = step.requestId !== undefined && replay(step, bank, out);
  if (!judge(step, bank, t, out) && !replayed) return deny(step, bank, t, out, charging);
  const charges = charging && !replayed;
  if (charges && step.reservationId !== undefined) reserve(step, bank, t);
  admit(step, bank, t, out, charges);
  if (charges && step.requestId !== undefined) remember(step, bank, t, out);
}

/** Leaves each check's room in the figures. True when every check that is enforced admits. */
function judge(step: Step, bank: Bank, t: Instant, out: Outcome): boolean {
  const { counters } = bank;
  const { costs } = step;
  const { figures } = out;
  let allowed = true;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const { check } = counter;
    const cost = costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) throw badCost(i, cost);
    const room = counter.room(t);
    figures[i * FIGURES] = room;
    if (counter.plain) {
      if (cost > room && cost !== 0) allowed = false;
      continue;
    }
    if (check.holdMs !== 0 && cost !== 0 && step.op === 'decide' && !out.replayed) requireReservable(step, bank, check.record, i);
    if (!check.shadow && refuses(check, cost, room)) allowed = false;
  }
  return allowed;
}

/** Charges every check, and turns each room into what remains. */
function admit(step: Step, bank: Bank, t: Instant, out: Outcome, charges: boolean): void {
  const { counters } = bank;
  const { costs, keys } = step;
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const { check } = counter;
    const cost = costs[i]!;
    let room = figures[i * FIGURES]!;
    if (!counter.plain && check.shadow && refuses(check, cost, room)) shadowed(out, i, counters.length);
    else if (charges && cost !== 0) {
      counter.charge(t, cost, keys);
      if (check.record >= 0) room -= cost;
    }
    figures[i * FIGURES] = room > 0 ? room : 0;
    figures[i * FIGURES + 1] = counter.resetIn(t, keys);
  }
}

/** Notes that a shadow limit would have refused. It charges nothing then: it counts what it would have let in. */
function shadowed(out: Outcome, i: number, checks: number): void {
  const waits = out.waits.length === 0 ? new Array<number>(checks).fill(WAIT.admits) : [...out.waits];
  waits[i] = WAIT.shadow;
  out.waits = waits;
}

function badCost(index: number, cost: number | undefined): HeadgateError {
  return new HeadgateError('ERR_COST', `costs[${index}]: expected a whole number from 0 to 2^53 - 1, got ${String(cost)}`);
}
