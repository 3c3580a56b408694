import type { Draws, Instant } from '../counters/index.ts';
import { Quota } from '../counters/quota.ts';
import { HeadgateError } from '../errors.ts';
import type { Entry, Lease, Ledger } from '../ledger.ts';
import { numbers, type Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { give, givePacked } from './give.ts';
import { requestName } from './requests.ts';
import { countByFigures, readFigures } from './rescale.ts';
import { indexOf, keep, LOST_MS } from './reservations.ts';
import { requireUnits } from './units.ts';

/**
 * Resolves a reservation, once: settle keeps what was really used, cancel nothing. Where a step names checks, it is their part alone. A
 * permit only ever comes back.
 */
export function resolve(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.op === 'settle') requireUnits(step, 0);
  if (!bank.usual) readFigures(bank);
  if (step.resolves !== undefined || step.leaves !== undefined) resolveParts(step, bank, t, out);
  else
    for (let record = 0; record < bank.ledgers.length; record++) {
      const lease = bank.ledgers[record]?.take(step.reservationId!);
      if (lease !== undefined) giveAll(step, bank, t, record, lease, out);
    }
  if (out.returns.length === 0) out.status = 'unknown';
}

function giveAll(step: Step, bank: Bank, t: Instant, record: number, leading: Lease, out: Outcome): void {
  resolved(step, out);
  let lease: Lease | undefined = leading;
  while (lease !== undefined) {
    // What is given back may be in use again: where it leads is asked before.
    const { other }: Lease = lease;
    if (!givePacked(step, bank, t, lease, out)) give(step, bank, t, record, lease.first, out);
    lease = other;
  }
}

function resolveParts(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  if (step.leaves !== undefined) requireLeavable(step, step.leaves);
  bank.ledgers.forEach((ledger, record) => {
    if (ledger !== undefined) resolvePart(step, bank, t, record, ledger, out);
  });
}

/** The rest stays in its leases, which end when they would have ended. */
function resolvePart(step: Step, bank: Bank, t: Instant, record: number, ledger: Ledger, out: Outcome): void {
  const { resolves, leaves } = step;
  const isAsked = (entry: Entry): boolean => resolves === undefined || resolves[indexOf(bank, entry)] === true;
  const leftOf = (entry: Entry): number => leaves?.[indexOf(bank, entry)] ?? 0;
  let lease = ledger.find(step.reservationId!);
  while (lease !== undefined) {
    const { other } = lease;
    const [asked, rest] = parted(lease.first, isAsked, leftOf);
    ledger.leave(lease, rest);
    if (asked !== undefined) {
      resolved(step, out);
      give(step, bank, t, record, asked, out);
    }
    lease = other;
  }
}

/** Two lists of one, each in its order. What is asked for and leaves something is in both, with a part of its units in each. */
function parted(
  first: Entry | undefined,
  isAsked: (entry: Entry) => boolean,
  leftOf: (entry: Entry) => number,
): [asked: Entry | undefined, rest: Entry | undefined] {
  if (first === undefined) return [undefined, undefined];
  const [asked, rest] = parted(first.next, isAsked, leftOf);
  if (!isAsked(first)) {
    first.next = rest;
    return [asked, first];
  }
  const left = leftOf(first);
  if (left === 0) {
    first.next = asked;
    return [first, rest];
  }
  return [{ ...first, units: first.units - left, next: asked }, shareOf(first, left, rest)];
}

/** What is lost of a part is as much of it as of the whole. */
function shareOf(entry: Entry, units: number, next: Entry | undefined): Entry {
  const lost = entry.units === 0 ? Math.min(entry.lost, units) : Math.ceil((entry.lost * units) / entry.units);
  return { ...entry, units, lost, next };
}

/** @throws HeadgateError `ERR_COST`, `ERR_VERB` */
function requireLeavable({ op, program }: Step, leaves: readonly number[]): void {
  requireUnits({ costs: leaves, program }, 0);
  program.checks.forEach(({ kind }, i) => {
    if (leaves[i] === 0 || (op === 'settle' && (kind === 'level' || kind === 'concurrency'))) return;
    throw new HeadgateError(
      'ERR_VERB',
      `${op}: leaves[${i}]: expected a level or a concurrency that is settled, got a ${kind}`,
    );
  });
}

/** Gives back what a request id charged, where it still counts. */
export function refund(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const name = requestName(step);
  readFigures(bank);
  for (let record = 0; record < bank.ledgers.length; record++) {
    const known = bank.ledgers[record]?.requests.get(name);
    // It is not forgotten the instant that it is over.
    if (known === undefined || known.untilMs <= t.now) continue;
    bank.ledgers[record]!.requests.delete(name);
    resolved(step, out);
    give(step, bank, t, record, known.first, out);
  }
  if (out.returns.length === 0) out.status = 'unknown';
}

/** Lets every lifetime of a reservation begin again. */
export function renew({ reservationId }: Step, bank: Bank, t: Instant, out: Outcome): void {
  out.status = 'unknown';
  bank.ledgers.forEach((ledger, record) => {
    if (ledger?.renew(reservationId!, t.now) !== true) return;
    out.status = 'ok';
    const counter = bank.counters.find(({ check }) => check.record === record);
    for (let lease = ledger.find(reservationId!); lease !== undefined; lease = lease.other)
      if (counter !== undefined) keep(counter, lease.holdMs + LOST_MS);
  });
}

function resolved({ program }: Step, out: Outcome): void {
  if (out.returns.length > 0) return;
  const returns = numbers(program.checks.length);
  for (let i = 0; i < returns.length; i++) returns[i] = 0;
  out.returns = returns;
}

/** Adds `costs`, which may be negative, to levels and quotas: an operator's correction. */
export function adjust(step: Step, bank: Bank, t: Instant): void {
  requireUnits(step, -Number.MAX_SAFE_INTEGER);
  step.program.checks.forEach(({ kind }, i) => {
    if (step.costs[i] === 0 || kind === 'level' || kind === 'quota') return;
    throw new HeadgateError('ERR_VERB', `adjust: costs[${i}]: expected a level or a quota, got a ${kind}`);
  });
  countByFigures(bank, step.costs, t);
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
    for (const leading of ledger.live()) {
      for (let lease: Lease | undefined = leading; lease !== undefined; lease = lease.other)
        ledger.leave(
          lease,
          staying(lease.first, (entry) => countsAgain(bank, record, entry)),
        );
    }
    forgetCharges(ledger);
  }
}

/** A request stays known, but what it charged is gone, and cannot be refunded. */
function forgetCharges({ requests }: Ledger): void {
  for (const [name, request] of requests) {
    if (request.fingerprint === undefined) requests.delete(name);
    else request.first = undefined;
  }
}

/** The entries that stay, in order. */
function staying(first: Entry | undefined, stays: (entry: Entry) => boolean): Entry | undefined {
  if (first === undefined) return undefined;
  const isKept = stays(first);
  const rest = staying(first.next, stays);
  if (!isKept) return rest;
  first.next = rest;
  return first;
}

/** Counts a live reservation again on a counter that was emptied; false where there is no window for it any more. */
function countsAgain(bank: Bank, record: number, { limitId, slot, units, periodAtMs, draws }: Entry): boolean {
  const counter = bank.find(record, limitId, slot);
  const { kind } = counter?.check ?? {};
  if (kind !== 'quota' && kind !== 'level' && kind !== 'concurrency') return false;
  const { row, offset } = counter!;
  const at = row.base + offset;
  // Only the latest period of a quota counts: what was held in an earlier one is over.
  const charged = kind === 'quota' ? row.cells[at + 1]! : periodAtMs;
  if (charged > periodAtMs) return true;
  const grants = counter instanceof Quota ? counter.grants : undefined;
  // What was drawn from grants stays drawn.
  const drawn = grants === undefined ? 0 : sumOf(draws);
  row.cells[at] = units - drawn + (charged === periodAtMs ? row.cells[at]! : 0);
  if (kind === 'quota') row.cells[at + 1] = periodAtMs;
  if (grants !== undefined) grants.drawn = drawn + (charged === periodAtMs ? grants.drawn : 0);
  return true;
}

function sumOf(draws: Draws = []): number {
  return draws.reduce((sum, units, i) => (i % 2 === 0 ? sum : sum + units), 0);
}
