import type { Check, Field, Kind, Segment } from '../program.ts';
import { BLOCK_WIDTH } from './block.ts';
import { BUCKET_WIDTH, bucketAmend, bucketCharge, bucketOpensAt, bucketResetIn, bucketRoom } from './bucket.ts';
import type { Amendment, Cells } from './cells.ts';
import { FIXED_WIDTH, fixedAmend, fixedCharge, fixedOpensAt, fixedResetIn, fixedRoom } from './fixed.ts';
import { QUOTA_WIDTH, quotaAmend, quotaCharge, quotaFits, quotaResetIn, quotaRoom } from './quota.ts';
import { slidingAmend, slidingCharge, slidingOpensAt, slidingResetIn, slidingRoom, slidingWidth } from './sliding.ts';

/*
 * What every kind of counter can be asked, in one place. A counter judges alone; that all are judged and
 * charged as one is the engine's business.
 */

export { blockBegin, blockedFor } from './block.ts';
export type { Amendment, Cells } from './cells.ts';

/** The instant of a step: `skewMs` is added to wall time to reach the monotonic time that rates run on. */
export interface Instant {
  now: number;
  wall: number;
  skewMs: number;
}

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

/** The largest cost this counter alone would admit; below 0 when more was used than the amount now allows. */
export function roomOf(check: Check, segment: Segment, cells: Cells, at: number, instant: Instant): number {
  switch (check.kind) {
    case 'fixed':
    case 'gap':
      return fixedRoom(check, segment, cells, at, instant.now);
    case 'sliding':
      return slidingRoom(check, segment, cells, at, instant.now);
    case 'bucket':
      return bucketRoom(check, segment, cells, at, instant.now, instant.skewMs);
    case 'quota':
      return quotaRoom(check, segment, cells, at);
    case 'concurrency':
    case 'level':
      return segment.burst - cells[at]!;
    case 'size':
      return segment.burst;
    case 'block':
      return Number.MAX_SAFE_INTEGER;
    default:
      return unreachable(check.kind);
  }
}

/** Charges `cost` units, whatever room there is. Expects that `roomOf` was asked at the same instant. */
export function charge(check: Check, segment: Segment, cells: Cells, at: number, instant: Instant, cost: number, key: string): void {
  switch (check.kind) {
    case 'fixed':
    case 'gap':
      return fixedCharge(check, cells, at, instant.now, cost, key);
    case 'sliding':
      return slidingCharge(check, cells, at, instant.now, cost);
    case 'bucket':
      return bucketCharge(check, segment, cells, at, instant.now, instant.skewMs, cost);
    case 'quota':
      return quotaCharge(check, segment, cells, at, cost);
    case 'concurrency':
    case 'level':
      cells[at] = Math.min(cells[at]! + cost, Number.MAX_SAFE_INTEGER);
      return;
    case 'size':
    case 'block':
      return;
    default:
      unreachable(check.kind);
  }
}

/** Ms until the counter is empty again if nobody comes; -1 where no such instant exists. */
export function resetIn(check: Check, segment: Segment, cells: Cells, at: number, instant: Instant, key: string): number {
  switch (check.kind) {
    case 'fixed':
    case 'gap':
      return fixedResetIn(check, cells, at, instant.now, key);
    case 'sliding':
      return slidingResetIn(check, cells, at, instant.now);
    case 'bucket':
      return bucketResetIn(check, segment, cells, at, instant.now, instant.skewMs);
    case 'quota':
      return quotaResetIn(check, segment, cells, at, instant.wall);
    case 'concurrency':
    case 'level':
    case 'size':
    case 'block':
      return -1;
    default:
      return unreachable(check.kind);
  }
}

/**
 * First instant of monotonic time from `from` on, all of it under `segment`, at which `need` units fit.
 * Infinity when they do not fit however long the segment lasts.
 */
export function opensAt(check: Check, segment: Segment, cells: Cells, at: number, from: number, skewMs: number, need: number): number {
  if (need > segment.burst) return Infinity;
  switch (check.kind) {
    case 'fixed':
    case 'gap':
      return fixedOpensAt(segment, cells, at, from, need);
    case 'sliding':
      return slidingOpensAt(check, segment, cells, at, from, need);
    case 'bucket':
      return bucketOpensAt(check, segment, cells, at, from, skewMs, need);
    case 'quota':
      return quotaFits(check, segment, cells, at, need) ? from : Infinity;
    case 'concurrency':
    case 'level':
      return need <= segment.burst - cells[at]! ? from : Infinity;
    case 'size':
    case 'block':
      return from;
    default:
      return unreachable(check.kind);
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
      cells[at] = Math.max(0, cells[at]! + delta);
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
