import type { Check } from '../program.ts';
import type { Cells } from './cells.ts';

/*
 * Block: [untilMs, escalation, 0 or the instant of the last block's end]. Set by another check's denial;
 * refuses everything, free requests too, until it ends by itself.
 */
export const BLOCK_WIDTH = 2;
const STEP = 1;

/** Ms until the block ends, 0 when there is none. A clock that went back lengthens it by one block at most. */
export function blockedFor(check: Check, cells: Cells, at: number, now: number): number {
  const untilMs = cells[at]!;
  if (now >= untilMs) return 0;
  const longest = check.blockMs[cells[at + STEP]!] ?? Math.max(0, ...check.blockMs);
  if (longest > 0 && untilMs - now > longest) cells[at] = now + longest;
  return cells[at]! - now;
}

/** Begins a block: the next longer one when the last ended less than `forgetMs` ago. */
export function blockBegin(check: Check, cells: Cells, at: number, now: number): void {
  const endedAtMs = cells[at]!;
  const recurs = endedAtMs > 0 && now - endedAtMs < check.forgetMs;
  const step = recurs ? Math.min(cells[at + STEP]! + 1, check.blockMs.length - 1) : 0;
  cells[at] = now + (check.blockMs[step] ?? 0);
  cells[at + STEP] = step;
}
