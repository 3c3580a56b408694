import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { forget, nameOf } from './ledger.ts';

/**
 * Resolves what ledgers remember, once: settle keeps what was really used, cancel and refund keep nothing, renew
 * lets every lifetime begin again. A permit only ever comes back.
 */
export function resolve(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { op, requestId, reservationId, costs } = step;
  if (op === 'settle') requireUnits(step, 0);
  const refunds = op === 'refund';
  out.status = refunds && forget(step, bank) ? 'ok' : 'unknown';
  bank.counters.forEach((counter, i) => {
    const entries = bank.ledgers[counter.check.record]?.entries;
    const name = nameOf(refunds ? '?' : '=', refunds ? requestId : reservationId, counter.check);
    const entry = entries?.get(name);
    if (entry === undefined) return;
    out.status = 'ok';
    if (op === 'renew') {
      // `nextMs` may now be early; it is set right when it comes.
      entries!.set(name, { ...entry, untilMs: t.now + entry.holdMs });
      return;
    }
    const delta = (op === 'settle' && counter.check.kind !== 'concurrency' ? costs[i]! : 0) - entry.units;
    entries!.delete(name);
    out.returned -= delta;
    counter.amend(t, entry, delta);
  });
}

/** Adds `costs`, which may be negative, to levels and quotas: an operator's correction. */
export function adjust(step: Step, bank: Bank, t: Instant): void {
  requireUnits(step, -Number.MAX_SAFE_INTEGER);
  step.program.checks.forEach(({ kind }, i) => {
    if (step.costs[i] === 0 || kind === 'level' || kind === 'quota') return;
    throw new HeadgateError('ERR_VERB', `adjust: costs[${i}]: expected a level or a quota, got a ${kind}`);
  });
  bank.counters.forEach((counter, i) => {
    if (step.costs[i] !== 0) counter.charge(t, step.costs[i]!, step.keys);
  });
}

/**
 * Empties the records, blocks included. What live reservations hold stays held: permits, levels and quotas
 * are counted again; a rate's window is gone, so settling it later changes nothing.
 */
export function reset(bank: Bank): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    bank.clear(record);
    const entries = bank.ledgers[record]?.entries;
    for (const [name, { limitId, slot, holdMs, units, periodAtMs, fingerprint }] of entries ?? []) {
      const counter = bank.find(record, limitId, slot);
      const timed = counter === undefined || (counter.check.kind !== 'quota' && counter.check.windowMs > 0);
      if (holdMs === 0 || timed) {
        if (fingerprint === undefined) entries!.delete(name);
        continue;
      }
      const { row, offset } = counter;
      row.cells[row.base + offset]! += units;
      if (counter.check.kind === 'quota') row.cells[row.base + offset + 1] = periodAtMs;
    }
  }
}

/** @throws HeadgateError `ERR_COST` when a cost is no whole number, or below `least`. */
export function requireUnits({ costs, program }: Step, least: number): void {
  for (let i = 0; i < program.checks.length; i++) {
    const cost = costs[i];
    if (Number.isSafeInteger(cost) && cost! >= least) continue;
    throw new HeadgateError('ERR_COST', `costs[${i}]: expected a whole number from ${least} to 2^53 - 1, got ${String(cost)}`);
  }
}
