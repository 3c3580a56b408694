import { choose, type Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import { requireTime } from '../time.ts';
import type { Bank } from './bank.ts';

/**
 * Points every counter at the amount in force, unless it still is. False, and said so, where the program's segments do not cover
 * this instant.
 */
export function isInForce(program: Program, bank: Bank, t: Instant, out: Outcome): boolean {
  const { wall } = t;
  const isKnown = wall >= bank.inForceFromMs && wall < bank.inForceUntilMs && Number.isSafeInteger(wall);
  return isKnown || choosesFor(program, bank, t, out);
}

function choosesFor(program: Program, bank: Bank, { wall }: Instant, out: Outcome): boolean {
  requireTime('wallMs', wall);
  bank.inForceFromMs = 0;
  bank.inForceUntilMs = program.validUntilMs;
  for (const counter of bank.counters) {
    choose(counter, wall);
    const { fromAtMs, untilAtMs } = counter.segment;
    bank.inForceFromMs = Math.max(bank.inForceFromMs, fromAtMs);
    bank.inForceUntilMs = Math.min(bank.inForceUntilMs, untilAtMs);
  }
  if (wall >= bank.inForceFromMs && wall < program.validUntilMs) return true;
  out.status = 'stale';
  return (out.allowed = false);
}
