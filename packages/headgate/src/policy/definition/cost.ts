import type { Choice, Leaf } from './choice.ts';

/** A figure, the name of a meter, or what is reserved now and settled later. */
export type CostDefinition<Plan extends string> = Choice<Plan, Leaf> | ReservedDefinition<Plan>;

export interface ReservedDefinition<Plan extends string> {
  readonly reserve: Choice<Plan, Leaf>;
  readonly actual?: Choice<Plan, Leaf>;
  readonly lost?: Choice<Plan, Leaf>;
}

export interface MeterDefinition<Plan extends string> {
  readonly unit?: string;
  readonly precision?: number;
  readonly cost: CostDefinition<Plan>;
}
