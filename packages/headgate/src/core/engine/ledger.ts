import type { Counter, Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { MAX_ENTRIES, REMEMBER_MS, type Entry, type Ledger } from '../ledger.ts';
import { WAIT, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';

/*
 * Reservations and request ids: entries in the ledgers of the records that a decision charged, one a counter, and one
 * more, in the first record, for a request id itself.
 */

/** What an entry is found by. Reservations and requests are apart, whatever their ids. */
export function nameOf(mark: '=' | '?', id: string | undefined, { limitId, slot }: Pick<Check, 'limitId' | 'slot'>): string {
  return `${mark}${limitId}/${slot}/${id}`;
}

/** The entry of a request id itself stands under no limit. */
const ITSELF = { limitId: 0, slot: -1 };

/** Gives back, or turns into use, what nobody settled in time; forgets old requests. Done before anything is judged. */
export function expire(bank: Bank, t: Instant): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    const ledger = bank.ledgers[record];
    if (ledger === undefined || ledger.nextMs > t.now) continue;
    ledger.nextMs = Infinity;
    for (const [name, entry] of ledger.entries) {
      if (entry.untilMs <= t.now) {
        ledger.entries.delete(name);
        bank.find(record, entry.limitId, entry.slot)?.amend(t, entry, entry.lost - entry.units);
      } else write(ledger, name, entry);
    }
  }
}

function write(ledger: Ledger, name: string, entry: Entry): void {
  ledger.entries.set(name, entry);
  if (entry.untilMs < ledger.nextMs) ledger.nextMs = entry.untilMs;
}

/** @throws HeadgateError `ERR_RESERVATION_ID` when check `i` cannot be reserved as the step asks. */
export function requireReservable({ reservationId: id, losses }: Step, bank: Bank, check: Check, i: number): void {
  const entries = bank.ledgers[check.record]?.entries;
  const lost = losses?.[i] ?? 0;
  if (id && !entries?.has(nameOf('=', id, check)) && (entries?.size ?? 0) < MAX_ENTRIES && Number.isSafeInteger(lost) && lost >= 0) return;
  throw new HeadgateError('ERR_RESERVATION_ID', `expected an id not in use, at most ${MAX_ENTRIES} a record, and losses in units; got id ${id}, losses ${lost}`);
}

/** Writes down what the decision reserved, and, under a request id, what it charged for good. */
export function note(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { requestId, reservationId, costs, losses } = step;
  out.once = requestId === undefined || (bank.ledgers[0]?.entries.size ?? 0) < MAX_ENTRIES;
  bank.counters.forEach((counter, i) => {
    const { check } = counter;
    const id = check.holdMs > 0 ? reservationId : requestId;
    const charged = costs[i] !== 0 && (out.waits[i] !== WAIT.shadow || check.count === 'attempts');
    if (check.record < 0 || !charged || id === undefined || !out.once) return;
    write(bank.openLedger(check.record), nameOf(check.holdMs > 0 ? '=' : '?', id, check), entryOf(counter, costs[i]!, losses?.[i], t));
  });
  if (requestId === undefined || !out.once) return;
  const marker = { ...ITSELF, units: 0, lost: 0, untilMs: t.now + REMEMBER_MS, holdMs: 0, atMs: 0, periodAtMs: 0, refill: 0 };
  write(bank.openLedger(0), nameOf('?', requestId, ITSELF), { ...marker, fingerprint: fingerprint(step), reservationId });
}

function entryOf({ check, segment, row, offset }: Counter, units: number, losses: number | undefined, { now }: Instant): Entry {
  const { limitId, slot, kind, holdMs, lost } = check;
  const returns = holdMs > 0 && (kind === 'concurrency' || lost === 'return');
  return {
    limitId,
    slot,
    units,
    lost: losses ?? (returns ? 0 : units),
    untilMs: now + (holdMs || REMEMBER_MS),
    holdMs,
    atMs: now,
    periodAtMs: kind === 'quota' ? row.cells[row.base + offset + 1]! : 0,
    refill: segment.refill,
  };
}

/** Whether this request id was let in before; then its reservation is told again. */
export function replay(step: Step, bank: Bank, out: Outcome): boolean {
  const known = bank.ledgers[0]?.entries.get(nameOf('?', step.requestId, ITSELF));
  if (known === undefined) return false;
  if (known.fingerprint !== fingerprint(step)) {
    throw new HeadgateError('ERR_REQUEST_ID_REUSED', `${step.requestId}: expected the operation, costs and keys it first came with`);
  }
  out.reservationId = known.reservationId;
  return (out.replayed = true);
}

/** Forgets a request id, so that it may be charged again. */
export function forget({ requestId }: Step, bank: Bank): boolean {
  return bank.ledgers[0]?.entries.delete(nameOf('?', requestId, ITSELF)) ?? false;
}

function fingerprint({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs, keys]);
}
