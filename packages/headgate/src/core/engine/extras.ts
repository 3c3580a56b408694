import type { Counter, Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
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

/** What a decision asks about checks that are not plain, and about ledgers. */
export interface Extras {
  /** Before anything is judged: what nobody settled in time is given back, or lost. */
  expire(bank: Bank, t: Instant): void;
  /** Whether this request id was let in before. */
  replay(step: Step, bank: Bank, t: Instant, out: Outcome): boolean;
  /** What must be known, or moved, before check `i` can be judged. */
  prepare(step: Step, bank: Bank, t: Instant, out: Outcome, i: number): void;
  /** Whether check `i` refuses the step, given its room. */
  enforces(counter: Counter, cost: number, room: number): boolean;
  /** Whether an admission charges check `i`. */
  charges(counter: Counter, step: Step, out: Outcome, i: number): boolean;
  /** After an admission: what ledgers must remember. */
  note(step: Step, bank: Bank, t: Instant, out: Outcome): void;
  /** Why check `i` refuses, or how long. */
  waitOf(counter: Counter, cost: number, room: number, t: Instant): number;
  /** What a denial changes, where it does. */
  react(counter: Counter, step: Step, bank: Bank, t: Instant, out: Outcome, i: number): void;
  /** The wait over all checks. */
  commonWait(step: Step, bank: Bank, t: Instant, out: Outcome): number;
}

export const EXTRAS: Extras = {
  expire() {},
  replay: missing,
  prepare: missing,
  enforces: missing,
  charges: missing,
  note: missing,
  waitOf: missing,
  react: missing,
  commonWait: missing,
};

/** @throws HeadgateError `ERR_NOT_PLUGGED` */
export function missing(): never {
  throw new HeadgateError('ERR_NOT_PLUGGED', 'more than rates needs plugAll() of "headgate/all", called once');
}
