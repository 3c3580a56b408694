import { HeadgateError } from '../../core/index.ts';
import type { LimitSpec } from '../../gate/index.ts';
import type { CompiledPolicy, NamedPolicy, Names } from '../../http/index.ts';
import type { RouteSpec } from './route.ts';

/** Limits by name, decided as one. */
export interface QuickLimits {
  readonly limits: Readonly<Record<string, LimitSpec>>;
}

/** What is enforced: a rate, one limit, several by name, or a whole policy. */
export type Spec = LimitSpec | QuickLimits | CompiledPolicy;

/** The names that a spec declares. A quick one has no plans, and calls its one limit `limit`. */
export type NamesOf<S> = S extends string
  ? Quick<'limit'>
  : S extends { readonly headgate: 1 }
    ? S extends NamedPolicy<infer N>
      ? N
      : Names
    : S extends { readonly limits: infer L }
      ? Quick<keyof L & string>
      : Quick<'limit'>;

interface Quick<Limit extends string> extends Names {
  readonly limit: Limit;
  readonly plan: never;
}

export function isPolicy(spec: Spec): spec is CompiledPolicy {
  return typeof spec === 'object' && spec !== null && 'headgate' in spec;
}

/** @throws HeadgateError `ERR_ADAPTER_OPTION` for what is said in the wrong place, and would be left out */
export function limitsOf(spec: LimitSpec | QuickLimits): Readonly<Record<string, LimitSpec>> {
  if (typeof spec !== 'object' || spec === null || !('limits' in spec)) return { limit: spec };
  const { limits, ...others } = spec;
  for (const name in others)
    throw new HeadgateError('ERR_ADAPTER_OPTION', `${name}: expected beside the limits: ({ limits }, { ${name} })`);
  return limits ?? {};
}

/** Whether this is what a route adds, and not one limit. */
export function isRouteSpec(spec: LimitSpec | RouteSpec): spec is RouteSpec {
  return typeof spec === 'object' && !('rate' in spec);
}
