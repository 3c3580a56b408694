import type { Draws } from './grants.ts';
import { FOREVER, type Check, type Segment } from '../program.ts';

/** An array that belongs to the store. A counter is a few neighbouring numbers in it; all zeros is one never charged. */
export type Cells = Float64Array;

/** Where a record's numbers stand in this step: `base` is where its row begins in `cells`. */
export interface Row {
  cells: Cells;
  base: number;
  /** For how long from now on the row must be kept because of this step, in ms; what is known from earlier ones may be longer. */
  heldMs: number;
}

/** The instant of a step: `skewMs` is added to wall time to reach the monotonic time that rates run on. */
export interface Instant {
  now: number;
  wall: number;
  skewMs: number;
}

/** What must be known of a past charge in order to change it. */
export interface Amendment {
  /** Monotonic time of the charge. */
  readonly atMs: number;
  /** Quota: the period that was charged. */
  readonly periodAtMs: number;
  /** Bucket: units charged to it until then, as its record's ledger counts them. */
  readonly chargedUnits: number;
  /** Quota: what it drew from grants. */
  readonly draws?: Draws | undefined;
}

/**
 * A check, and the row of numbers that it judges. Stores keep one a check, and point its row anew for each step.
 * A counter judges alone; that all are judged and charged as one is the engine's business.
 */
export abstract class Counter {
  readonly check: Check;
  readonly row: Row;
  /** Where in the row the counter begins. */
  readonly offset: number;
  /** The segment in force at the step's instant. */
  segment: Segment;
  /** Whether it is charged when all admit, and a denial leaves it as it is: no shadow, no attempts, no block, nothing carried over, no grants. */
  usual: boolean;
  /** Whether it is the most usual check: a rate of one amount for ever, charged for good, and no more to be said. */
  readonly plain: boolean;
  /** Whether what is charged leaves less room. */
  readonly counts: boolean;
  /** Where another amount scales what is used: the amount by which the units are counted, and since when; 0 where none is known. */
  figure: number = 0;
  sinceMs: number = 0;

  constructor(check: Check, row: Row, offset: number) {
    this.check = check;
    this.row = row;
    this.offset = offset;
    this.segment = check.segments[0]!;
    this.counts = check.kind !== 'size' && check.kind !== 'block';
    this.usual =
      check.count === 'admitted' &&
      check.kind !== 'block' &&
      !check.shadow &&
      check.carries.length + check.rungs.length + check.scaledBy + check.atLeast === 0;
    this.plain =
      this.usual && this.rate && check.segments.length === 1 && this.segment.amount > 0 && check.holdMs === 0;
  }

  /** Units over a duration, of which a program may be plain. */
  get rate(): boolean {
    return true;
  }

  /** The largest cost this counter alone would admit; below 0 when more was used than the amount now allows, or while blocked. */
  abstract room(t: Instant): number;

  /**
   * Charges `cost` units, whatever {@link room} there is, which was asked of the same instant before; 0 begins a window. Says
   * what {@link resetIn} then says. `keys` are the step’s.
   */
  abstract charge(t: Instant, cost: number, keys: readonly string[]): number;

  /** Ms until the counter is empty again if nobody comes, {@link room} having been asked; -1 where no such instant exists. */
  resetIn(_t: Instant, _keys: readonly string[]): number {
    return -1;
  }

  /** Says that what was charged is felt for so long, in ms: longer than what was charged before, so that the row must be kept. */
  protected hold(heldMs: number): number {
    if (heldMs > this.row.heldMs) this.row.heldMs = heldMs;
    return heldMs;
  }

  /** Ms for which it must not be forgotten, given its reset. */
  holdsFor(_t: Instant, resetInMs: number): number {
    return resetInMs;
  }

  /**
   * First instant of monotonic time from `from` on, all of it under `segment`, at which `need` units (at most
   * the segment's burst) fit. Infinity when they do not fit however long the segment lasts.
   */
  abstract opensAt(t: Instant, from: number, need: number, segment: Segment): number;

  /** Ms until `need` units fit, which do not now, under the amount in force; `resetInMs` is what {@link resetIn} says. */
  opensIn(t: Instant, need: number, _resetInMs: number): number {
    return this.opensAt(t, t.now, need, this.segment) - t.now;
  }

  /**
   * Changes by `delta` units what a past charge left, as far as it still counts, and says how many units fewer count then
   * than before. `laterUnits` were charged after it, as far as that is known (bucket).
   */
  abstract amend(t: Instant, past: Amendment, delta: number, laterUnits: number): number;
}

/** Adds to the units in a cell, and says how many fewer they are then. */
export function addTo(cells: Cells, at: number, delta: number): number {
  const before = cells[at]!;
  const after = total(before, delta);
  cells[at] = after;
  return before - after;
}

/** A sum of units that stays a safe integer, and at least 0. */
export function total(units: number, delta: number): number {
  const sum = units + delta;
  return sum < 0 ? 0 : sum > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : sum;
}

/** Points a counter at the segment in force at `wall`; before the first, at that. */
export function choose(counter: Counter, wall: number): void {
  const { segments } = counter.check;
  let i = segments.length - 1;
  while (i > 0 && segments[i]!.fromAtMs > wall) i--;
  counter.segment = segments[i]!;
}

/** First instant of monotonic time at which a segment no longer holds. */
export function endOf(segment: Segment, skewMs: number): number {
  return segment.untilAtMs >= FOREVER ? Infinity : segment.untilAtMs + skewMs;
}
