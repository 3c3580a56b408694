import { idOf } from '../build.ts';
import type { Check, Segment } from '../program.ts';
import type { Amendment, Cells, Counter } from './counter.ts';

/*
 * Fixed window and gap: [count, endAtMs].
 *
 * At most N a window, up to 2N across a boundary. A gap is a window that every charge pushes on, so it
 * ends after `windowMs` without one. A zeroed counter is one whose window ended long ago.
 */
export const FIXED_WIDTH = 2;

/** Units that may still be charged in the window that holds `now`. */
export function fixedRoom({ check, segment, cells, at }: Counter, now: number): number {
  const endAtMs = cells[at + 1]!;
  if (now >= endAtMs) return segment.burst;
  // A window that begins in the future was charged by a clock that has since gone back: as if charged now.
  if (endAtMs - now > check.windowMs) cells[at + 1] = now + check.windowMs;
  return segment.burst - cells[at]!;
}

export function fixedCharge({ check, cells, at }: Counter, now: number, cost: number, key: string): void {
  if (now >= cells[at + 1]!) {
    cells[at] = cost;
    cells[at + 1] = check.align === 'first' ? now + check.windowMs : alignedEnd(check, now, key);
    return;
  }
  cells[at] = Math.min(cells[at]! + cost, Number.MAX_SAFE_INTEGER);
  if (check.kind === 'gap') cells[at + 1] = now + check.windowMs;
}

/** Ms until the window ends; 0 when none is running. */
export function fixedResetIn({ check, cells, at }: Counter, now: number, key: string): number {
  const endAtMs = cells[at + 1]!;
  if (now < endAtMs) return endAtMs - now;
  return check.align === 'first' ? 0 : alignedEnd(check, now, key) - now;
}

/** First instant from `from` on at which `need` units fit, the amount being `segment`'s. */
export function fixedOpensAt({ cells, at }: Counter, segment: Segment, from: number, need: number): number {
  const endAtMs = cells[at + 1]!;
  return from >= endAtMs || need <= segment.burst - cells[at]! ? from : endAtMs;
}

/** Adds `delta` to the window in which the charge was made, if that is still the one that runs. */
export function fixedAmend(windowMs: number, cells: Cells, at: number, now: number, charge: Amendment, delta: number): void {
  const endAtMs = cells[at + 1]!;
  if (now >= endAtMs || charge.atMs >= endAtMs || charge.atMs < endAtMs - windowMs) return;
  cells[at] = Math.min(Math.max(0, cells[at]! + delta), Number.MAX_SAFE_INTEGER);
}

/** End of the window that holds `now`, on the clock or at the phase of the key. */
function alignedEnd(check: Check, now: number, key: string): number {
  const phase = check.align === 'spread' ? idOf(key) % check.windowMs : 0;
  return Math.floor((now - phase) / check.windowMs + 1) * check.windowMs + phase;
}
