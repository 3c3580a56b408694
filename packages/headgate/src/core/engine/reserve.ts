import { amend, quotaSegment, type Counter, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { forget, MAX_HOLDS, MAX_REQUEST_IDS, REMEMBER_MS, type Charge, type Ledger } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';

/** Gives back, or turns into use, whatever nobody settled in time. Done before anything is judged. */
export function expire(bank: Bank, now: number): void {
  bank.ledgers.forEach((ledger, record) => {
    if (ledger === undefined || ledger.nextMs > now) return;
    ledger.nextMs = Infinity;
    for (const [id, charges] of ledger.holds) {
      const live = charges.filter((charge) => charge.untilMs > now || !lose(bank, record, charge, now));
      if (live.length === 0) ledger.holds.delete(id);
      else ledger.holds.set(id, live);
      for (const { untilMs } of live) ledger.nextMs = Math.min(ledger.nextMs, untilMs);
    }
  });
}

function lose(bank: Bank, record: number, charge: Charge, now: number): boolean {
  change(bank, record, charge, charge.lost - charge.units, now);
  return true;
}

/** Changes by `delta` units what `charge` left on its counter, as far as it still counts. */
export function change(bank: Bank, record: number, charge: Charge, delta: number, now: number): void {
  const place = bank.find(record, charge.limitId, charge.slot);
  if (place !== undefined && delta !== 0) amend(place.field, place.cells, place.at, now, charge, delta);
}

/** @throws HeadgateError `ERR_RESERVATION_ID` when check `i` cannot be reserved as the step asks. */
export function requireReservable(step: Step, bank: Bank, check: Check, i: number): void {
  const { reservationId: id, losses } = step;
  const ledger = bank.ledgers[check.record];
  if (id === undefined || id === '') throw unreservable(`limit ${check.limitId} holds what it charges: expected an id, got none`);
  if (ledger?.holds.has(id) === true) throw unreservable(`${id}: expected an id that is not in use`);
  if ((ledger?.holds.size ?? 0) >= MAX_HOLDS) throw unreservable(`${step.keys[check.record]}: expected at most ${MAX_HOLDS} at once`);
  const lost = losses?.[i] ?? 0;
  if (!Number.isSafeInteger(lost) || lost < 0) throw unreservable(`losses[${i}]: expected a whole number of units, got ${lost}`);
}

function unreservable(detail: string): HeadgateError {
  return new HeadgateError('ERR_RESERVATION_ID', detail);
}

/** Writes down who holds what this decision is about to charge. */
export function reserve(step: Step, bank: Bank, instant: Instant): void {
  for (let record = 0; record < step.program.records.length; record++) {
    const charges = chargesOf(step, bank, instant, record, true);
    if (charges.length === 0) continue;
    const ledger = bank.openLedger(record);
    ledger.holds.set(step.reservationId!, charges);
    for (const { untilMs } of charges) ledger.nextMs = Math.min(ledger.nextMs, untilMs);
  }
}

/** What the step charges to one record: what it reserves, or what it charges for good. */
function chargesOf(step: Step, bank: Bank, instant: Instant, record: number, reserved: boolean): Charge[] {
  const charges: Charge[] = [];
  bank.counters.forEach((counter, i) => {
    const { check } = counter;
    if (check.record !== record || step.costs[i] === 0 || check.holdMs > 0 !== reserved) return;
    charges.push(chargeOf(counter, step.costs[i]!, step.losses?.[i], instant.now));
  });
  return charges;
}

function chargeOf(counter: Counter, units: number, lost: number | undefined, now: number): Charge {
  const { check, segment } = counter;
  return {
    limitId: check.limitId,
    slot: check.slot,
    units,
    lost: lost ?? (check.kind === 'concurrency' || check.lost === 'return' ? 0 : units),
    atMs: now,
    periodAtMs: check.kind === 'quota' ? quotaSegment(counter, segment).periodAtMs : 0,
    refill: segment.refill,
    untilMs: now + check.holdMs,
    holdMs: check.holdMs,
  };
}

/** Whether this request id was let in before; then its reservation is told again. */
export function replay(step: Step, bank: Bank, instant: Instant, out: Outcome): boolean {
  const ledger = bank.ledgers[0];
  if (ledger === undefined) return false;
  forget(ledger, instant.now);
  const known = ledger.requests.get(step.requestId!);
  if (known === undefined) return false;
  if (known.fingerprint !== fingerprint(step)) {
    throw new HeadgateError('ERR_REQUEST_ID_REUSED', `request id ${step.requestId}: expected the operation, costs and keys it first came with`);
  }
  out.replayed = true;
  out.reservationId = known.reservationId;
  return true;
}

export function remember(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  const ledger: Ledger = bank.openLedger(0);
  if (ledger.requests.size >= MAX_REQUEST_IDS) {
    out.once = false;
    return;
  }
  ledger.requests.set(step.requestId!, {
    untilMs: instant.now + REMEMBER_MS,
    fingerprint: fingerprint(step),
    reservationId: step.reservationId,
    charges: step.program.records.map((_, record) => chargesOf(step, bank, instant, record, false)),
  });
}

function fingerprint({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs, keys]);
}
