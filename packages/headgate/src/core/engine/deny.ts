import type { Instant } from '../counters/index.ts';
import { FIGURES, noOf, WAIT, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { EXTRAS } from './extras.ts';

/**
 * Tells a denial. Only limits that count attempts are charged, and blocks that this denial triggers
 * begin; every other counter stays as it is. Expects each check's room in the figures.
 */
export function deny(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { counters } = bank;
  const { figures } = out;
  const waits = new Array<number>(counters.length);
  let strongest = 0;
  out.allowed = false;
  out.waits = waits;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = step.costs[i]!;
    const room = figures[i * FIGURES]!;
    figures[i * FIGURES] = room > 0 ? room : 0;
    if (!counter.plain) waits[i] = EXTRAS.waitOf(counter, cost, room, t);
    else if (cost <= room || cost === 0) waits[i] = WAIT.admits;
    else
      waits[i] = cost > counter.segment.burst ? WAIT.never : counter.opensAt(t, t.now, cost, counter.segment) - t.now;
    if (charging && !counter.idle) EXTRAS.react(counter, step, bank, t, out, i);
    figures[i * FIGURES + 1] = counter.resetIn(t, step.keys);
    const strength = strengthOf(waits[i]!);
    if (strength > strongest) {
      strongest = strength;
      out.binding = i;
    }
  }
  const wait = waits[out.binding]!;
  out.no = noOf(wait);
  // Where nothing changes but by time, the longest wait is everybody's.
  out.retryAfterMs = bank.plain || wait === WAIT.never ? wait : EXTRAS.commonWait(step, bank, t, out);
}

/** Which check binds: never > when freed > until; within until, the longest wait; ties by order. */
function strengthOf(wait: number): number {
  if (wait >= 0) return wait;
  return wait === WAIT.never ? Infinity : wait === WAIT.freed ? Number.MAX_VALUE : 0;
}
