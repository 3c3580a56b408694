import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { Ledger, MAX_ENTRIES, REMEMBER_MS, type Entry } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { entryOf, isCharged, keep } from './reservations.ts';

/*
 * Request ids: what was let in under each, in every record that it charged. The first record also remembers what was asked.
 */

/** A request id belongs to the first record's key: callers who share another record must not meet on their ids. */
export function requestName({ requestId, program, keys }: Step): string {
  return JSON.stringify([program.records[0]?.id, keys[0], requestId]);
}

/** Whether this request id was let in before; then its reservation is told again. */
export function replay(step: Step, bank: Bank, t: Instant, out: Outcome): boolean {
  const known = bank.ledgers[0]?.requests.get(requestName(step));
  if (known?.fingerprint === undefined || known.untilMs <= t.now) return false;
  if (known.fingerprint !== fingerprint(step)) {
    throw new HeadgateError(
      'ERR_REQUEST_ID_REUSED',
      `${step.requestId}: expected the operation, costs and keys it first came with`,
    );
  }
  out.reservationId = known.reservationId;
  return (out.replayed = true);
}

/** Remembers, under its request id, what an admission charged for good, and what was asked. */
export function remember(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (bank.ledgers.length === 0) return;
  for (const ledger of bank.ledgers) forget(ledger, t.now);
  out.once = (bank.ledgers[0]?.requests.size ?? 0) < MAX_ENTRIES;
  if (!out.once) return;
  const name = requestName(step);
  const untilMs = t.now + REMEMBER_MS;
  for (let record = 0; record < bank.ledgers.length; record++) {
    const first = chargedTo(step, bank, t, out, record);
    if (first === undefined && record > 0) continue;
    const own = record === 0 ? { fingerprint: fingerprint(step), reservationId: step.reservationId } : NOT_ITS_OWN;
    const ledger = bank.ledgers[record] ?? bank.attach(record, new Ledger());
    ledger.remember(name, { untilMs, ...own, first });
    const counter = bank.counters.find(({ check }) => check.record === record);
    if (counter !== undefined) keep(counter, REMEMBER_MS);
  }
}

const NOT_ITS_OWN = { fingerprint: undefined, reservationId: undefined };

/** Forgets requests that are over: a few each time, since they stand first. */
function forget(ledger: Ledger | undefined, now: number): void {
  for (const [name, { untilMs }] of ledger?.requests ?? []) {
    if (untilMs > now) return;
    ledger!.requests.delete(name);
  }
}

/** What the decision charged to a record for good, counter by counter. */
function chargedTo(step: Step, bank: Bank, t: Instant, out: Outcome, record: number): Entry | undefined {
  let first: Entry | undefined;
  for (let i = bank.counters.length - 1; i >= 0; i--) {
    const { check } = bank.counters[i]!;
    if (check.record !== record || check.holdMs > 0 || !isCharged(check, step.costs[i]!, out, i)) continue;
    const entry = entryOf(bank.counters[i]!, bank.ledgers[record], step.costs[i]!, step.losses?.[i], t);
    entry.next = first;
    first = entry;
  }
  return first;
}

function fingerprint({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs.map(String), keys]);
}
