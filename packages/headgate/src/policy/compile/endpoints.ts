import type { Endpoint, Operation } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { covers, readRoute, type Route } from '../read/route.ts';
import type { EndpointInput } from '../schema/endpoints.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';
import { compilePointer } from './merge.ts';

interface Placed {
  readonly route: Route;
  readonly path: Path;
  readonly by: string;
}

/** Compiles where callers read their own state. These are asked first, so what they take, no operation gets. */
export function compileEndpoints(
  context: Context,
  input: PolicyInput,
  operations: readonly Operation[],
): readonly Endpoint[] {
  const placed: Placed[] = [];
  const compiled = Object.entries(input.endpoints ?? {}).map(([name, given]) =>
    compileEndpoint(context, name, given, placed),
  );
  const named = namedIn(input);
  for (const operation of operations) checkOperation(context, operation, placed, named.has(operation.name));
  return compiled;
}

function compileEndpoint(context: Context, name: string, given: EndpointInput, placed: Placed[]): Endpoint {
  const path = ['endpoints', name];
  const routes = listOf<string>(given.match, [...path, 'match']).flatMap((one) => {
    const route = readRoute(one.item);
    if (typeof route === 'string') return context.problems.error('ERR_POLICY_ROUTE', one.path, route) ?? [];
    const earlier = placed.find((other) => covers(other.route, route));
    if (earlier !== undefined) {
      const rule = `never matches: "${earlier.by}" stands before it and takes ${earlier.route.method} ${earlier.route.path}`;
      context.problems.error('ERR_POLICY_SHADOWED', one.path, rule);
    }
    placed.push({ route, path: one.path, by: name });
    return [route];
  });
  return {
    name,
    routes,
    ...(given.merge !== undefined && { merge: compilePointer(context, given.merge, [...path, 'merge']) }),
  };
}

/**
 * An operation may have an endpoint's very route, so that limits can leave it out; but what reads `on` it would never apply, and what an
 * endpoint's wider route swallows would never be charged.
 */
function checkOperation(
  context: Context,
  { name, routes }: Operation,
  placed: readonly Placed[],
  isNamed: boolean,
): void {
  const takers = routes.map((route) => placed.find((endpoint) => covers(endpoint.route, route)));
  const [taker] = takers;
  if (taker === undefined || takers.includes(undefined)) return;
  const isSame = routes.every((route, i) => {
    const other = takers[i]?.route;
    return other !== undefined && covers(route, other);
  });
  if (isSame && !isNamed) return;
  const rule = isSame
    ? `takes every request of the operation "${name}", and something applies "on" it that never would`
    : `takes every request of the operation "${name}", which would never be counted; narrow it`;
  context.problems.error('ERR_POLICY_SHADOWED', taker.path, rule);
}

/** Operations on which something applies, by their own names. */
function namedIn({ limits, respond }: PolicyInput): ReadonlySet<string> {
  const scopes = [
    ...Object.values(limits ?? {}),
    ...listOf(respond?.headers, []).map(({ item }) => item),
    ...listOf(respond?.merge, []).map(({ item }) => item),
  ];
  return new Set(scopes.flatMap(({ on }) => listOf<string>(on, []).map(({ item }) => item)));
}
