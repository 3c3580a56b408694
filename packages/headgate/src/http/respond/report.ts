import { FIGURES, WAIT, type Outcome } from '../../core/index.ts';
import type { Plan, PlannedBlock, PlannedLimit } from '../../profile/index.ts';

/**
 * Which refusing limit an answer speaks of, as an index; -1 when none refuses. `binding`: the longest wait, where *never* beats
 * *when freed* beats every instant, and ties go by file order. A named limit that does not refuse leaves the word to the binding one.
 */
export function reportedLimit(report: string, outcome: Outcome, limits: readonly PlannedLimit[]): number {
  let first = -1;
  let binding = -1;
  for (const [i, limit] of limits.entries()) {
    const wait = waitOf(outcome, i);
    if (wait === WAIT.admits || wait === WAIT.shadow) continue;
    if (limit.name === report) return i;
    if (first < 0 || limit.order < orderOf(limits, first)) first = i;
    if (binding < 0 || outranks(outcome, limits, i, binding)) binding = i;
  }
  return report === 'first' ? first : binding;
}

/** The block that keeps a request out the longest, of those that do. */
export function reportedBlock(
  outcome: Outcome,
  { limits, blocks }: Pick<Plan, 'limits' | 'blocks'>,
): PlannedBlock | undefined {
  let longest = 0;
  let found: PlannedBlock | undefined;
  // Most policies block nobody.
  if (blocks.length === 0) return undefined;
  for (const [i, block] of blocks.entries()) {
    const wait = waitOf(outcome, limits.length + i);
    if (wait <= longest) continue;
    [longest, found] = [wait, block];
  }
  return found;
}

function outranks(outcome: Outcome, limits: readonly PlannedLimit[], a: number, b: number): boolean {
  const [x, y] = [rank(waitOf(outcome, a)), rank(waitOf(outcome, b))];
  return x === y ? orderOf(limits, a) < orderOf(limits, b) : x > y;
}

function rank(waitMs: number): number {
  if (waitMs === WAIT.never) return Number.POSITIVE_INFINITY;
  return waitMs === WAIT.freed ? Number.MAX_VALUE : waitMs;
}

function waitOf(outcome: Outcome, index: number): number {
  return outcome.waits[index] ?? WAIT.admits;
}

function orderOf(limits: readonly PlannedLimit[], index: number): number {
  return limits[index]?.order ?? 0;
}

/** The limit with the least room for requests like this one; ties to the later reset. -1 when there is none. */
export function tightestLimit(outcome: Outcome, limits: readonly PlannedLimit[], costs: readonly number[]): number {
  let tightest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, limit] of limits.entries()) {
    if (limit.kind === 'size' || limit.published.is === 'hidden' || limit.published.is === 'words') continue;
    const more = Math.floor((outcome.figures[i * FIGURES] ?? 0) / Math.max(1, costs[i] ?? 1));
    if (more < least || (more === least && resetOf(outcome, i) > resetOf(outcome, tightest)))
      [tightest, least] = [i, more];
  }
  return tightest;
}

function resetOf(outcome: Outcome, index: number): number {
  return outcome.figures[index * FIGURES + 1] ?? -1;
}
