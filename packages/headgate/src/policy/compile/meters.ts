import { wordsProblem } from '../read/names.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { compileCost, type Costs } from './cost.ts';
import { isCurrency, MONEY_PRECISION } from './money.ts';

/** What a request uses of something, named once. */
export interface Meter {
  readonly name: string;
  readonly unit: string | undefined;
  readonly precision: number;
  readonly costs: Costs;
}

export type Meters = ReadonlyMap<string, Meter>;

export function compileMeters(context: Context, given: PolicyInput['meters']): Meters {
  const meters = new Map<string, Meter>();
  for (const [name, { unit, precision = isCurrency(unit) ? MONEY_PRECISION : 0, cost }] of Object.entries(
    given ?? {},
  )) {
    const path = ['meters', name];
    const wrong = unit === undefined ? undefined : wordsProblem(unit);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', [...path, 'unit'], wrong);
    meters.set(name, { name, unit, precision, costs: compileCost(context, cost, precision, [...path, 'cost']) });
  }
  return meters;
}
