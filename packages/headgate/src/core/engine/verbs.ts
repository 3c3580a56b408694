import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { requestName, reservationName, type Charge } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { change } from './ledger.ts';

/**
 * Resolves what a ledger remembers, once: settle keeps what was really used, cancel and refund keep nothing. A
 * permit only ever comes back.
 */
export function resolve(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.op === 'settle') requireUnits(step, 0);
  const name = step.op === 'refund' ? requestName(step.requestId ?? '') : reservationName(step.reservationId ?? '');
  out.status = 'unknown';
  bank.ledgers.forEach((ledger, record) => {
    const entry = ledger?.entries.get(name);
    if (entry === undefined) return;
    ledger!.entries.delete(name);
    out.status = 'ok';
    for (const one of entry.charges) {
      const delta = (step.op === 'settle' ? used(step, one) : 0) - one.units;
      out.returned -= delta;
      change(bank, record, one, delta, t);
    }
  });
}

function used({ program, costs }: Step, one: Charge): number {
  const i = program.checks.findIndex(({ limitId, slot }) => limitId === one.limitId && slot === one.slot);
  if (i < 0) return one.units;
  return program.checks[i]!.kind === 'concurrency' ? 0 : costs[i]!;
}

/** Lets every lifetime of a reservation begin again. */
export function renew(step: Step, bank: Bank, { now }: Instant, out: Outcome): void {
  const name = reservationName(step.reservationId ?? '');
  out.status = 'unknown';
  for (const ledger of bank.ledgers) {
    const entry = ledger?.entries.get(name);
    if (entry === undefined) continue;
    const charges = entry.charges.map((one) => ({ ...one, untilMs: now + one.holdMs }));
    // `nextMs` may now be early; it is set right when it comes.
    ledger!.entries.set(name, { ...entry, charges, untilMs: Math.max(...charges.map((one) => one.untilMs)) });
    out.status = 'ok';
  }
}

/** Adds `costs`, which may be negative, to levels and quotas: an operator's correction. */
export function adjust(step: Step, bank: Bank, t: Instant): void {
  requireUnits(step, -Number.MAX_SAFE_INTEGER);
  const { costs, keys } = step;
  for (const [i, { kind, limitId }] of step.program.checks.entries()) {
    if (costs[i] === 0 || kind === 'level' || kind === 'quota') continue;
    throw new HeadgateError('ERR_VERB', `adjust: expected a level or a quota, limit ${limitId} is of kind ${kind}`);
  }
  bank.counters.forEach((counter, i) => {
    if (costs[i] !== 0) counter.charge(t, costs[i]!, keys);
  });
}

/**
 * Empties the records, blocks included. What live reservations hold stays held: permits, levels and quotas
 * are counted again; a rate's window is gone, so settling it later changes nothing.
 */
export function reset(_step: Step, bank: Bank): void {
  bank.ledgers.forEach((ledger, record) => {
    bank.clear(record);
    for (const [name, entry] of ledger?.entries ?? []) {
      const charges = entry.charges.filter((one) => one.holdMs > 0 && countAgain(bank, record, one));
      if (charges.length === 0 && entry.fingerprint === undefined) ledger!.entries.delete(name);
      else ledger!.entries.set(name, { ...entry, charges });
    }
  });
}

function countAgain(bank: Bank, record: number, one: Charge): boolean {
  const counter = bank.find(record, one.limitId, one.slot);
  const { kind } = counter?.check ?? {};
  if (kind !== 'quota' && kind !== 'level' && kind !== 'concurrency') return false;
  const { row, offset } = counter!;
  if (kind === 'quota') row.cells[row.base + offset + 1] = one.periodAtMs;
  row.cells[row.base + offset] = row.cells[row.base + offset]! + one.units;
  return true;
}

function requireUnits({ costs, program }: Step, least: number): void {
  for (let i = 0; i < program.checks.length; i++) {
    const cost = costs[i];
    if (Number.isSafeInteger(cost) && cost! >= least) continue;
    throw new HeadgateError('ERR_COST', `costs[${i}]: expected a whole number of units, got ${String(cost)}`);
  }
}
