import type { Entry, Ledger } from '../../core/index.ts';

/** What nobody settled may be lost for more than was reserved: that use is only counted when somebody looks, at most so much later. */
const LOST_MS = 86_400_000;

/** Until when an entry is needed. */
export function holdsUntil({ untilMs, lost, units }: Entry): number {
  return lost > units ? untilMs + LOST_MS : untilMs;
}

/** Whether a ledger must be kept, and its row with it. */
export function remembers(ledger: Ledger | undefined, now: number): boolean {
  if (ledger === undefined) return false;
  for (const ids of [ledger.requests, ledger.entries]) {
    for (const entries of ids.values()) if (entries.some((one) => holdsUntil(one) > now)) return true;
  }
  return false;
}
