import type { Counter } from './counters/index.ts';
import type { Quota } from './counters/quota.ts';
import type { Entry, Lease } from './ledger.ts';

/** One check that holds what it charges, as far as that must be known: objects of one shape are read much faster than checks and counters, which are of many. */
export interface Holder {
  /** Which check of the program it is. */
  readonly i: number;
  readonly counter: Counter;
  readonly limitId: number;
  readonly slot: number;
  readonly isPermit: boolean;
  readonly quota: Quota | undefined;
  /** Whether what nobody settles comes back. */
  readonly returns: boolean;
}

/** What was packed, one by one. */
export function entriesOf(holders: readonly Holder[], { atMs, figures }: Lease): Entry | undefined {
  let next: Entry | undefined;
  for (let h = holders.length - 1; h >= 0; h--) {
    const { limitId, slot, isPermit, returns } = holders[h]!;
    const units = figures[2 * h]!;
    const lost = isPermit || returns ? 0 : units;
    const periodAtMs = figures[2 * h + 1]!;
    if (units !== 0) next = { limitId, slot, units, lost, atMs, periodAtMs, chargedUnits: 0, draws: undefined, next };
  }
  return next;
}
