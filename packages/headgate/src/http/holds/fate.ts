import { evaluate, exactOf, type Hold, type PlannedLimit, type Scope } from '../../profile/index.ts';
import type { Ending } from './ending.ts';
import { idsIn, totalOf, type Ids } from './ids.ts';
import { isSuccess } from './response.ts';

/** What becomes of what one check reserved, now that the exchange is over. */
export interface Fate {
  /** Units that it cost; undefined: it stays reserved. */
  readonly units: number | undefined;
  /** The names that it is held under from now on. */
  readonly ids?: Ids;
  /** What an operator should know. */
  readonly fault?: { readonly is: 'cost' | 'unnamed'; readonly detail: string };
}

/** What is known of one check when its exchange ends. */
export interface Reserved {
  readonly limit: PlannedLimit;
  readonly hold: Hold;
  readonly units: number;
  /** What it costs when nobody says. */
  readonly lost: number;
}

const NOTHING: Fate = { units: 0 };

/**
 * Judges one check. An API that saw nothing of the request did nothing, and neither did one that saw the beginning of one
 * that was cut off. One that may have, and never answered, is taken to have done it:
 * a job runs until its lease ends, a cost is what the policy says is lost. `scope` has the response.
 */
export function fateOf(reserved: Reserved, ending: Ending, scope: () => Scope): Fate {
  if (!ending.reached || ending.cut === true) return NOTHING;
  const { limit, hold } = reserved;
  if (hold.untilClosed === true) return NOTHING;
  if (limit.kind === 'concurrency') return hold.id === undefined ? NOTHING : jobOf(reserved, ending, scope);
  if (ending.status === undefined) return limit.kind === 'level' ? leftOf(reserved, ending) : { units: reserved.lost };
  return limit.kind === 'level' ? levelOf(reserved, ending, scope) : costOf(reserved, scope);
}

/** A job runs on when the response says that it began. */
function jobOf(reserved: Reserved, { status }: Ending, scope: () => Scope): Fate {
  if (status === undefined) return { units: undefined };
  return isSuccess(status) ? named(reserved, undefined, scope) : NOTHING;
}

/** Half of an upload is none; a whole one may be there, by an id that nobody knows. */
function leftOf({ hold, lost }: Reserved, { partial }: Ending): Fate {
  if (partial === true) return NOTHING;
  if (hold.id === undefined || lost === 0) return { units: lost };
  return {
    units: lost,
    fault: {
      is: 'unnamed',
      detail: 'the API never answered: what may be there counts until an operator says otherwise',
    },
  };
}

/** What a success put there stays: for good, or as long as its lease says. */
function levelOf(reserved: Reserved, { status }: Ending, scope: () => Scope): Fate {
  const { hold, units } = reserved;
  if (hold.id !== undefined && hold.stays !== true)
    return isSuccess(status) ? named(reserved, undefined, scope) : NOTHING;
  const cost = hold.actual === undefined ? { units: isSuccess(status) ? units : 0 } : costOf(reserved, scope);
  return hold.id === undefined || cost.units === 0 ? cost : { ...cost, ...named(reserved, cost.units, scope) };
}

function costOf({ hold, units }: Reserved, scope: () => Scope): Fate {
  if (hold.counts !== undefined) return outcomeOf(hold.counts, units, scope);
  // Whoever settles it says so, in this exchange or after it.
  if (hold.actual === undefined) return { units: undefined };
  const actual = exactOf(hold.actual, scope());
  if (actual !== undefined) return { units: actual };
  return {
    units,
    fault: { is: 'cost', detail: 'the response tells no cost that can be charged; what was reserved is' },
  };
}

function outcomeOf(counts: NonNullable<Hold['counts']>, units: number, scope: () => Scope): Fate {
  const does = evaluate(counts, scope());
  if (typeof does === 'boolean') return { units: does ? units : 0 };
  return { units, fault: { is: 'cost', detail: 'the response does not tell whether it counts; it does' } };
}

function named(reserved: Reserved, units: number | undefined, scope: () => Scope): Fate {
  const { id, actual } = reserved.hold;
  const ids = idsIn(id, scope());
  // Where nothing began, nothing is held, unless it is said that it cost something all the same.
  if (ids?.shares === 0 && actual === undefined) return NOTHING;
  if (ids !== undefined && ids.shares !== 0) return { units: totalOf(reserved, units, ids), ids };
  return { units, fault: { is: 'unnamed', detail: 'the response does not tell the id of what is held' } };
}
