import { HeadgateError } from '../errors.ts';
import type { Step } from '../store.ts';

/** Whether a cost can be charged: a whole number of units that is counted exactly. */
function isUnits(cost: unknown): boolean {
  return Number.isSafeInteger(cost) && (cost as number) >= 0; // A number, by then.
}

/** @throws HeadgateError `ERR_COST` when a cost is no whole number, or below `least`. */
export function requireUnits({ costs, program }: Step, least: number): void {
  for (let i = 0; i < program.checks.length; i++) {
    const cost = costs[i];
    if (Number.isSafeInteger(cost) && cost! >= least) continue;
    throw new HeadgateError(
      'ERR_COST',
      `costs[${i}]: expected a whole number from ${least} to 2^53 - 1, got ${String(cost)}`,
    );
  }
}
