import type { Counter, Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Op, Step } from '../store.ts';
import type { Bank } from './bank.ts';

/*
 * Rates alone are what most programs limit, and what the smallest entry carries. Everything that is held (quotas, permits,
 * levels, blocks, reservations, request ids) is plugged in by `plugAll`, which every entry that can ask for it calls.
 */

export type Verb = (step: Step, bank: Bank, t: Instant, out: Outcome) => void;

/** Verbs beside decide and peek. */
export const VERBS: Partial<Record<Op, Verb>> = {
  reset: (_step, bank) => bank.ledgers.forEach((_, record) => bank.clear(record)),
};

/** What a decision must ask of ledgers, where there are any. */
export interface LedgerKeeper {
  expire(bank: Bank, t: Instant): void;
  replay(step: Step, bank: Bank, out: Outcome): boolean;
  carry(counter: Counter, step: Step, bank: Bank, t: Instant): void;
  requireReservable(step: Step, bank: Bank, check: Check, i: number): void;
  note(step: Step, bank: Bank, t: Instant, out: Outcome): void;
}

export const LEDGERS: LedgerKeeper = {
  expire() {},
  carry: missing,
  replay: missing,
  requireReservable: missing,
  note: missing,
};

/** @throws HeadgateError `ERR_NOT_PLUGGED` */
export function missing(): never {
  throw new HeadgateError('ERR_NOT_PLUGGED', 'what is held, or known by an id, needs plugAll() of "headgate/all", called once');
}
