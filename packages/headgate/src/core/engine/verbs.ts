import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Entry } from '../ledger.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { amend, indexOf, isLive, requestName, reservationName } from './ledger.ts';
import { requireUnits } from './units.ts';

/**
 * Resolves what ledgers remember, once: settle keeps what was really used, cancel and refund keep nothing, renew
 * lets every lifetime begin again; where a step names checks, of those alone. A permit only ever comes back.
 */
export function resolve(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { op } = step;
  // What a request id was charged is given back whole.
  const resolves = op === 'refund' ? undefined : step.resolves;
  if (op === 'settle') requireUnits(step, 0);
  const name = op === 'refund' ? requestName(step) : reservationName(step);
  out.status = 'unknown';
  bank.ledgers.forEach((ledger, record) => {
    const ids = op === 'refund' ? ledger?.requests : ledger?.entries;
    const entries = ids?.get(name);
    if (entries === undefined || !isLive(entries, t.now)) return;
    const isAsked = (entry: Entry): boolean => resolves === undefined || resolves[indexOf(bank, entry)] === true;
    const rest = entries.filter((entry) => !isAsked(entry));
    if (rest.length === entries.length) return;
    out.status = 'ok';
    if (op === 'renew' || rest.length === 0) ids!.delete(name);
    // `nextMs` may now be early; it is set right when it comes.
    if (op === 'renew')
      ids!.set(
        name,
        entries.map((entry) => (isAsked(entry) ? { ...entry, untilMs: t.now + entry.holdMs } : entry)),
      );
    else if (rest.length > 0) ids!.set(name, rest);
    if (op !== 'renew')
      for (const entry of entries) if (isAsked(entry)) out.returned += give(step, bank, t, record, entry);
  });
}

/** Gives back what an entry does not keep, and says how much that is. */
function give(step: Step, bank: Bank, t: Instant, record: number, entry: Entry): number {
  const permit = bank.find(record, entry.limitId, entry.slot)?.check.kind === 'concurrency';
  const used = step.costs[indexOf(bank, entry)] ?? entry.units;
  const kept = step.op === 'settle' && !permit ? used : 0;
  return amend(bank, record, entry, kept, t);
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
export function reset(_step: Step, bank: Bank): void {
  for (let record = 0; record < bank.ledgers.length; record++) {
    bank.clear(record);
    const ledger = bank.ledgers[record];
    if (ledger === undefined) continue;
    keepOnly(ledger.entries, (entry) => countsAgain(bank, record, entry));
    // A request stays known, but what it charged is gone, and cannot be refunded.
    keepOnly(ledger.requests, (entry) => entry.fingerprint !== undefined);
  }
}

function keepOnly(ids: Map<string, readonly Entry[]>, isKept: (entry: Entry) => boolean): void {
  for (const [name, entries] of ids) {
    const kept = entries.filter(isKept);
    if (kept.length === 0) ids.delete(name);
    else ids.set(name, kept);
  }
}

/** Counts a live reservation again on a counter that was emptied; false where there is no window for it any more. */
function countsAgain(bank: Bank, record: number, { limitId, slot, units, periodAtMs }: Entry): boolean {
  const counter = bank.find(record, limitId, slot);
  const { kind } = counter?.check ?? {};
  if (kind !== 'quota' && kind !== 'level' && kind !== 'concurrency') return false;
  const { row, offset } = counter!;
  const at = row.base + offset;
  // Only the latest period of a quota counts: what was held in an earlier one is over.
  const charged = kind === 'quota' ? row.cells[at + 1]! : periodAtMs;
  if (charged > periodAtMs) return true;
  row.cells[at] = units + (charged === periodAtMs ? row.cells[at]! : 0);
  if (kind === 'quota') row.cells[at + 1] = periodAtMs;
  return true;
}
