import type { Override } from '../../profile/index.ts';
import type { Context } from './context.ts';

/**
 * Between overrides, more attributes win, then the later `from`. Two that are equal in both, can hold for one
 * subject at one time, and say something of one thing, are refused: nobody could say which holds.
 */
export function checkTies(context: Context, overrides: readonly Override[]): void {
  const rivals = new Map<string, number[]>();
  for (const [i, override] of overrides.entries()) {
    const rank = `${Object.keys(override.for).length} ${override.fromAtMs}`;
    const earlier = rivals.get(rank) ?? [];
    for (const other of earlier) tell(context, overrides, other, i);
    rivals.set(rank, [...earlier, i]);
  }
}

function tell(context: Context, overrides: readonly Override[], earlier: number, later: number): void {
  const [a, b] = [overrides[earlier], overrides[later]];
  if (a === undefined || b === undefined || !canMeet(a, b)) return;
  const shared = sharedThing(a, b);
  if (shared === undefined) return;
  const rule = `ties with overrides[${earlier}] over ${shared}: as many attributes, the same "from", and one subject can match both; change one "from", or name more attributes`;
  context.problems.error('ERR_POLICY_TIE', ['overrides', later], rule, { value: null });
}

/** Whether one subject can match both: they disagree on no attribute, and their times overlap (both begin together). */
function canMeet(a: Override, b: Override): boolean {
  return Object.entries(a.for).every(([name, value]) => !Object.hasOwn(b.for, name) || b.for[name] === value);
}

/** What both say something of, and not the same. A lift says as much of a limit as a figure does; two lifts agree. */
function sharedThing(a: Override, b: Override): string | undefined {
  const figures = (override: Override): readonly string[] => override.limits.map(([name]) => name);
  const limit =
    figures(a).find((name) => figures(b).includes(name) || b.lift.includes(name)) ??
    figures(b).find((name) => a.lift.includes(name));
  if (limit !== undefined) return `limit "${limit}"`;
  return a.plan !== undefined && b.plan !== undefined && a.plan !== b.plan ? 'the plan' : undefined;
}
