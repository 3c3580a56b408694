import type { GuardedMemos } from '../failing/memos.ts';
import { unlessDown } from '../failing/outage.ts';
import { upon, type Soon } from '../soon.ts';

/** How far a counter is told of, in a period that is known by its beginning. */
export interface ToldOf {
  readonly counter: string;
  readonly periodAtMs: number;
  /** When the period is over; Infinity: never. */
  readonly leftMs: number;
  readonly permille: number;
}

/**
 * The highest fill of this period that others have told of: those who share the store, or this server before it was started anew. From now on it is this one.
 * A store that does not answer knows of none: better twice than not at all.
 */
export function toldBefore(memos: GuardedMemos | undefined, told: ToldOf): Soon<number> {
  if (memos === undefined) return 0;
  const name = `t ${told.counter}`;
  const put = (): Soon<number> =>
    upon(memos.put(name, `${told.periodAtMs} ${told.permille}`, told.leftMs), (text) => {
      const before = permilleIn(text, told.periodAtMs);
      // Whoever was told of more has been told of this, too.
      if (text !== undefined && before > told.permille) void quiet(() => memos.put(name, text, told.leftMs));
      return before;
    });
  return unlessDown(put, () => 0);
}

function quiet(put: () => Soon<unknown>): Soon<unknown> {
  return unlessDown(put, () => undefined);
}

/** What this release did not write says nothing. */
function permilleIn(text: string = '', periodAtMs: number): number {
  const [, period, permille] = /^(\d+) (\d+)$/.exec(text) ?? [];
  return Number(period) === periodAtMs ? Number(permille) : 0;
}
