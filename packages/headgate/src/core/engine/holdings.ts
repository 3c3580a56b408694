import type { Counter, Row } from '../counters/index.ts';
import type { Quota } from '../counters/quota.ts';
import type { Holder } from '../holders.ts';
import { Lease } from '../ledger.ts';
import { numbers } from '../outcome.ts';
import type { Bank } from './bank.ts';

/** What a program's checks hold. */
export interface Holdings {
  readonly all: readonly Holding[];
  /** Whether a bucket is among the checks, of which ledgers keep a tally. */
  readonly tallies: boolean;
}

/** What one decision holds in one record for one length of time: one lease. */
export interface Holding {
  readonly record: number;
  readonly row: Row;
  readonly holdMs: number;
  /** In the order of the checks. */
  readonly holders: readonly Holder[];
  /** Whether it is the first of its record. */
  readonly leads: boolean;
  /** A lease that was resolved, for the next decision: one that is made anew costs as much as all else that is held. */
  spare: Lease | undefined;
}

/** What the checks of a program hold, worked out once: it is the same for every decision. */
export function holdingsOf(bank: Bank): Holdings {
  return bank.holdings ?? workOut(bank);
}

function workOut(bank: Bank): Holdings {
  const { counters } = bank;
  const tallies = counters.some(({ check }) => check.kind === 'bucket');
  return (bank.holdings = { all: from(counters), tallies });
}

function from(counters: readonly Counter[]): readonly Holding[] {
  const holdings: (Omit<Holding, 'holders'> & { readonly holders: Holder[] })[] = [];
  counters.forEach((counter, i) => {
    const { record, holdMs } = counter.check;
    if (holdMs === 0) return;
    const known = holdings.find((one) => one.record === record && one.holdMs === holdMs);
    if (known !== undefined) known.holders.push(holderOf(counter, i));
    else
      holdings.push({
        record,
        row: counter.row,
        holdMs,
        holders: [holderOf(counter, i)],
        leads: holdings.every((one) => one.record !== record),
        spare: undefined,
      });
  });
  return holdings;
}

function holderOf(counter: Counter, i: number): Holder {
  const { limitId, slot, kind, lost } = counter.check;
  return {
    i,
    counter,
    limitId,
    slot,
    isPermit: kind === 'concurrency',
    // By its kind: to ask for its class would load it where there are only rates.
    quota: kind === 'quota' ? (counter as Quota) : undefined,
    returns: lost === 'return',
  };
}

/** A lease of what one decision charged to these holders; undefined where that is nothing. Of a bucket more must be known. */
export function leaseOf(holding: Holding, costs: readonly number[]): Lease | undefined {
  const { holders } = holding;
  const lease = holding.spare ?? made(holding);
  const { figures } = lease;
  let charged = false;
  for (let h = 0; h < holders.length; h++) {
    const { i, quota } = holders[h]!;
    const units = costs[i]!;
    figures[2 * h] = units;
    figures[2 * h + 1] = quota === undefined ? 0 : quota.periodAtMs;
    if (units !== 0) charged = true;
  }
  holding.spare = charged ? undefined : lease;
  return charged ? lease : undefined;
}

function made({ holders, holdMs }: Holding): Lease {
  const lease = new Lease('', holdMs, NaN, undefined, undefined);
  lease.holders = holders;
  lease.figures = numbers(2 * holders.length);
  return lease;
}
