import { segmentAt, type Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { decide } from './decide.ts';
import { expire } from './reserve.ts';
import { adjust, cancel, refund, renew, reset, settle } from './verbs.ts';

export type { Bank, Place } from './bank.ts';

/**
 * Carries out one step on the records that `bank` lends: the whole decision, and the only place where
 * counters change. A fault is thrown before anything is charged.
 */
export function run(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  if (step.program.calendar) {
    if (isStale(step, instant.wall)) {
      out.status = 'stale';
      out.allowed = false;
      return;
    }
    for (const counter of bank.counters) counter.segment = segmentAt(counter.check, instant.wall);
  }
  expire(bank, instant.now);
  switch (step.op) {
    case 'decide':
      return decide(step, bank, instant, out, true);
    case 'peek':
      return decide(step, bank, instant, out, false);
    case 'settle':
      return settle(step, bank, instant, out);
    case 'cancel':
      return cancel(step, bank, instant, out);
    case 'renew':
      return renew(step, bank, instant, out);
    case 'refund':
      return refund(step, bank, instant, out);
    case 'adjust':
      return adjust(step, bank, instant);
    case 'reset':
      return reset(step, bank);
    default:
      step.op satisfies never;
  }
}

/** Whether the program's segments say nothing, or not enough, about this instant. */
function isStale({ program }: Step, wall: number): boolean {
  return wall >= program.validUntilMs || program.checks.some((check) => wall < check.segments[0]!.fromAtMs);
}
