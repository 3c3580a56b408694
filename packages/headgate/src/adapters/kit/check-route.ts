import { HeadgateError } from '../../core/index.ts';
import type { RouteSpec } from './route.ts';

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
  if (units === undefined || isWhole(units)) return;
  if (typeof units !== 'object' || units === null || Array.isArray(units) || Object.keys(units).length === 0)
    refuse(`extraCost: expected a whole number from 0, or one a limit by name, got ${shown(units)}`);
  for (const [name, each] of Object.entries(units)) {
    if (!declares(name))
      refuse(`extraCost.${name}: expected the name of a limit, and no policy or route has declared it`);
    if (!isWhole(each)) refuse(`extraCost.${name}: expected a whole number from 0, got ${shown(each)}`);
  }
}

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
/** JSON has neither NaN nor Infinity. */
const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));

function refuse(what: string): never {
  throw new HeadgateError('ERR_ADAPTER_ROUTE', what);
}
