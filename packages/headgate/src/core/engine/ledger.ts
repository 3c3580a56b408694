import { total, type Counter, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { bucketName, MAX_ENTRIES, REMEMBER_MS, type Entry, type Ledger } from '../ledger.ts';
import { WAIT, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';

/*
 * Reservations and request ids: what ledgers remember under an id, in each record that the decision charged. The first
 * record also remembers the request id itself.
 */

/** What entries are found by. Reservations and requests are apart, whatever their ids. */
export function reservationName({ reservationId }: Step): string {
  return `=${reservationId}`;
}

/** A request id belongs to the first record's key: callers who share another record must not meet on their ids. */
export function requestName({ requestId, program, keys }: Step): string {
  return `?${JSON.stringify([program.records[0]?.id, keys[0], requestId])}`;
}

/**
 * Gives back, or turns into use, what nobody settled in time. Done before anything is judged, and as
 * of the instant at which each ended, so that it does not matter when somebody looks.
 */
export function expire(bank: Bank, t: Instant): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    const ledger = bank.ledgers[record];
    if (ledger === undefined || ledger.nextMs > t.now) continue;
    ledger.nextMs = Infinity;
    for (const [name, entries] of ledger.entries) {
      const live = entries.filter((entry) => entry.untilMs > t.now);
      for (const entry of entries)
        if (entry.untilMs <= t.now) amend(bank, record, entry, entry.lost, { ...t, now: entry.untilMs });
      if (live.length === 0) ledger.entries.delete(name);
      else write(ledger, name, live);
    }
  }
}

/** Leaves `units` of what an entry charged, as far as it still counts, and says how many came back. */
export function amend(bank: Bank, record: number, entry: Entry, units: number, t: Instant): number {
  const counter = bank.counters[indexOf(bank, entry)] ?? bank.find(record, entry.limitId, entry.slot);
  if (counter === undefined) return 0;
  const delta = units - entry.units;
  const ledger = bank.ledgers[record];
  const returned = counter.amend(t, entry, delta, chargedTo(ledger, entry) - entry.chargedUnits);
  if (delta > 0) tally(counter.check, ledger, delta);
  return returned;
}

/** Which check of the program an entry is of; -1 when it is of another's. */
export function indexOf({ counters }: Bank, { limitId, slot }: Entry): number {
  return counters.findIndex(({ check }) => check.limitId === limitId && check.slot === slot);
}

/** Counts what a bucket is charged while its record remembers anything. */
export function tally(check: Check, ledger: Ledger | undefined, units: number): void {
  if (check.kind === 'bucket') ledger?.charged.set(bucketName(check), total(chargedTo(ledger, check), units));
}

function chargedTo(ledger: Ledger | undefined, bucket: Pick<Check, 'limitId' | 'slot'>): number {
  return ledger?.charged.get(bucketName(bucket)) ?? 0;
}

function write(ledger: Ledger, name: string, entries: readonly Entry[]): void {
  ledger.entries.set(name, entries);
  for (const { untilMs } of entries) if (untilMs < ledger.nextMs) ledger.nextMs = untilMs;
}

/** @throws HeadgateError `ERR_RESERVATION_ID` when check `i` cannot be reserved as the step asks. */
export function requireReservable(step: Step, bank: Bank, check: Check, i: number): void {
  const entries = bank.ledgers[check.record]?.entries;
  const lost = step.losses?.[i] ?? 0;
  if (
    step.reservationId &&
    !entries?.has(reservationName(step)) &&
    (entries?.size ?? 0) < MAX_ENTRIES &&
    Number.isSafeInteger(lost) &&
    lost >= 0
  )
    return;
  throw new HeadgateError(
    'ERR_RESERVATION_ID',
    `expected an id not in use, at most ${MAX_ENTRIES} a record, and losses in units; got id ${step.reservationId}, losses ${lost}`,
  );
}

/** Writes down what an admission charged: as far as its records remember anything, and under its ids. */
export function note(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  bank.counters.forEach((counter, i) => {
    if (isCharged(counter, step, out, i)) tally(counter.check, bank.ledgers[counter.check.record], step.costs[i]!);
  });
  if ((step.requestId ?? step.reservationId) !== undefined) remember(step, bank, t, out);
}

function isCharged({ check }: Counter, { costs }: Step, { waits }: Outcome, i: number): boolean {
  return (costs[i] !== 0 || reserves(check, 0)) && (waits[i] !== WAIT.shadow || check.count === 'attempts');
}

/** Whether a check holds something until it is settled: what it costs, or, where something must be left, a cost not known yet. */
export function reserves({ holdMs, atLeast }: Check, cost: number): boolean {
  return holdMs > 0 && (cost !== 0 || atLeast > 0);
}

/** What is reserved, and, under a request id, what is charged for good. */
function remember(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { requestId, reservationId } = step;
  const asked = requestId !== undefined && bank.ledgers.length > 0;
  if (asked) bank.ledgers.forEach((ledger) => forget(ledger, t.now));
  out.once = !asked || (bank.ledgers[0]?.requests.size ?? 0) < MAX_ENTRIES;
  for (let record = 0; record < bank.ledgers.length; record++) {
    const charged = entriesOf(step, bank, t, out, record);
    const reserved = charged.filter(({ holdMs }) => holdMs > 0);
    if (reserved.length > 0) write(bank.openLedger(record), reservationName(step), reserved);
    if (!asked || !out.once) continue;
    const known = charged.filter(({ holdMs }) => holdMs === 0);
    if (record === 0)
      known.push({ ...NOTHING, untilMs: t.now + REMEMBER_MS, fingerprint: fingerprint(step), reservationId });
    if (known.length > 0) bank.openLedger(record).requests.set(requestName(step), known);
  }
}

/** Forgets requests that are over: a few each time, since they stand first. */
function forget(ledger: Ledger | undefined, now: number): void {
  for (const [name, entries] of ledger?.requests ?? []) {
    if (isLive(entries, now)) return;
    ledger!.requests.delete(name);
  }
}

/** Whether any of it still lasts: requests are not forgotten the instant that they are over. */
export function isLive(entries: readonly Entry[], now: number): boolean {
  return entries.some(({ untilMs }) => untilMs > now);
}

/** The entry of a request id itself charges nothing. */
const NOTHING = { limitId: -1, slot: 0, units: 0, lost: 0, holdMs: 0, atMs: 0, periodAtMs: 0, chargedUnits: 0 };

/** What the decision charged to a record, counter by counter. */
function entriesOf(step: Step, bank: Bank, t: Instant, out: Outcome, record: number): Entry[] {
  return bank.counters.flatMap((counter, i) =>
    counter.check.record === record && isCharged(counter, step, out, i)
      ? [entryOf(counter, bank.ledgers[record], step.costs[i]!, step.losses?.[i], t)]
      : [],
  );
}

function entryOf(
  { check, row, offset }: Counter,
  ledger: Ledger | undefined,
  units: number,
  losses: number | undefined,
  { now }: Instant,
): Entry {
  const { limitId, slot, kind, holdMs, lost } = check;
  const kept = losses ?? (lost === 'return' ? 0 : units);
  return {
    limitId,
    slot,
    units,
    lost: holdMs === 0 ? units : kind === 'concurrency' ? 0 : kept,
    untilMs: now + (holdMs || REMEMBER_MS),
    holdMs,
    atMs: now,
    periodAtMs: kind === 'quota' ? row.cells[row.base + offset + 1]! : 0,
    chargedUnits: chargedTo(ledger, check),
  };
}

/** Whether this request id was let in before; then its reservation is told again. */
export function replay(step: Step, bank: Bank, t: Instant, out: Outcome): boolean {
  const entries = bank.ledgers[0]?.requests.get(requestName(step));
  const known = entries?.find((entry) => entry.fingerprint !== undefined && entry.untilMs > t.now);
  if (known === undefined) return false;
  if (known.fingerprint !== fingerprint(step)) {
    throw new HeadgateError(
      'ERR_REQUEST_ID_REUSED',
      `${step.requestId}: expected the operation, costs and keys it first came with`,
    );
  }
  out.reservationId = known.reservationId;
  return (out.replayed = true);
}

function fingerprint({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs.map(String), keys]);
}
