import { HeadgateError } from '../errors.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';

/** A request that costs nothing is let in whatever is left; only a block, whose room is -1 at no cost, stops it. */
export function refuses({ atLeast, kind }: Check, cost: number, room: number): boolean {
  const need = cost > atLeast ? cost : atLeast;
  return need > room && (need !== 0 || kind === 'block');
}

/** @throws HeadgateError `ERR_COST` when a cost is no whole number, or below `least`. */
export function requireUnits({ costs, program }: Step, least: number): void {
  for (let i = 0; i < program.checks.length; i++) {
    const cost = costs[i];
    if (Number.isSafeInteger(cost) && cost! >= least) continue;
    throw new HeadgateError('ERR_COST', `costs[${i}]: expected a whole number from ${least} to 2^53 - 1, got ${String(cost)}`);
  }
}
