import { charge, resetIn, roomOf, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { deny } from './deny.ts';
import { remember, replay, requireReservable, reserve } from './reserve.ts';

/**
 * Judges every check, then charges all of them or none. With `charging` off it is a peek: the same
 * figures, no charge.
 */
export function decide(step: Step, bank: Bank, instant: Instant, out: Outcome, charging: boolean): void {
  const replayed = step.requestId !== undefined && replay(step, bank, instant, out);
  if (!judge(step, bank, instant, out) && !replayed) return deny(step, bank, instant, out, charging);
  if (!charging || replayed) return tell(step, bank, instant, out);
  if (step.reservationId !== undefined) reserve(step, bank, instant);
  admit(step, bank, instant, out);
  if (step.requestId !== undefined) remember(step, bank, instant, out);
}

/** Leaves each check's room in the figures. True when every check that is enforced admits. */
function judge(step: Step, bank: Bank, instant: Instant, out: Outcome): boolean {
  const { counters } = bank;
  const { costs } = step;
  const { figures } = out;
  let allowed = true;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) throw badCost(i, cost);
    if (counter.check.holdMs !== 0 && cost !== 0) requireReservable(step, bank, counter.check, i);
    const room = roomOf(counter, instant);
    figures[i * FIGURES] = room;
    if (refuses(counter.check.atLeast, cost, room) && !counter.check.shadow) allowed = false;
  }
  return allowed;
}

/** A request that costs nothing is let in whatever is left; only a block, whose room is -1 at no cost, stops it. */
export function refuses(atLeast: number, cost: number, room: number): boolean {
  const need = cost > atLeast ? cost : atLeast;
  return need > room && (need !== 0 || room === -1);
}

/** Charges every check, and turns each room into what remains. */
function admit(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  const { counters } = bank;
  const { costs, keys } = step;
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const { check } = counter;
    const cost = costs[i]!;
    const key = check.record < 0 ? '' : keys[check.record]!;
    const room = figures[i * FIGURES]!;
    if (check.shadow && refuses(check.atLeast, cost, room)) shadowed(out, i, counters.length);
    else if (cost !== 0) charge(counter, instant, cost, key);
    const left = check.kind === 'size' ? room : room - cost;
    figures[i * FIGURES] = left > 0 ? left : 0;
    figures[i * FIGURES + 1] = resetIn(counter, instant, key);
  }
}

/** The same figures, with nothing charged. */
function tell(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  bank.counters.forEach((counter, i) => {
    const room = out.figures[i * FIGURES]!;
    if (counter.check.shadow && refuses(counter.check.atLeast, step.costs[i]!, room)) shadowed(out, i, bank.counters.length);
    out.figures[i * FIGURES] = Math.max(0, room);
    out.figures[i * FIGURES + 1] = resetIn(counter, instant, step.keys[counter.check.record] ?? '');
  });
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
