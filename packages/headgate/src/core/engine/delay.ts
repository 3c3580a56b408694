import type { Counter, Instant } from '../counters/index.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import { noted, rungOf } from './ladder.ts';
import { waitFor } from './special.ts';

/*
 * A bucket that holds back instead of refusing: the request is let in and charged, and told to wait for the instant at which it would have
 * been let in. What is missing from the bucket then is what whoever comes later finds.
 */

/** Whether a request that the bucket would refuse is let in to wait; then its wait is told. */
export function holdsBack(counter: Counter, cost: number, t: Instant, out: Outcome, i: number): boolean {
  const { kind, rungs } = counter.check;
  if (kind !== 'bucket' || rungs.length === 0) return false;
  const delayMs = rungs[rungOf(counter, cost, t)]?.delayMs ?? 0;
  if (delayMs === 0) return false;
  const waitMs = waitFor(counter, cost, t);
  if (waitMs === WAIT.never || waitMs > delayMs) return false;
  out.delays = noted(out.delays, i, waitMs, out.figures.length / FIGURES, 0);
  out.delayMs = Math.max(out.delayMs, waitMs);
  return true;
}

/** Another check refuses it: it waits for nothing. */
export function forgetDelays(out: Outcome): void {
  if (out.delayMs === 0) return;
  out.delayMs = 0;
  out.delays = [];
}
