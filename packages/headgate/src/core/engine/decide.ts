import type { Counter, Instant } from '../counters/index.ts';
import { FIGURES, numbers, WAIT, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { requireUnits } from './units.ts';

/** What a check has in the figures. To the compiler an import is no constant; this is. */
const PAIR = FIGURES;

/*
 * Plain rates alone, of which nobody remembers anything: what most requests meet. The rest is plugged in. The loops are
 * what a decision costs; they are kept so short that the compiler puts the counters into them.
 */

/** Judges every check, then charges all of them or none. */
export function decide(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (judge(step, bank, t, out)) admit(step, bank, t, out);
  else deny(step, bank, t, out);
}

/** The same figures without the charge. */
export function peek(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (judge(step, bank, t, out)) show(step, bank, t, out);
  else deny(step, bank, t, out);
}

/** Leaves each check's room in the figures. True when all admit: a request that costs nothing is let in whatever is left. */
function judge(step: Step, { counters }: Bank, t: Instant, { figures }: Outcome): boolean {
  const { costs } = step;
  let allowed = true;
  for (let i = 0; i < counters.length; i++) {
    const cost = costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) requireUnits(step, 0);
    const room = counters[i]!.room(t);
    figures[i * PAIR] = room;
    if (cost > room && cost !== 0) allowed = false;
  }
  return allowed;
}

/** Charges every check, and turns each room into what remains. */
function admit({ costs, keys }: Step, { counters }: Bank, t: Instant, { figures }: Outcome): void {
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = costs[i]!;
    const left = figures[i * PAIR]! - cost;
    const resetInMs = cost === 0 ? counter.resetIn(t, keys) : counter.charge(t, cost, keys);
    figures[i * PAIR] = left > 0 ? left : 0;
    figures[i * PAIR + 1] = resetInMs;
  }
}

type Beyond = (counter: Counter, t: Instant, out: Outcome, i: number) => 0;

/** What is left, and when it is all there again, whatever anything costs. Of counters in which more counts than fits, `beyond` tells. */
export function tell({ keys }: Step, { counters }: Bank, t: Instant, out: Outcome, beyond: Beyond): void {
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const room = counter.room(t);
    figures[i * PAIR] = room >= 0 ? room : beyond(counter, t, out, i);
    figures[i * PAIR + 1] = counter.resetIn(t, keys);
  }
}

function show({ keys }: Step, { counters }: Bank, t: Instant, { figures }: Outcome): void {
  for (let i = 0; i < counters.length; i++) {
    figures[i * PAIR] = Math.max(0, figures[i * PAIR]!);
    figures[i * PAIR + 1] = counters[i]!.resetIn(t, keys);
  }
}

/** Tells a denial, which changes nothing. Where nothing changes but by time, the longest wait is everybody's, and never the longest. */
function deny({ costs, keys }: Step, { counters }: Bank, t: Instant, out: Outcome): void {
  const { figures } = out;
  const waits = numbers(counters.length);
  let longestMs = 0;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = costs[i]!;
    const room = figures[i * PAIR]!;
    const resetInMs = counter.resetIn(t, keys);
    let waitMs = 0;
    if (cost > room && cost !== 0) {
      waitMs = cost > counter.segment.burst ? Infinity : counter.opensIn(t, cost, resetInMs);
      if (waitMs > longestMs) {
        longestMs = waitMs;
        out.binding = i;
      }
    }
    waits[i] = waitMs === Infinity ? WAIT.never : waitMs;
    figures[i * PAIR] = room > 0 ? room : 0;
    figures[i * PAIR + 1] = resetInMs;
  }
  out.allowed = false;
  out.waits = waits;
  out.no = longestMs === Infinity ? 'never' : 'until';
  out.retryAfterMs = waits[out.binding]!;
}
