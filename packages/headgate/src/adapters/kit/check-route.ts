import { HeadgateError } from '../../core/index.ts';
import type { RouteSpec } from './route.ts';
import { requireUnits } from './units.ts';

/** Whoever writes plain JavaScript is not told by a compiler. @throws HeadgateError `ERR_ADAPTER_ROUTE` */
export function checkedRoute(spec: RouteSpec): RouteSpec {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    refuse(`a route: expected { limits: { NAME: RATE }, extraCost: UNITS }, got ${JSON.stringify(spec)}`);
  const unknown = Object.keys(spec).find((name) => name !== 'limits' && name !== 'extraCost');
  if (unknown !== undefined) refuse(`${unknown}: expected limits or extraCost, both of which add to what holds anyway`);
  return spec;
}

/**
 * A cost on top that is less than nothing would take away what holds of every request.
 * @param declares whether there is a limit of this name by now
 * @throws HeadgateError `ERR_ADAPTER_ROUTE`
 */
export function checkExtraCost(units: unknown, declares: (name: string) => boolean): void {
  const named = typeof units === 'object' && units !== null ? Object.entries(units) : [];
  for (const [name, each] of named) {
    if (!declares(name)) refuse(`extraCost.${name}: expected a limit that is declared by now`);
    requireUnits('ERR_ADAPTER_ROUTE', `extraCost.${name}`, each);
  }
  if (named.length === 0 && units !== undefined) requireUnits('ERR_ADAPTER_ROUTE', 'extraCost', units);
}

function refuse(what: string): never {
  throw new HeadgateError('ERR_ADAPTER_ROUTE', what);
}
