import type { Check } from '../../src/core/index.ts';
import type { Admission } from './world.ts';

/*
 * What a limit promises, written from its sentence: the first instant at which it is broken, by check. Slow and obvious.
 */

/**
 * @param ends when windows that begin with their first charge ended, as the store told it
 * @throws Error where more was let in than was promised
 */
export function requirePromise(
  check: Check,
  i: number,
  admissions: readonly Admission[],
  ends: ReadonlySet<number>,
): void {
  const spent = admissions.map(({ atMs, costs }) => ({ atMs, units: costs[i]! })).toSorted((a, b) => a.atMs - b.atMs);
  if (check.kind === 'sliding') requireEveryWindow(check, spent);
  else if (check.kind === 'bucket') requireFlow(check, spent);
  else requirePeriods(check, spent, ends);
}

interface Spent {
  readonly atMs: number;
  readonly units: number;
}

/** Of a sliding window: at most N in any half-open window. */
function requireEveryWindow({ windowMs, segments }: Check, spent: readonly Spent[]): void {
  let sum = 0;
  let from = 0;
  for (const { atMs, units } of spent) {
    sum += units;
    while (spent[from]!.atMs <= atMs - windowMs) sum -= spent[from++]!.units;
    if (sum > segments[0]!.amount) throw new Error(`${sum} in the ${windowMs} ms until ${atMs}`);
  }
}

/** Of a bucket: between any two instants at most its burst and what flows in meanwhile. Counted in parts, so that nothing is rounded. */
function requireFlow({ segments }: Check, spent: readonly Spent[]): void {
  const { burst, scale, refill } = segments[0]!;
  let missing = 0;
  let lastMs = -Infinity;
  for (const { atMs, units } of spent) {
    missing = Math.max(0, missing - (atMs - lastMs) * refill) + units * scale;
    lastMs = atMs;
    if (missing > burst * scale) throw new Error(`${missing - burst * scale} parts too much at ${atMs}`);
  }
}

/** Of a window, or a period: at most N in each. */
function requirePeriods(check: Check, spent: readonly Spent[], ends: ReadonlySet<number>): void {
  const sorted = [...ends].toSorted((a, b) => a - b);
  const sums = new Map<number, number>();
  for (const { atMs, units } of spent) {
    const periodAtMs = beginsAt(check, atMs, sorted);
    const sum = (sums.get(periodAtMs) ?? 0) + units;
    sums.set(periodAtMs, sum);
    if (sum > check.segments[0]!.amount) throw new Error(`${sum} in the period from ${periodAtMs}, until ${atMs}`);
  }
}

function beginsAt({ kind, align, windowMs, segments }: Check, atMs: number, ends: readonly number[]): number {
  if (kind === 'quota') return segments.findLast(({ fromAtMs }) => fromAtMs <= atMs)!.fromAtMs;
  if (align === 'clock') return Math.floor(atMs / windowMs) * windowMs;
  const endAtMs = ends.find((end) => end > atMs) ?? Infinity;
  if (endAtMs - windowMs > atMs) throw new Error(`let in at ${atMs}, in no window of the store`);
  return endAtMs - windowMs;
}
