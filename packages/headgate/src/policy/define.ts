import type { NamedPolicy } from '../profile/index.ts';
import type { LimitName } from './definition/limit.ts';
import type { PolicyDefinition } from './definition/policy.ts';
import { compilePolicy } from './parse.ts';
import type { StrictLimits, StrictOverride } from './strict.ts';

/**
 * A policy written in TypeScript. A table that misses a plan or has a row for none, or a name that is declared nowhere, is
 * a type error;
 * everything else is checked as for a file.
 * @throws PolicyError with all that is wrong with it
 */
export function definePolicy<
  const Plan extends string = never,
  const Limit extends string = never,
  const Operation extends string = never,
  const Word extends string = never,
  const Limits = unknown,
  const Override = unknown,
>(
  definition: PolicyDefinition<Plan, Limit, Operation, Word> & {
    readonly limits?: Limits & StrictLimits<NoInfer<Limits>, NoInfer<Plan>>;
    readonly overrides?: readonly (Override & StrictOverride<NoInfer<Override>, NoInfer<Plan>>)[];
  },
): NamedPolicy<{ limit: LimitName<Limit>; plan: Plan; operation: Operation }> {
  return compilePolicy(definition);
}
