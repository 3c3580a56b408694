import { Bucket } from '../counters/bucket.ts';
import { Quota } from '../counters/quota.ts';
import { total, type Counter, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { noted } from './ladder.ts';
import { countByFigures, isCountedAnew } from './rescale.ts';
import { tally } from './reservations.ts';
import { requireUnits } from './units.ts';

/**
 * Gives back of what a decision charged, of which the caller remembers when it was and how much; what is added is charged now.
 * What is held under an id is left alone: that is settled.
 */
export function amendCharge(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { chargedAtMs, costs } = step;
  requireUnits(step, -Number.MAX_SAFE_INTEGER);
  if (chargedAtMs === undefined || !Number.isSafeInteger(chargedAtMs))
    throw new HeadgateError('ERR_VERB', `amend: chargedAtMs: expected a decision's nowMs, got ${chargedAtMs}`);
  countByFigures(bank, costs, t);
  bank.counters.forEach((counter, i) => {
    const delta = costs[i]!;
    const { holdMs, count } = counter.check;
    // A decision charges no denials: those that were counted are others'.
    if (holdMs > 0 || delta === 0 || !counter.counts || count === 'denials') return;
    const before = out.returned;
    if (delta < 0) out.returned += give(counter, t, chargedAtMs, -delta);
    else add(counter, step, bank, t, out, delta);
    if (out.returned !== before) out.returns = noted(out.returns, i, out.returned - before, costs.length, 0);
  });
}

/** Whether there is room or not: it was used. */
function add(counter: Counter, { keys }: Step, bank: Bank, t: Instant, out: Outcome, units: number): void {
  const { check } = counter;
  counter.room(t);
  counter.charge(t, units, keys);
  tally(check, bank.ledgers[check.record], units);
  out.returned -= units;
}

/** No more than the charge surely left. Says how many units. */
function give(counter: Counter, t: Instant, atMs: number, units: number): number {
  if (isCountedAnew(counter, atMs)) return 0;
  if (counter instanceof Bucket) return giveToBucket(counter, t, atMs, units);
  const periodAtMs = counter instanceof Quota ? counter.held(counter.segment).periodAtMs : 0;
  // The calendar tells which period the charge was in, if its clock was not set since.
  if (atMs - t.skewMs < periodAtMs) return 0;
  return counter.amend(t, { atMs, periodAtMs, chargedUnits: 0 }, -units, 0);
}

/** Of a bucket, all that has flowed in since may have been this charge's own. Of a rate that changed, nothing is sure. */
function giveToBucket({ check, row, offset, segment }: Bucket, t: Instant, atMs: number, units: number): number {
  const { cells, base } = row;
  const at = base + offset;
  const { refill, scale } = segment;
  if (check.segments.length > 1 || cells[at + 2] !== scale) return 0;
  const missing = (): number =>
    Math.ceil(Math.max(0, cells[at]! - Math.max(0, t.now - cells[at + 1]!) * refill) / scale);
  const before = missing();
  const flowedIn = Math.max(0, t.now - atMs) * refill;
  cells[at] = total(cells[at]!, Math.min(0, flowedIn - units * scale));
  return before - missing();
}
