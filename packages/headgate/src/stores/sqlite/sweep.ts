import { FOREVER, nextProgramId, Outcome, run, type Instant, type Program } from '../../core/index.ts';
import { SqliteBank } from './bank.ts';
import type { Cache } from './cache.ts';
import { isShared, keyOf } from './key.ts';
import type { Kept } from './kept.ts';
import type { Rows } from './rows.ts';

/** Records of the file that are owed a look for each key that is new, and for each tick that writes. */
const A_FRESH_KEY = 4;
const A_TICK = 1;
/** So many are looked at together, at least and at most. */
const LEAST = 32;
const MOST = 1000;

/**
 * Walks the file round and round, a few records at a time, and finds those that hold nothing any more: as many as grow are
 * looked at four times over, so that the file is bounded by what is held.
 */
export class Sweep {
  readonly #rows: Rows;
  readonly #cache: Cache;
  readonly #banks: Map<number, SqliteBank> = new Map();
  #after = 0;
  #owed = 0;

  constructor(rows: Rows, cache: Cache) {
    this.#rows = rows;
    this.#cache = cache;
  }

  /** Looks at the next few; those that hold nothing are to be removed, and time may have changed the others. Undefined when no look is due. */
  next(t: Instant): Kept[] | undefined {
    this.#owed = Math.min(this.#owed + this.#cache.pressing * A_FRESH_KEY + A_TICK, MOST);
    if (this.#owed < LEAST) return undefined;
    const most = this.#owed;
    this.#owed = 0;
    const rows = this.#rows.after(this.#after, t.now, most);
    this.#after = rows.length < most ? 0 : rows.at(-1)!.id;
    return rows.flatMap(({ shape, key }) => (key === null || isShared(key) ? [] : this.#idle(shape, keyOf(key), t)));
  }

  /** By what is in memory where it is, for that is newer; and once what nobody settled in time is given back. */
  #idle(shape: number, key: string, t: Instant): Kept[] {
    const known = this.#cache.found(shape, key);
    if (known !== undefined && known.untilMs > t.now) return [];
    const record = this.#look(shape, key, t);
    // Whatever its ledger remembers, the record is kept as long.
    return record.holdsLevel || record.idleAtMs > t.now ? [] : [record];
  }

  /** Asks nothing of a record, which is enough for what is over to come back. */
  #look(shape: number, key: string, t: Instant): Kept {
    const bank = this.#bankOf(shape);
    const step = { op: 'peek', program: bank.program, keys: [key], costs: [] } as const;
    bank.point(step, t.now);
    run(step, bank, t, new Outcome(t.now, 0));
    const record = this.#cache.found(shape, key)!; // It was read just now.
    const requests = record.ledger?.requests;
    for (const [name, { untilMs }] of requests ?? []) if (untilMs <= t.now) requests!.delete(name);
    return record;
  }

  #bankOf(shape: number): SqliteBank {
    let bank = this.#banks.get(shape);
    if (bank === undefined) this.#banks.set(shape, (bank = new SqliteBank(nothingOf(shape), this.#cache)));
    return bank;
  }
}

/** A program that asks nothing of one record. */
function nothingOf(shape: number): Program {
  const records = [{ id: shape, fields: [] }];
  return { id: nextProgramId(), records, checks: [], validUntilMs: FOREVER, calendar: false };
}
