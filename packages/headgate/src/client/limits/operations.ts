import type { CompiledPolicy, Operation } from '../../profile/index.ts';
import type { AskedFor } from '../fetch/options.ts';

/** Which operation of a policy a request is: the first that matches. Without any, each method and path is one. */
export function operationOf(
  { operations }: CompiledPolicy,
  { method, url }: AskedFor,
): { name: string; group: string } {
  const path = url?.pathname ?? '/';
  const segments = path.split('/').slice(1);
  const found = operations.find(({ routes }) => routes.some((route) => matches(route, method, segments)));
  const name = found?.name ?? `${method} ${path}`;
  return { name, group: found?.group ?? name };
}

/** A path as it stands: whoever calls spells it as the API's page does. */
function matches({ method, segments }: Operation['routes'][number], asked: string, path: readonly string[]): boolean {
  if (method !== 'ANY' && method !== asked) return false;
  const open = segments.at(-1) === '**';
  const fixed = open ? segments.slice(0, -1) : segments;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, i) => segment.startsWith(':') || segment === path[i]);
}
