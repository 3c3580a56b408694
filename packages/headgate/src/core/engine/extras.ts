import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Op, Step } from '../store.ts';
import type { Bank } from './bank.ts';

/*
 * Rates alone are what most programs limit, and what the smallest entry carries. Everything else (quotas, permits, levels,
 * blocks, shadows, attempts, reservations, request ids) is plugged in by `plugAll`, which every entry that can ask for it calls.
 */

export type Verb = (step: Step, bank: Bank, t: Instant, out: Outcome) => void;

/** Verbs beside decide and peek. */
export const VERBS: Partial<Record<Op, Verb>> = {
  reset: (_step, bank) => bank.ledgers.forEach((_, record) => bank.clear(record)),
};

/** What stands behind a decision where plain rates do not suffice. */
export interface Extras {
  /** Points every counter at the amount in force, where amounts change with time. False where none is known. */
  isInForce(program: Program, bank: Bank, t: Instant, out: Outcome): boolean;
  /** Before anything is judged: what nobody settled in time is given back, or lost. */
  expire(ledger: Ledger, record: number, bank: Bank, t: Instant): void;
  /** Decides with every kind of limit, ids and ledgers. */
  decide(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void;
}

export const EXTRAS: Extras = { isInForce: missing, expire: missing, decide: missing };

/** @throws HeadgateError `ERR_NOT_PLUGGED` */
export function missing(): never {
  throw new HeadgateError('ERR_NOT_PLUGGED', 'this needs plugAll() of "headgate/all", called once');
}
