import type { Counter } from '../counters/index.ts';
import type { Ledger } from '../ledger.ts';
import type { Holdings } from './holdings.ts';

/**
 * What a store lends the engine for one step: where each check's counter stands, and what its records
 * remember. The engine reads and writes through it and keeps nothing.
 */
export interface Bank {
  /** One a check of the program, in order, each pointed at its numbers. */
  readonly counters: readonly Counter[];
  /** Whether every counter is plain, and no record has a ledger: then only time changes a denial. */
  readonly plain: boolean;
  /** Whether every counter is a usual one: a denial changes nothing, and at no cost nobody is denied. */
  readonly usual: boolean;
  /** What the checks hold, once the engine has worked it out; a store leaves it undefined. */
  holdings: Holdings | undefined;
  /** The span of wall time for which the counters are known to be pointed at the amounts in force; empty at first. */
  inForceFromMs: number;
  inForceUntilMs: number;
  /** One a record of the program, in order: its ledger, if it has one. */
  readonly ledgers: readonly (Ledger | undefined)[];
  /** Gives the record, which has none, a ledger. */
  attach(record: number, ledger: Ledger): Ledger;
  /** Another counter of the same record; undefined when the record has none of that identity. */
  find(record: number, limitId: number, slot: number): Counter | undefined;
  /** Empties every counter of the record, as far as `useOf` it says. */
  clear(record: number): void;
}
