import { Bucket } from '../counters/bucket.ts';
import { DECAY_PARTS, FREE, type Check, type Segment } from '../program.ts';
import { HEAD, RING, Sliding, SUM, TAIL } from '../counters/sliding.ts';
import { useOf, type Counter, type Instant } from '../counters/index.ts';
import { scaled } from '../counters/scaled.ts';
import type { Bank } from './bank.ts';

/*
 * `onChange: scale`: another figure keeps the part of the whole that is used. Beside such a counter stands one of the kind `gap` that
 * says by which figure its units are counted, and since when.
 */

/** The numbers of that counter: the figure, nothing, and the first instant at which units were counted by it. */
const SINCE = 2;

/** What a counter was before a step looked at it by another figure. */
export interface Before {
  /** Which check's. */
  readonly i: number;
  readonly counter: Counter;
  readonly cells: Float64Array;
}

/**
 * Counts by the figure in force what was counted by an earlier one, and says what stood there before; undefined where no check keeps the
 * part of the whole.
 */
export function rescale(bank: Bank, t: Instant): readonly Before[] | undefined {
  let changed: Before[] | undefined;
  const { counters } = bank;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    if (counter.check.scaledBy === 0) continue;
    changed ??= [];
    readFigure(bank, counter);
    if (isOther(counter, counter.segment.burst)) changed.push(countAnew(counter, i, t));
    if (isFigure(counter.segment.burst)) counter.figure = counter.segment.burst;
  }
  return changed;
}

function countAnew(counter: Counter, i: number, t: Instant): Before {
  const before = { i, counter, cells: cellsOf(counter).slice() };
  if (counter instanceof Bucket) refill(counter, t);
  else multiply(counter, counter.figure, counter.segment.burst);
  return before;
}

/** What flowed into a bucket until now did so under earlier figures: what is missing still is from now on missing under this one. */
function refill(bucket: Bucket, t: Instant): void {
  bucket.room(t);
  bucket.figure = bucket.segment.burst;
  bucket.charge(t, 0);
}

/** Finds by which figure a counter's units are counted. */
export function readFigure(bank: Bank, counter: Counter): void {
  const { record, scaledBy, slot } = counter.check;
  const beside = scaledBy === 0 ? undefined : bank.find(record, scaledBy, slot);
  const at = beside === undefined ? 0 : beside.row.base + beside.offset;
  counter.figure = beside?.row.cells[at] ?? 0;
  counter.sinceMs = beside?.row.cells[at + SINCE] ?? 0;
}

export function readFigures(bank: Bank): void {
  for (const counter of bank.counters) if (counter.check.scaledBy !== 0) readFigure(bank, counter);
}

/** Writes down by which figures the units of what a step charges are counted now; what it charges nothing stays as it was. */
export function keepCharged(
  bank: Bank,
  t: Instant,
  changed: readonly Before[],
  isCharged: (check: Check, i: number) => boolean,
): void {
  for (const { i, counter, cells } of changed) if (!isCharged(counter.check, i)) cellsOf(counter).set(cells);
  bank.counters.forEach(({ check, segment }, i) => {
    if (check.scaledBy === 0 || !isFigure(segment.burst) || !isCharged(check, i)) return;
    const beside = bank.find(check.record, check.scaledBy, check.slot);
    if (beside !== undefined) note(beside, segment.burst, t);
  });
}

function note({ row: { cells, base }, offset }: Counter, figure: number, { now }: Instant): void {
  const at = base + offset;
  if (cells[at] !== figure) cells[at + SINCE] = now;
  cells[at] = figure;
}

/** The same for a verb that changes counters without judging them. */
export function countByFigures(bank: Bank, costs: readonly number[], t: Instant): void {
  const before = rescale(bank, t);
  if (before === undefined) return;
  keepCharged(bank, t, before, (_, i) => costs[i] !== 0);
  readFigures(bank);
}

/** Whether a charge of that instant may have been counted by another figure: nothing of it is given back, since nobody knows how much. */
export function isCountedAnew({ check, sinceMs }: Counter, atMs: number): boolean {
  return check.scaledBy !== 0 && atMs < sinceMs;
}

/** `opensAt` under an amount that may be another one than the counter counts by. */
export function opensUnder(counter: Counter, t: Instant, from: number, need: number, segment: Segment): number {
  const { check, figure } = counter;
  if (check.scaledBy === 0 || counter instanceof Bucket || !isOther(counter, segment.burst))
    return counter.opensAt(t, from, need, segment);
  const cells = cellsOf(counter);
  const before = cells.slice();
  multiply(counter, figure, segment.burst);
  const opensAtMs = counter.opensAt(t, from, need, segment);
  cells.set(before);
  return opensAtMs;
}

/** None at all, and no limit, are no figures of which anything is a part. */
function isFigure(figure: number): boolean {
  return figure > 0 && figure < FREE;
}

function isOther({ figure }: Counter, to: number): boolean {
  return isFigure(figure) && isFigure(to) && figure !== to;
}

function cellsOf({ check, row: { cells, base }, offset }: Counter): Float64Array {
  return cells.subarray(base + offset, base + offset + useOf(check));
}

function multiply(counter: Counter, from: number, to: number): void {
  const cells = cellsOf(counter);
  if (counter instanceof Sliding) return multiplySlices(cells, counter.check.slices + 1, from, to);
  // A decay counts in parts of a unit, the others in units; both first.
  const most = counter.check.kind === 'decay' ? FREE - DECAY_PARTS : FREE;
  cells[0] = Math.min(most, scaled(cells[0]!, from, to));
}

/** From the newest slice on, so that what is left when older ones are gone is never too little. */
function multiplySlices(cells: Float64Array, length: number, from: number, to: number): void {
  let sum = 0;
  for (let slice = cells[HEAD]!; slice >= cells[TAIL]! && cells[SUM]! > 0; slice--) {
    const entry = RING + (slice % length);
    const newer = sum;
    sum += cells[entry]!;
    cells[entry] = scaled(sum, from, to) - scaled(newer, from, to);
  }
  cells[SUM] = scaled(sum, from, to);
}
