import type { Counter } from './counter.ts';

/*
 * Block: [untilMs, step of escalation]. Set by another check's denial; refuses everything, free requests
 * too, until it ends by itself.
 */
export const BLOCK_WIDTH = 2;
const STEP = 1;

/** Ms until the block ends, 0 when there is none. A clock that went back lengthens it by one block at most. */
export function blockedFor({ check, cells, at }: Counter, now: number): number {
  const untilMs = cells[at]!;
  if (now >= untilMs) return 0;
  const longest = check.blockMs[cells[at + STEP]!] ?? Infinity;
  if (untilMs - now > longest) cells[at] = now + longest;
  return cells[at]! - now;
}

/** Begins a block: the next longer one when the last ended less than `forgetMs` ago. */
export function blockBegin({ check, cells, at }: Counter, now: number): void {
  const endedAtMs = cells[at]!;
  const recurs = endedAtMs > 0 && now - endedAtMs < check.forgetMs;
  const step = recurs ? Math.min(cells[at + STEP]! + 1, check.blockMs.length - 1) : 0;
  cells[at] = now + (check.blockMs[step] ?? 0);
  cells[at + STEP] = step;
}
