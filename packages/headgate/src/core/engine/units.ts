import { HeadgateError } from '../errors.ts';
import type { Step } from '../store.ts';

/** @throws HeadgateError `ERR_COST` when a cost is no whole number, or below `least`. */
export function requireUnits({ costs, program }: Pick<Step, 'costs' | 'program'>, least: number): void {
  for (let i = 0; i < program.checks.length; i++) {
    const cost = costs[i];
    if (!(Number.isSafeInteger(cost) && cost! >= least)) refuse(`costs[${i}]`, cost, least);
  }
}

/** The same of one that is told by name. @throws HeadgateError `ERR_COST` */
export function requireCost(name: string, cost: unknown): asserts cost is number {
  if (!(Number.isSafeInteger(cost) && (cost as number) >= 0)) refuse(name, cost, 0);
}

function refuse(name: string, cost: unknown, least: number): never {
  throw new HeadgateError('ERR_COST', `${name}: expected a whole number from ${least} to 2^53 - 1, got ${told(cost)}`);
}

/** A text is told as one, and what is no single value by its kind: it need not be fit to be written. */
function told(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object(value) === value ? typeof value : String(value);
}
