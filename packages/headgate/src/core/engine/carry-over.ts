import { Quota } from '../counters/quota.ts';
import { useOf, type Counter, type Instant } from '../counters/index.ts';
import type { Segment } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { tally } from './reservations.ts';

/**
 * Moves to a counter what the same limit counted over another window, before a plan or an override changed it: as
 * if spent now, up to the new amount. So nobody earns a fresh allowance by changing plans to and fro.
 */
export function carryOver(step: Step, bank: Bank, t: Instant, i: number): void {
  const counter = bank.counters[i]!;
  const { check, segment } = counter;
  for (const limitId of check.carries) {
    const other = bank.find(check.record, limitId, check.slot);
    if (other instanceof Quota && counter instanceof Quota && counter.grants !== undefined)
      other.grants?.moveTo(counter.grants, t.wall);
    const used = other === undefined ? 0 : take(other, t, segment);
    const room = counter.room(t);
    if (used <= 0 || room <= 0) continue;
    counter.charge(t, Math.min(used, room), step.keys);
    tally(check, bank.ledgers[check.record], Math.min(used, room));
  }
}

/**
 * Empties a counter, and says how many units still counted, by an amount that need not be its own. Of a bucket, what has flowed in since
 * the last charge is not told: at what rate it did is not known any more.
 */
function take(counter: Counter, t: Instant, segment: Segment): number {
  const { cells, base } = counter.row;
  const at = base + counter.offset;
  counter.segment = segment;
  // [deficit, lastMs, scale]
  const isBucket = counter.check.kind === 'bucket';
  const used = isBucket ? Math.ceil(cells[at]! / (cells[at + 2]! || 1)) : segment.burst - counter.room(t);
  cells.fill(0, at, at + useOf(counter.check));
  return used;
}
