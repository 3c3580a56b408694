import { charge, roomOf, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { forget, type Charge, type Ledger } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { change } from './reserve.ts';

/** What becomes of one reserved charge: the units that it keeps. */
type Resolution = (charge: Charge) => number;

/** Replaces what a reservation holds by what was really used. A permit only comes back. */
export function settle(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  step.costs.forEach((cost, i) => requireUnits(cost, i, 0));
  const { checks } = step.program;
  resolve(step, bank, instant, out, ({ limitId, slot, units }) => {
    const i = checks.findIndex((check) => check.limitId === limitId && check.slot === slot);
    if (i < 0) return units;
    return checks[i]!.kind === 'concurrency' ? 0 : step.costs[i]!;
  });
}

/** Gives back all that a reservation holds. */
export function cancel(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  resolve(step, bank, instant, out, () => 0);
}

function resolve(step: Step, bank: Bank, instant: Instant, out: Outcome, kept: Resolution): void {
  const held = bank.ledgers.map((ledger) => take(ledger, step.reservationId));
  if (held.every((charges) => charges === undefined)) {
    out.status = 'unknown';
    return;
  }
  held.forEach((charges, record) => {
    for (const one of charges ?? []) {
      const delta = kept(one) - one.units;
      out.returned -= delta;
      change(bank, record, one, delta, instant.now);
    }
  });
}

function take(ledger: Ledger | undefined, id: string | undefined): Charge[] | undefined {
  const charges = ledger?.holds.get(id ?? '');
  if (charges !== undefined) ledger!.holds.delete(id!);
  return charges;
}

/** Lets every lifetime of a reservation begin again. */
export function renew(step: Step, bank: Bank, { now }: Instant, out: Outcome): void {
  out.status = 'unknown';
  for (const ledger of bank.ledgers) {
    const charges = ledger?.holds.get(step.reservationId ?? '');
    if (charges === undefined) continue;
    // `nextMs` may now be early; it is set right when it comes.
    ledger!.holds.set(step.reservationId!, charges.map((one) => ({ ...one, untilMs: now + one.holdMs })));
    out.status = 'ok';
  }
}

/** Gives back what the decision with this request id charged for good; the id is then free again. */
export function refund(step: Step, bank: Bank, { now }: Instant, out: Outcome): void {
  const ledger = bank.ledgers[0];
  if (ledger !== undefined) forget(ledger, now);
  const known = ledger?.requests.get(step.requestId ?? '');
  if (known === undefined) {
    out.status = 'unknown';
    return;
  }
  ledger!.requests.delete(step.requestId!);
  known.charges.forEach((charges, record) => {
    for (const one of charges) {
      change(bank, record, one, -one.units, now);
      out.returned += one.units;
    }
  });
}

/** Adds `costs`, which may be negative, to levels and quotas: an operator's correction. */
export function adjust(step: Step, bank: Bank, instant: Instant): void {
  step.program.checks.forEach((check, i) => {
    requireUnits(step.costs[i], i, -Number.MAX_SAFE_INTEGER);
    if (step.costs[i] === 0 || check.kind === 'level' || check.kind === 'quota') return;
    throw new HeadgateError('ERR_VERB', `adjust: expected a level or a quota, limit ${check.limitId} is of kind ${check.kind}`);
  });
  bank.counters.forEach((counter, i) => {
    const used = counter.segment.burst - roomOf(counter, instant);
    charge(counter, instant, Math.max(step.costs[i]!, -used), step.keys[counter.check.record] ?? '');
  });
}

/**
 * Empties the records, blocks included. What live reservations hold stays held: permits, levels and quotas
 * are counted again; a rate's window is gone, so settling it later changes nothing.
 */
export function reset(step: Step, bank: Bank): void {
  bank.ledgers.forEach((ledger, record) => {
    bank.clear(record);
    for (const [id, charges] of ledger?.holds ?? []) {
      const kept = charges.filter((one) => countAgain(bank, record, one));
      if (kept.length === 0) ledger!.holds.delete(id);
      else ledger!.holds.set(id, kept);
    }
  });
}

function countAgain(bank: Bank, record: number, one: Charge): boolean {
  const place = bank.find(record, one.limitId, one.slot);
  if (place === undefined) return false;
  const { field, cells, at } = place;
  if (field.kind === 'quota') cells[at + 1] = one.periodAtMs;
  else if (field.kind !== 'concurrency' && field.kind !== 'level') return false;
  cells[at] = cells[at]! + one.units;
  return true;
}

function requireUnits(cost: number | undefined, i: number, least: number): void {
  if (Number.isSafeInteger(cost) && cost! >= least) return;
  throw new HeadgateError('ERR_COST', `costs[${i}]: expected a whole number of units, got ${String(cost)}`);
}
