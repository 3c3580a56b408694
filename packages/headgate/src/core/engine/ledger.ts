import { Quota, type Counter, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { MAX_ENTRIES, REMEMBER_MS, requestName, reservationName, type Charge, type Ledger } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';

/*
 * Reservations and request ids: entries in the ledgers of the records that a decision charged.
 */

/** Gives back, or turns into use, what nobody settled in time; forgets old requests. Done before anything is judged. */
export function expire(bank: Bank, t: Instant): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    const ledger = bank.ledgers[record];
    if (ledger !== undefined && ledger.nextMs <= t.now) sweep(ledger, bank, record, t);
  }
}

function sweep(ledger: Ledger, bank: Bank, record: number, t: Instant): void {
  ledger.nextMs = Infinity;
  for (const [name, entry] of ledger.entries) {
    const live = entry.charges.filter((one) => one.untilMs > t.now);
    for (const one of entry.charges) if (one.untilMs <= t.now) change(bank, record, one, one.lost - one.units, t);
    const untilMs = live.reduce((last, one) => Math.max(last, one.untilMs), entry.fingerprint === undefined ? 0 : entry.untilMs);
    if (untilMs <= t.now) ledger.entries.delete(name);
    else write(ledger, name, { ...entry, charges: live, untilMs });
  }
}

function write(ledger: Ledger, name: string, entry: { charges: readonly Charge[]; untilMs: number; fingerprint: string | undefined; reservationId: string | undefined }): void {
  ledger.entries.set(name, entry);
  ledger.nextMs = entry.charges.reduce((next, { untilMs }) => Math.min(next, untilMs), Math.min(ledger.nextMs, entry.untilMs));
}

/** Changes by `delta` units what a charge left on its counter, as far as it still counts. */
export function change(bank: Bank, record: number, one: Charge, delta: number, t: Instant): void {
  if (delta !== 0) bank.find(record, one.limitId, one.slot)?.amend(t, one, delta);
}

/** @throws HeadgateError `ERR_RESERVATION_ID` when check `i` cannot be reserved as the step asks. */
export function requireReservable({ reservationId: id, losses }: Step, bank: Bank, record: number, i: number): void {
  const entries = bank.ledgers[record]?.entries;
  const lost = losses?.[i] ?? 0;
  const wrong =
    id === undefined || id === '' ? 'expected an id, got none'
    : entries?.has(reservationName(id)) === true ? `${id}: expected an id not in use`
    : (entries?.size ?? 0) >= MAX_ENTRIES ? `expected at most ${MAX_ENTRIES} a record`
    : !Number.isSafeInteger(lost) || lost < 0 ? `losses[${i}]: expected a whole number, got ${lost}`
    : undefined;
  if (wrong !== undefined) throw new HeadgateError('ERR_RESERVATION_ID', wrong);
}

/** Writes down, record by record, what the decision reserves. */
export function reserve(step: Step, bank: Bank, t: Instant): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    const charges = chargesOf(step, bank, t, record, true);
    const untilMs = charges.reduce((last, one) => Math.max(last, one.untilMs), 0);
    if (charges.length > 0) {
      write(bank.openLedger(record), reservationName(step.reservationId!), { charges, untilMs, fingerprint: undefined, reservationId: undefined });
    }
  }
}

/** Writes down, record by record, what the decision charged for good, so that its request id is not charged again. */
export function remember(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if ((bank.ledgers[0]?.entries.size ?? 0) >= MAX_ENTRIES) {
    out.once = false;
    return;
  }
  const { requestId, reservationId } = step;
  for (let record = 0; record < bank.ledgers.length; record++) {
    const charges = chargesOf(step, bank, t, record, false);
    write(bank.openLedger(record), requestName(requestId!), { charges, untilMs: t.now + REMEMBER_MS, fingerprint: fingerprint(step), reservationId });
  }
}

/** Whether this request id was let in before; then its reservation is told again. */
export function replay(step: Step, bank: Bank, out: Outcome): boolean {
  let found = false;
  for (const ledger of bank.ledgers) {
    const known = ledger?.entries.get(requestName(step.requestId!));
    if (known === undefined) continue;
    if (known.fingerprint !== fingerprint(step)) {
      throw new HeadgateError('ERR_REQUEST_ID_REUSED', `${step.requestId}: expected the operation, costs and keys it first came with`);
    }
    found = true;
    out.reservationId = known.reservationId;
  }
  return (out.replayed = found);
}

function chargesOf(step: Step, { counters }: Bank, t: Instant, record: number, reserved: boolean): Charge[] {
  const charges: Charge[] = [];
  counters.forEach((counter, i) => {
    const { check } = counter;
    if (check.record !== record || step.costs[i] === 0 || check.holdMs > 0 !== reserved) return;
    charges.push(chargeOf(counter, step.costs[i]!, step.losses?.[i], t.now));
  });
  return charges;
}

function chargeOf(counter: Counter, units: number, losses: number | undefined, now: number): Charge {
  const { limitId, slot, kind, holdMs, lost } = counter.check;
  return {
    limitId,
    slot,
    units,
    lost: holdMs === 0 ? units : (losses ?? (kind === 'concurrency' || lost === 'return' ? 0 : units)),
    atMs: now,
    periodAtMs: counter instanceof Quota ? counter.held(counter.segment).periodAtMs : 0,
    refill: counter.segment.refill,
    untilMs: now + (holdMs || REMEMBER_MS),
    holdMs,
  };
}

function fingerprint({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs, keys]);
}
