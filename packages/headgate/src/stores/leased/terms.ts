import type { Check, Program, Segment } from '../../core/index.ts';

/** What lasts less is not worth the asking. In ms. */
export const SHORTEST_MS = 20;
/** The part of what is left that a process has drawn and not spent, at most; and of a bucket, what flows in while it has it. */
export const PART = 8;

/** What leases of one program are drawn by. */
export interface Terms {
  readonly program: Program;
  /** The longest that what is drawn may last, by the store's clock. In ms. */
  readonly lifeMs: number;
}

/** Undefined where only the store can decide: what is held, blocked, counted otherwise than when it is let in, or changes with time. */
export function termsOf(program: Program, longestMs: number): Terms | undefined {
  const { checks, records } = program;
  const counts = checks.some(({ kind }) => kind !== 'size');
  if (!counts || !checks.every((check) => isUsual(check) && isDrawable(check, records.length))) return undefined;
  const lifeMs = checks.reduce((ms, check) => Math.min(ms, longestOf(check)), longestMs);
  return lifeMs < SHORTEST_MS ? undefined : { program, lifeMs };
}

/** Whether it is charged for good when all admit, and not otherwise. */
function isUsual({ count, carries, rungs, atLeast, holdMs, shadow }: Check): boolean {
  return count === 'admitted' && carries.length === 0 && rungs.length === 0 && atLeast === 0 && holdMs === 0 && !shadow;
}

function isDrawable({ kind, segments, slices }: Check, records: number): boolean {
  switch (kind) {
    case 'fixed':
    case 'sliding':
    case 'size':
      return segments.length === 1;
    // What one shard gives back, because another refused, would look like what flows in.
    case 'bucket':
      return segments.length === 1 && records === 1 && segments[0]!.refill > 0;
    case 'quota':
      return slices === 0 && new Set(segments.map(({ periodAtMs }) => periodAtMs)).size === segments.length;
    case 'gap':
    case 'decay':
    case 'concurrency':
    case 'level':
    case 'block':
      return false;
    default:
      return kind satisfies never;
  }
}

function longestOf(check: Check): number {
  if (check.kind === 'fixed') return Math.floor(check.windowMs / PART);
  if (check.kind === 'sliding') return sliceMsOf(check);
  return check.kind === 'bucket' ? fillsMs(check.segments[0]!) : Infinity;
}

function sliceMsOf({ windowMs, slices }: Check): number {
  return Math.ceil(windowMs / slices);
}

/** In which that part of a bucket flows in. */
function fillsMs({ burst, scale, refill }: Segment): number {
  return Math.floor((burst * scale) / (PART * refill));
}

/**
 * For how long what a check was charged may be spent, as if it were charged when it is: until its window, or its period, ends; or the slice of a
 * sliding window, all of which counts until its last instant is a window old. In ms from the charge on, by the store's clock.
 */
export function lastsMs(check: Check, chargedAtMs: number, resetInMs: number): number {
  const { kind } = check;
  if (kind === 'sliding') return sliceMsOf(check) - (chargedAtMs % sliceMsOf(check));
  if (kind === 'bucket') return fillsMs(check.segments[0]!);
  return kind === 'size' ? Infinity : resetInMs;
}

/** Units that flow into a bucket in so many ms, rounded up: what is spent at the end of that time must have been missing until then. */
export function flowsIn({ segments }: Check, ms: number): number {
  const { refill, scale } = segments[0]!;
  return Math.ceil((ms * refill) / scale);
}
