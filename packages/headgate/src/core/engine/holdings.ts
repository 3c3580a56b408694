import type { Counter } from '../counters/index.ts';
import { Quota } from '../counters/quota.ts';
import type { Entry } from '../ledger.ts';

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

/** What one decision holds in one record for one length of time: one lease. */
export interface Holding {
  readonly record: number;
  readonly holdMs: number;
  /** In the order of the checks. */
  readonly holders: readonly Holder[];
  /** Whether it is the first of its record. */
  readonly leads: boolean;
}

/** What the checks of a program hold, told once: it is the same for every decision. */
export function holdingsOf(counters: readonly Counter[]): readonly Holding[] {
  const holdings: { record: number; holdMs: number; holders: Holder[]; leads: boolean }[] = [];
  counters.forEach((counter, i) => {
    const { record, holdMs } = counter.check;
    if (holdMs === 0) return;
    const known = holdings.find((one) => one.record === record && one.holdMs === holdMs);
    if (known !== undefined) known.holders.push(made(counter, i));
    else
      holdings.push({
        record,
        holdMs,
        holders: [made(counter, i)],
        leads: holdings.every((one) => one.record !== record),
      });
  });
  return holdings;
}

function made(counter: Counter, i: number): Holder {
  const { limitId, slot, kind, lost } = counter.check;
  return {
    i,
    counter,
    limitId,
    slot,
    isPermit: kind === 'concurrency',
    quota: counter instanceof Quota ? counter : undefined,
    returns: lost === 'return',
  };
}

/** What a lease of these holders holds, by what each costs; of a bucket more must be known. */
export function entriesOf(holders: readonly Holder[], costs: readonly number[], now: number): Entry | undefined {
  let next: Entry | undefined;
  for (let h = holders.length - 1; h >= 0; h--) {
    const { i, limitId, slot, isPermit, quota, returns } = holders[h]!;
    const units = costs[i]!;
    if (units === 0) continue;
    next = {
      limitId,
      slot,
      units,
      lost: isPermit || returns ? 0 : units,
      atMs: now,
      periodAtMs: quota === undefined ? 0 : quota.periodAtMs,
      chargedUnits: 0,
      draws: undefined,
      next,
    };
  }
  return next;
}

/** Who of a program's holders an entry is of. */
export function holderOf(
  holdings: readonly Holding[],
  record: number,
  { limitId, slot }: Entry,
): Holder | undefined {
  for (let h = 0; h < holdings.length; h++) {
    const holding = holdings[h]!;
    if (holding.record !== record) continue;
    const { holders } = holding;
    for (let n = 0; n < holders.length; n++) {
      const holder = holders[n]!;
      if (holder.limitId === limitId && holder.slot === slot) return holder;
    }
  }
  return undefined;
}
