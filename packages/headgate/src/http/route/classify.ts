import type { Operation, OperationHit } from '../../profile/index.ts';
import type { Sha256 } from '../request.ts';

/** Asks whether an operation's `when` holds; only called for operations that have one. */
export type Holds = (operation: Operation, path: Readonly<Record<string, string>>) => boolean;

/** Finds the operation a request is; undefined when operations are declared and none matches. */
export type Classify = (method: string, path: string, holds: Holds) => OperationHit | undefined;

/** A path longer than this is counted under its hash: names of operations become keys, and keys are kept whole. */
const MAX_NAME = 256;
const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});

interface Route {
  readonly index: number;
  readonly operation: Operation;
  readonly method: string;
  readonly segments: readonly string[];
}

/** `HEAD` asks for what `GET` would bring, so it is matched and counted as `GET` (RFC 9110 9.3.2). */
export function countedMethod(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

/**
 * Compiles the declared operations, in order; with none declared, every method and path is one. Paths are compared decoded, and
 * a slash at the end makes no difference: most servers see neither, and a second name must not be a second allowance.
 */
export function createClassifier(operations: readonly Operation[], sha256: Sha256): Classify {
  if (operations.length === 0) return (method, path) => undeclared(method, withoutEnd(path), sha256);
  const routes = operations.flatMap((operation, index) => routesOf(operation, index));
  const fixed = fixedRoutes(routes);
  const open = routes.filter((route) => !isFixed(route));
  return (method, path, holds) => {
    const plain = decoded(withoutEnd(path));
    const exact = earlier(fixed.get(`${method} ${plain}`), fixed.get(`ANY ${plain}`));
    const parts = open.length > 0 ? partsOf(withoutEnd(path)) : [];
    for (const route of open) {
      if (exact !== undefined && exact.index <= route.index) break;
      const variables = match(route, method, parts);
      if (variables !== undefined && (route.operation.when === undefined || holds(route.operation, variables))) {
        return { index: route.index, name: route.operation.name, path: variables };
      }
    }
    return exact;
  };
}

function withoutEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Safe: a target that is not UTF-8 was refused before. */
function decoded(path: string): string {
  return path.includes('%') ? decodeURIComponent(path) : path;
}

function partsOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/').map(decoded);
}

function earlier(a: OperationHit | undefined, b: OperationHit | undefined): OperationHit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.index <= b.index ? a : b;
}

function undeclared(method: string, path: string, sha256: Sha256): OperationHit {
  const name = path.length <= MAX_NAME ? path : `#${sha256(path)}`;
  return { index: -1, name: `${method} ${name}`, path: NO_VARIABLES };
}

function routesOf(operation: Operation, index: number): Route[] {
  return operation.routes.map((route) => ({
    index,
    operation,
    method: countedMethod(route.method),
    segments: route.segments,
  }));
}

/** A route of text alone, asked of nothing but method and path, is found by one look-up. */
function isFixed(route: Route): boolean {
  return route.operation.when === undefined && route.segments.every((part) => !part.startsWith(':') && part !== '**');
}

function fixedRoutes(routes: readonly Route[]): ReadonlyMap<string, OperationHit> {
  const fixed = new Map<string, OperationHit>();
  for (const route of routes) {
    const key = `${route.method} /${route.segments.join('/')}`;
    if (isFixed(route) && !fixed.has(key)) {
      fixed.set(key, { index: route.index, name: route.operation.name, path: NO_VARIABLES });
    }
  }
  return fixed;
}

/** The path's variables when the route matches. `**` takes the rest, however much of it there is. */
function match(route: Route, method: string, parts: readonly string[]): Record<string, string> | undefined {
  if (route.method !== 'ANY' && route.method !== method) return undefined;
  const variables: Record<string, string> = Object.create(null) as Record<string, string>; // no prototype: a variable may be called anything
  for (const [i, segment] of route.segments.entries()) {
    if (segment === '**') return variables;
    const part = parts[i];
    if (part === undefined) return undefined;
    if (segment.startsWith(':')) {
      if (part === '') return undefined;
      variables[segment.slice(1)] = part;
    } else if (segment !== part) return undefined;
  }
  return parts.length === route.segments.length ? variables : undefined;
}
