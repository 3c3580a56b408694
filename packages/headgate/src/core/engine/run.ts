import type { Instant } from '../counters/index.ts';
import type { Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Op, Step } from '../store.ts';
import { amendCharge } from './amend.ts';
import type { Bank } from './bank.ts';
import { decideAll } from './decide-all.ts';
import { peek, tell } from './decide.ts';
import type { Verb } from './extras.ts';
import { grant } from './grant.ts';
import { isInForce } from './in-force.ts';
import { tellBeyond } from './ladder.ts';
import { expire } from './reservations.ts';
import { adjust, refund, renew, reset, resolve } from './verbs.ts';

/*
 * Each of these is small, and what few steps ask for stands apart: the compiler puts so much together and no more, and a decision
 * whose counters it leaves out takes a tenth longer.
 */

/** Carries out a decision that is more than plain rates. */
export function runDecide(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (begins(step.program, bank, t, out)) decideAll(step, bank, t, out, true);
}

/** Carries out any other step. */
export function runVerb(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (!begins(step.program, bank, t, out)) return;
  const { op } = step;
  if (op === 'peek') return lookAt(step, bank, t, out);
  if (op === 'settle' || op === 'cancel') resolve(step, bank, t, out);
  else VERBS[op]!(step, bank, t, out); // Every op is one of these, or was met before.
  if (bank.usual) tell(step, bank, t, out, tellBeyond);
  else tellAny(step, bank, t, out);
}

/** What comes before anything else: the amounts of now, and what nobody settled in time. */
function begins(program: Program, bank: Bank, t: Instant, out: Outcome): boolean {
  if (program.calendar && !isInForce(program, bank, t, out)) return false;
  const { ledgers } = bank;
  for (let r = 0; r < ledgers.length; r++) {
    const ledger = ledgers[r];
    if (ledger !== undefined && ledger.nextMs <= t.now) expire(ledger, r, bank, t);
  }
  return true;
}

function lookAt(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (bank.plain && step.requestId === undefined) peek(step, bank, t, out);
  else decideAll(step, bank, t, out, false);
}

/** After a verb, what is held now is told, as a peek at no cost finds it. */
function tellAny({ program, keys }: Step, bank: Bank, t: Instant, out: Outcome): void {
  decideAll({ op: 'peek', program, keys, costs: program.checks.map(() => 0) }, bank, t, out, false);
}

const VERBS: Readonly<Partial<Record<Op, Verb>>> = { refund, renew, amend: amendCharge, adjust, grant, reset };
