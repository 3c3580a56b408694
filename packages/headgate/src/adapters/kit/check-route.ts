import { HeadgateError, requireCost } from '../../core/index.ts';
import type { RouteSpec } from './route.ts';

/** Whoever writes plain JavaScript is not told by a compiler. @throws HeadgateError `ERR_ADAPTER_ROUTE` */
export function checkedRoute(spec: RouteSpec): RouteSpec {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw new HeadgateError(
      'ERR_ADAPTER_ROUTE',
      `a route: expected { limits: { NAME: RATE }, extraCost: UNITS }, got ${JSON.stringify(spec)}`,
    );
  const unknown = Object.keys(spec).find((name) => name !== 'limits' && name !== 'extraCost');
  if (unknown !== undefined)
    throw new HeadgateError(
      'ERR_ADAPTER_ROUTE',
      `${unknown}: expected limits or extraCost, both of which add to what holds anyway`,
    );
  return spec;
}

/**
 * A cost on top that is less than nothing would take away what holds of every request.
 * @param declares whether there is a limit of this name by now
 * @throws HeadgateError `ERR_COST`
 */
export function checkExtraCost(units: unknown, declares: (name: string) => boolean): void {
  if (units === undefined) return;
  const named = typeof units === 'object' && units !== null ? Object.entries(units) : [];
  if (named.length === 0) requireCost('extraCost', units);
  for (const [name, each] of named) {
    requireCost(`extraCost.${name}`, each);
    if (!declares(name)) throw new HeadgateError('ERR_COST', `extraCost.${name}: no such limit is declared by now`);
  }
}
