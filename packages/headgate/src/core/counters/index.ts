import type { Field, Kind, Segment } from '../program.ts';
import { BLOCK_WIDTH, blockedFor } from './block.ts';
import { BUCKET_WIDTH, bucketAmend, bucketCharge, bucketOpensAt, bucketResetIn, bucketRoom } from './bucket.ts';
import type { Amendment, Cells, Counter, Instant } from './counter.ts';
import { FIXED_WIDTH, fixedAmend, fixedCharge, fixedOpensAt, fixedResetIn, fixedRoom } from './fixed.ts';
import { QUOTA_WIDTH, quotaAmend, quotaCharge, quotaResetIn, quotaRoom } from './quota.ts';
import { slidingAmend, slidingCharge, slidingOpensAt, slidingResetIn, slidingRoom, slidingWidth } from './sliding.ts';

/*
 * What every kind of counter can be asked, in one place. A counter judges alone; that all are judged and
 * charged as one is the engine's business.
 */

export { blockBegin, blockedFor } from './block.ts';
export { Counter, endOf, segmentAt, type Amendment, type Cells, type Instant } from './counter.ts';
export { quotaSegment } from './quota.ts';

/** Numbers that one counter of this kind takes. */
export function widthOf(field: Pick<Field, 'kind' | 'slices'>): number {
  switch (field.kind) {
    case 'fixed':
    case 'gap':
      return FIXED_WIDTH;
    case 'sliding':
      return slidingWidth(field.slices);
    case 'bucket':
      return BUCKET_WIDTH;
    case 'quota':
      return QUOTA_WIDTH;
    case 'concurrency':
    case 'level':
      return 1;
    case 'block':
      return BLOCK_WIDTH;
    case 'size':
      return 0;
    default:
      return unreachable(field.kind);
  }
}

/** The largest cost this counter alone would admit; below 0 when more was used than the amount now allows, or while blocked. */
export function roomOf(counter: Counter, instant: Instant): number {
  switch (counter.check.kind) {
    case 'fixed':
    case 'gap':
      return fixedRoom(counter, instant.now);
    case 'bucket':
      return bucketRoom(counter, instant.now, instant.skewMs);
    case 'sliding':
      return slidingRoom(counter, instant.now);
    case 'quota':
      return quotaRoom(counter, counter.segment);
    case 'concurrency':
    case 'level':
      return counter.segment.burst - counter.cells[counter.at]!;
    case 'size':
      return counter.segment.burst;
    case 'block':
      return blockedFor(counter, instant.now) > 0 ? -1 : Number.MAX_SAFE_INTEGER;
    default:
      return unreachable(counter.check.kind);
  }
}

/** Charges `cost` units, whatever room there is. */
export function charge(counter: Counter, instant: Instant, cost: number, key: string): void {
  switch (counter.check.kind) {
    case 'fixed':
    case 'gap':
      return fixedCharge(counter, instant.now, cost, key);
    case 'bucket':
      return bucketCharge(counter, instant.now, instant.skewMs, cost);
    case 'sliding':
      return slidingCharge(counter, instant.now, cost);
    case 'quota':
      return quotaCharge(counter, cost);
    case 'concurrency':
    case 'level':
      counter.cells[counter.at] = Math.min(counter.cells[counter.at]! + cost, Number.MAX_SAFE_INTEGER);
      return;
    case 'size':
    case 'block':
      return;
    default:
      unreachable(counter.check.kind);
  }
}

/** Ms until the counter is empty again if nobody comes; -1 where no such instant exists. */
export function resetIn(counter: Counter, instant: Instant, key: string): number {
  switch (counter.check.kind) {
    case 'fixed':
    case 'gap':
      return fixedResetIn(counter, instant.now, key);
    case 'bucket':
      return bucketResetIn(counter, instant.now, instant.skewMs);
    case 'sliding':
      return slidingResetIn(counter, instant.now);
    case 'quota':
      return quotaResetIn(counter, instant.wall);
    case 'concurrency':
    case 'level':
    case 'size':
    case 'block':
      return -1;
    default:
      return unreachable(counter.check.kind);
  }
}

/**
 * First instant of monotonic time from `from` on, all of it under `segment`, at which `need` units fit.
 * Infinity when they do not fit however long the segment lasts.
 */
export function opensAt(counter: Counter, segment: Segment, from: number, skewMs: number, need: number): number {
  if (need > segment.burst) return Infinity;
  switch (counter.check.kind) {
    case 'fixed':
    case 'gap':
      return fixedOpensAt(counter, segment, from, need);
    case 'bucket':
      return bucketOpensAt(counter, segment, from, skewMs, need);
    case 'sliding':
      return slidingOpensAt(counter, segment, from, need);
    case 'quota':
      return need <= quotaRoom(counter, segment) ? from : Infinity;
    case 'concurrency':
    case 'level':
      return need <= segment.burst - counter.cells[counter.at]! ? from : Infinity;
    case 'size':
    case 'block':
      return from;
    default:
      return unreachable(counter.check.kind);
  }
}

/** Changes by `delta` units what a past charge left, as far as it still counts. */
export function amend(field: Field, cells: Cells, at: number, now: number, past: Amendment, delta: number): void {
  switch (field.kind) {
    case 'fixed':
    case 'gap':
      return fixedAmend(field.windowMs, cells, at, now, past, delta);
    case 'sliding':
      return slidingAmend(field, cells, at, now, past, delta);
    case 'bucket':
      return bucketAmend(cells, at, now, past, delta);
    case 'quota':
      return quotaAmend(cells, at, past, delta);
    case 'concurrency':
    case 'level':
      cells[at] = Math.min(Math.max(0, cells[at]! + delta), Number.MAX_SAFE_INTEGER);
      return;
    case 'size':
    case 'block':
      return;
    default:
      unreachable(field.kind);
  }
}

function unreachable(kind: never): never {
  throw new TypeError(`unknown kind ${String(kind satisfies Kind)}`);
}
