import type { Instant } from '../counters/index.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
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
    if (!(Number.isSafeInteger(cost) && cost >= 0)) requireUnits(step, 0);
    if (!counter.plain && check.carries.length > 0) LEDGERS.carry(counter, step, bank, t);
    const room = counter.room(t);
    figures[i * FIGURES] = room;
    if (counter.plain) {
      if (cost > room && cost !== 0) allowed = false;
      continue;
    }
    if (check.holdMs !== 0 && cost !== 0 && step.op === 'decide' && !out.replayed) LEDGERS.requireReservable(step, bank, check, i);
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
    const passed = !counter.plain && check.shadow && refuses(check, cost, room);
    if (passed) shadowed(out, i, counters.length);
    if (charges && cost !== 0 && (!passed || check.count === 'attempts')) {
      counter.charge(t, cost, keys);
      if (check.windowMs > 0 || (check.kind !== 'size' && check.kind !== 'block')) room -= cost;
    }
    figures[i * FIGURES] = room > 0 ? room : 0;
    figures[i * FIGURES + 1] = counter.resetIn(t, keys);
  }
}

/** Notes that a shadow limit would have refused. Unless it counts attempts, it charges nothing then: it counts what it would have let in. */
function shadowed(out: Outcome, i: number, checks: number): void {
  const waits = out.waits.length === 0 ? new Array<number>(checks).fill(WAIT.admits) : [...out.waits];
  waits[i] = WAIT.shadow;
  out.waits = waits;
}
