import { Quota } from '../counters/quota.ts';
import { total, type Counter, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { bucketName, Lease, Ledger, MAX_ENTRIES, type Entry } from '../ledger.ts';
import { WAIT, type Outcome } from '../outcome.ts';
import type { Check, Segment } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { isCountedAnew, readFigure, readFigures } from './rescale.ts';
import { requireUnits } from './units.ts';
import type { Holder } from '../holders.ts';
import type { Holding } from './holdings.ts';

/*
 * Reservations: what ledgers hold under an id, in each record that the decision charged.
 */

/** What nobody settled may be lost for more than was reserved: that use is only counted when somebody looks, at most so much later. */
export const LOST_MS = 86_400_000;

/**
 * Gives back, or turns into use, what nobody settled in time. Done before anything is judged, and as of the instant at
 * which each ended, in that order, so that it does not matter when somebody looks. Each lease ends once, and none that does not end is looked at.
 */
export function expire(ledger: Ledger, record: number, bank: Bank, t: Instant): void {
  readFigures(bank);
  const then = { now: NaN, wall: t.wall, skewMs: t.skewMs };
  let lease = ledger.first;
  for (; lease !== undefined && lease.untilMs <= t.now; lease = ledger.first) {
    then.now = lease.untilMs;
    for (let entry = ledger.end(lease); entry !== undefined; entry = entry.next)
      amend(counterOf(bank, record, entry, indexOf(bank, entry)), ledger, entry, entry.lost, then);
  }
  ledger.nextMs = lease?.untilMs ?? Infinity;
}

/** Leaves `units` of what an entry charged, as far as it still counts, and says how many came back. */
export function amend(
  counter: Counter | undefined,
  ledger: Ledger | undefined,
  entry: Entry,
  units: number,
  t: Instant,
): number {
  const delta = units - entry.units;
  if (delta === 0 || counter === undefined || (delta < 0 && isCountedAnew(counter, entry.atMs))) return 0;
  const later = counter.check.kind === 'bucket' ? chargedTo(ledger, entry) - entry.chargedUnits : 0;
  const returned = counter.amend(t, entry, delta, later);
  if (delta > 0) more(counter, ledger, delta, t);
  return returned;
}

/** What is charged in addition may be felt for longer than what was charged then. */
function more(counter: Counter, ledger: Ledger | undefined, units: number, t: Instant): void {
  tally(counter.check, ledger, units);
  if (counter.check.kind !== 'bucket' || (counter.segment as Segment | undefined) === undefined) return;
  counter.room(t);
  keep(counter, counter.holdsFor(t, counter.resetIn(t, [])));
}

/** The counter that an entry is of: the program's, at its index `i`, or another of the record. */
export function counterOf(bank: Bank, record: number, entry: Entry, i: number): Counter | undefined {
  if (i >= 0) return bank.counters[i];
  const found = bank.find(record, entry.limitId, entry.slot);
  if (found !== undefined) readFigure(bank, found);
  return found;
}

/** Which check of the program an entry is of; -1 when it is of another's. */
export function indexOf({ counters }: Bank, { limitId, slot }: Entry): number {
  for (let i = 0; i < counters.length; i++) {
    const { check } = counters[i]!;
    if (check.limitId === limitId && check.slot === slot) return i;
  }
  return -1;
}

/** Counts what a bucket is charged while its record remembers anything. */
export function tally(check: Check, ledger: Ledger | undefined, units: number): void {
  if (check.kind === 'bucket') ledger?.tally(bucketName(check), total(chargedTo(ledger, check), units));
}

function chargedTo(ledger: Ledger | undefined, bucket: Pick<Check, 'limitId' | 'slot'>): number {
  return ledger?.charged.get(bucketName(bucket)) ?? 0;
}

/** @throws HeadgateError `ERR_RESERVATION_ID` when check `i` cannot be reserved as the step asks. */
export function requireReservable(step: Step, bank: Bank, check: Check, i: number): void {
  const { reservationId, losses } = step;
  const ledger = bank.ledgers[check.record];
  const lost = losses?.[i] ?? 0;
  const isFree = ledger === undefined || (ledger.find(reservationId!) === undefined && ledger.hasRoom());
  if (reservationId && isFree && Number.isSafeInteger(lost) && lost >= 0) return;
  // Of two wrongs the cost is told, whichever way a step is decided.
  requireUnits(step, 0);
  throw new HeadgateError(
    'ERR_RESERVATION_ID',
    `expected an id not in use, at most ${MAX_ENTRIES} a record, and losses in units; got id ${reservationId}, losses ${lost}`,
  );
}

/** The same of all that the program holds: an id that is free in a record is so for all of its checks. */
export function requireFree(step: Step, bank: Bank, holdings: readonly Holding[]): void {
  for (let h = 0; h < holdings.length; h++) {
    const ledger = bank.ledgers[holdings[h]!.record];
    // Where nothing is reserved, any id is free.
    if (!step.reservationId || (ledger !== undefined && !ledger.isFree)) requireFreeFor(holdings[h]!, step, bank);
  }
}

function requireFreeFor(holding: Holding, step: Step, bank: Bank): void {
  const first = firstCharged(holding, step.costs);
  if (first !== undefined) requireReservable(step, bank, first.counter.check, first.i);
}

function firstCharged({ holders }: Holding, costs: readonly number[]): Holder | undefined {
  for (let h = 0; h < holders.length; h++) if (costs[holders[h]!.i] !== 0) return holders[h];
  return undefined;
}

/** Writes down what an admission charged, as far as its records remember anything, and holds what it reserves. */
export function reserve(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { counters } = bank;
  let lease: Lease | undefined;
  let record = -1;
  for (let i = 0; i < counters.length; i++) {
    const { check } = counters[i]!;
    const cost = step.costs[i]!;
    if (!isCharged(check, cost, out, i)) continue;
    if (check.kind === 'bucket') tally(check, bank.ledgers[check.record], cost);
    if (check.holdMs === 0) continue;
    // What one record holds mostly stands side by side.
    if (check.record !== record) lease = bank.ledgers[check.record]?.find(step.reservationId!);
    record = check.record;
    lease = hold(step, bank, t, i, lease);
  }
}

export function isCharged(check: Check, cost: number, { waits }: Outcome, i: number): boolean {
  const { count } = check;
  if (count === 'denials' || (cost === 0 && !reserves(check, 0))) return false;
  return waits[i] !== WAIT.shadow || count === 'attempts';
}

/** Whether a check holds something until it is settled: what it costs, or, where something must be left, a cost not known yet. */
export function reserves({ holdMs, atLeast }: Check, cost: number): boolean {
  return holdMs > 0 && (cost !== 0 || atLeast > 0);
}

/** Holds what check `i` charged, in the lease of its length of time, and says which lease leads now. */
function hold(
  { costs, losses, reservationId }: Step,
  bank: Bank,
  t: Instant,
  i: number,
  leading: Lease | undefined,
): Lease {
  const counter = bank.counters[i]!;
  const { record, holdMs } = counter.check;
  const ledger = bank.ledgers[record] ?? bank.attach(record, new Ledger());
  const entry = entryOf(counter, ledger, costs[i]!, losses?.[i], t);
  keep(counter, entry.lost > entry.units ? holdMs + LOST_MS : holdMs);
  let lease = leading;
  while (lease !== undefined && lease.holdMs !== holdMs) lease = lease.other;
  if (lease === undefined) return ledger.reserve(new Lease(reservationId!, holdMs, t.now + holdMs, leading, entry));
  append(lease, entry);
  return leading!; // It led to the lease.
}

/** In the order of the checks: so they are given back. */
function append(lease: Lease, entry: Entry): void {
  let last = lease.first;
  while (last?.next !== undefined) last = last.next;
  if (last === undefined) lease.first = entry;
  else last.next = entry;
}

/** A record that remembers something is not forgotten. */
export function keep({ row }: Counter, heldMs: number): void {
  if (heldMs > row.heldMs) row.heldMs = heldMs;
}

export function entryOf(
  counter: Counter,
  ledger: Ledger | undefined,
  units: number,
  losses: number | undefined,
  { now }: Instant,
): Entry {
  const { check, row, offset } = counter;
  const { limitId, slot, kind, holdMs, lost } = check;
  const kept = losses ?? (lost === 'return' ? 0 : units);
  return {
    limitId,
    slot,
    units,
    lost: holdMs === 0 ? units : kind === 'concurrency' ? 0 : kept,
    atMs: now,
    periodAtMs: kind === 'quota' ? row.cells[row.base + offset + 1]! : 0,
    chargedUnits: kind === 'bucket' ? chargedTo(ledger, check) : 0,
    draws: counter instanceof Quota ? counter.grants?.draws : undefined,
    next: undefined,
  };
}
