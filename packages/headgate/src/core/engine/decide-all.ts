import type { Counter, Instant } from '../counters/index.ts';
import { Quota } from '../counters/quota.ts';
import { FIGURES, noOf, numbers, WAIT, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Expectation, Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { carryOver } from './carry-over.ts';
import { holdingsOf } from './holdings.ts';
import { remember, replay } from './requests.ts';
import { isCharged, keep, requireFree, requireReservable, reserve, reserves } from './reservations.ts';
import { aftermath } from './aftermath.ts';
import { forgetDelays, holdsBack } from './delay.ts';
import { leftOf, noted, rungOf, tellBeyond, tellRung } from './ladder.ts';
import { charges, commonWait, countAttempt, enforces, waitOf } from './special.ts';
import { keepCharged, rescale } from './rescale.ts';
import { requireUnits } from './units.ts';
import { admitUsual, holdUsual, judgeUsual } from './usual.ts';

/** To the compiler an import is no constant; this is. */
const PAIR = FIGURES;

/** Decides as `decide` does, with every kind of limit, ids and ledgers. */
export function decideAll(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { requestId, losses, expects } = step;
  if (bank.usual && requestId === undefined && losses === undefined && expects === undefined)
    decideUsual(step, bank, t, out, charging);
  else decideAny(step, bank, t, out, charging);
}

function decideAny(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const before = rescale(bank, t);
  if (before === undefined) return judgeAll(step, bank, t, out, charging);
  let isWritten = false;
  try {
    judgeAll(step, bank, t, out, charging);
    isWritten = charging && out.status === 'ok' && !out.replayed;
  } finally {
    keepCharged(bank, t, before, (check, i) => isWritten && isChargedBy(out, check, step.costs[i]!, i));
  }
}

/** A denial charges those alone that count attempts, or denials. */
function isChargedBy(out: Outcome, check: Check, cost: number, i: number): boolean {
  return out.allowed ? isCharged(check, cost, out, i) : check.count !== 'admitted' && cost > 0;
}

function judgeAll(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  // What is no cost at all must not be looked up under an id either.
  if (step.requestId !== undefined) requireUnits(step, 0);
  const replayed = step.requestId !== undefined && replay(step, bank, t, out);
  if (step.expects !== undefined && !replayed && !isAsExpected(step.expects, bank, t)) {
    out.status = 'stale';
    out.allowed = false;
    return;
  }
  if (!judge(step, bank, t, out, charging && !replayed) && !replayed) return deny(step, bank, t, out, charging);
  admit(step, bank, t, out, charging && !replayed);
  if (!charging || replayed) return;
  reserve(step, bank, t, out);
  if (step.requestId !== undefined) remember(step, bank, t, out);
}

/** Whether counters stand as was assumed when the step was made. */
function isAsExpected(expects: readonly Expectation[], { counters }: Bank, t: Instant): boolean {
  return expects.every(({ check, least, most }) => {
    const room = Math.max(0, counters[check]?.room(t) ?? -1);
    return room >= least && room <= most;
  });
}

/** The same, where no check is but usual: as short as `decide`, and then what is held. */
function decideUsual(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { all: holdings, tallies } = holdingsOf(bank);
  const allowed = judgeUsual(step, bank, t, out, charging);
  if (charging) requireFree(step, bank, holdings);
  if (!allowed) return deny(step, bank, t, out, charging);
  if (!charging) return admit(step, bank, t, out, false);
  admitUsual(step, bank, t, out);
  if (tallies) reserve(step, bank, t, out);
  else holdUsual(step, bank, t, holdings);
}

/** Leaves each check's room in the figures. True when every check that is enforced admits. */
function judge(step: Step, bank: Bank, t: Instant, out: Outcome, reserving: boolean): boolean {
  const { counters } = bank;
  const { costs } = step;
  const { figures } = out;
  let allowed = true;
  // An id that is free in a record is so for all of its checks.
  let reservedIn = -1;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) requireUnits(step, 0);
    if (reserving && reserves(counter.check, cost)) {
      if (counter.check.record !== reservedIn || step.losses !== undefined)
        requireReservable(step, bank, counter.check, i);
      reservedIn = counter.check.record;
    }
    if (!counter.usual) carryOver(step, bank, t, i);
    const room = counter.room(t);
    figures[i * PAIR] = room;
    if (counter.usual ? cost > room && cost !== 0 : refusesNow(counter, cost, room, t, out, i)) allowed = false;
    if (!counter.usual && counter.check.rungs.length > 0) findRung(counter, cost, t, out, i);
  }
  return allowed;
}

/** Whether it refuses, and neither lets it in otherwise nor holds it back. */
function refusesNow(counter: Counter, cost: number, room: number, t: Instant, out: Outcome, i: number): boolean {
  return enforces(counter, cost, room, t) && !holdsBack(counter, cost, t, out, i);
}

/** What only a denial charges passes nothing before there is one. */
function findRung(counter: Counter, cost: number, t: Instant, out: Outcome, i: number): void {
  const { atLeast, count } = counter.check;
  tellRung(out, i, count === 'denials' ? -1 : rungOf(counter, Math.max(cost, atLeast), t));
}

/** Charges every check that an admission charges, and turns each room into what remains. */
function admit(step: Step, { counters }: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { figures } = out;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const cost = step.costs[i]!;
    const room = figures[i * PAIR]!;
    const charged = (counter.usual || charges(counter, step, out, i)) && charging;
    const left = charged && counter.counts ? room - cost : room;
    const resetInMs = charged ? charge(counter, t, cost, step.keys) : counter.resetIn(t, step.keys);
    figures[i * PAIR] = left >= 0 ? left : tellBeyond(counter, t, out, i);
    figures[i * PAIR + 1] = resetInMs;
    if (!counter.usual) tellMore(counter, t, out, i);
    // A charge says so itself.
    if (!charged) keep(counter, counter.holdsFor(t, resetInMs));
  }
}

/** What only some checks tell. An attempt may have been charged beyond the amount, and what grants gave is no less than what the period owes. */
function tellMore(counter: Counter, t: Instant, out: Outcome, i: number): void {
  tellExtra(counter, t, out, i);
  if (counter.check.rungs.length > 0) out.figures[i * FIGURES] = leftOf(counter, t);
  tellBeyond(counter, t, out, i);
}

function tellExtra(counter: Counter, t: Instant, out: Outcome, i: number): void {
  const units = counter instanceof Quota ? counter.extra(t) : 0;
  if (units > 0) out.extras = noted(out.extras, i, units, out.figures.length / FIGURES, 0);
}

/** A cost that is not known yet begins its window all the same: it will be counted there. */
function charge(counter: Counter, t: Instant, cost: number, keys: readonly string[]): number {
  if (cost !== 0) return counter.charge(t, cost, keys);
  if (reserves(counter.check, cost)) counter.charge(t, cost, keys);
  return counter.resetIn(t, keys);
}

/**
 * Tells a denial. Only limits that count attempts or denials are charged, and blocks that this denial triggers
 * begin; every other counter stays as it is. Expects each check's room in the figures.
 */
function deny(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { counters } = bank;
  const { figures } = out;
  const waits = numbers(counters.length);
  out.allowed = false;
  forgetDelays(out);
  out.waits = waits;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const room = figures[i * PAIR]!;
    figures[i * PAIR] = room >= 0 ? room : tellBeyond(counter, t, out, i);
    waits[i] = waitOf(counter, step.costs[i]!, room, t);
    if (charging && !counter.usual) countAttempt(counter, step, bank, t, out, i);
  }
  if (charging && !bank.usual) aftermath(step, bank, t, out);
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    if (!counter.usual) tellMore(counter, t, out, i);
    figures[i * PAIR + 1] = counter.resetIn(t, step.keys);
    keep(counter, counter.holdsFor(t, figures[i * PAIR + 1]!));
  }
  bind(step, bank, t, out);
}

/** Which check binds, and how long the request waits for all of them. */
function bind(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { waits } = out;
  let strongest = 0;
  for (let i = 0; i < waits.length; i++) {
    const strength = strengthOf(waits[i]!);
    if (strength <= strongest) continue;
    strongest = strength;
    out.binding = i;
  }
  const wait = waits[out.binding]!;
  out.no = noOf(wait);
  out.retryAfterMs = wait === WAIT.never ? wait : commonWait(step, bank, t, out);
}

/** never > when freed > until; within until, the longest wait; ties by order. */
function strengthOf(wait: number): number {
  if (wait >= 0) return wait;
  return wait === WAIT.never ? Infinity : wait === WAIT.freed ? Number.MAX_VALUE : 0;
}
