import type { Operation, OperationHit, PathRules } from '../../profile/index.ts';
import { countedMethod } from './method.ts';
import { withoutEnd } from './spelling.ts';

/** Asks whether an operation's `when` holds; only called for operations that have one. */
export type Holds = (operation: Operation, path: Readonly<Record<string, string>>) => boolean;

/** Finds the first operation that a method and a path match. */
export type Table = (method: string, path: string, holds: Holds) => OperationHit | undefined;

type Segment =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'rest' };

interface Route {
  readonly index: number;
  readonly operation: Operation;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Whether it is of every path. */
  readonly isAny: boolean;
  /** As it is written: `/orders/:id`. */
  readonly path: string;
}

const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Compiles routes. Paths are compared decoded, so that no escape gives one a second name; an escaped slash stays what it is, since
 * it parts no segments.
 */
export function createTable(operations: readonly Operation[], rules: PathRules, fold: boolean): Table {
  const routes = operations.flatMap((operation, index) => routesOf(operation, index, rules, fold));
  const fixed = fixedRoutes(routes);
  const open = routes.filter((route) => !isFixed(route));
  return (method, path, holds) => {
    const bare = rules.trailingSlash === 'same' ? withoutEnd(path) : path;
    const plain = text(bare, fold);
    const exact = earlier(fixed.get(`${method} ${plain}`), fixed.get(`ANY ${plain}`));
    let parts: readonly string[] | undefined;
    for (const route of open) {
      if (exact !== undefined && exact.index <= route.index) break;
      if (route.method !== 'ANY' && route.method !== method) continue;
      const hit = route.isAny ? anyOf(route, plain) : partedOf(route, (parts ??= partsOf(bare, fold)));
      if (hit !== undefined && (route.operation.when === undefined || holds(route.operation, hit.path))) return hit;
    }
    return exact;
  };
}

/** What takes whatever is left mostly stands last, and is met by most requests: it needs no parts. */
function anyOf({ index, operation, path }: Route, plain: string): OperationHit {
  return { index, name: operation.name, path: NO_VARIABLES, route: path, rest: escapedSlashes(plain.slice(1)) };
}

function partedOf(route: Route, parts: readonly string[]): OperationHit | undefined {
  const variables = match(route, parts);
  return variables && hitOf(route, variables, parts);
}

function hitOf(route: Route, variables: Readonly<Record<string, string>>, parts: readonly string[]): OperationHit {
  const { index, operation, path, segments } = route;
  const hit = { index, name: operation.name, path: variables, route: path };
  const isOpen = segments.at(-1)?.is === 'rest';
  return isOpen ? { ...hit, rest: escapedSlashes(parts.slice(segments.length - 1).join('/')) } : hit;
}

function escapedSlashes(decoded: string): string {
  return decoded.includes('\0') ? decoded.replaceAll('\0', '%2F') : decoded;
}

/** Safe: a target that is not UTF-8 was refused before, and one with an escaped NUL too, so that NUL can stand for an escaped slash. */
function text(path: string, fold: boolean): string {
  const decoded = path.includes('%') ? decodeURIComponent(path.replaceAll('%2F', '%00')) : path;
  return fold ? decoded.toLowerCase() : decoded;
}

function partsOf(path: string, fold: boolean): readonly string[] {
  return path === '/'
    ? []
    : path
        .slice(1)
        .split('/')
        .map((part) => text(part, fold));
}

function earlier(a: OperationHit | undefined, b: OperationHit | undefined): OperationHit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.index <= b.index ? a : b;
}

function routesOf(operation: Operation, index: number, rules: PathRules, fold: boolean): Route[] {
  return operation.routes.map(({ method, path, segments }) => {
    const bare = segments.at(-1) === '' && (rules.trailingSlash === 'same' || segments.length === 1);
    return {
      index,
      operation,
      method: countedMethod(method),
      path,
      segments: (bare ? segments.slice(0, -1) : segments).map((segment) => segmentOf(segment, fold)),
      isAny: segments[0] === '**',
    };
  });
}

function segmentOf(segment: string, fold: boolean): Segment {
  if (segment === '**') return { is: 'rest' };
  if (segment.startsWith(':')) return { is: 'variable', name: segment.slice(1) };
  return { is: 'text', text: text(segment, fold) };
}

/** A route of text alone, asked of nothing but method and path, is found by one look-up. */
function isFixed(route: Route): boolean {
  return route.operation.when === undefined && route.segments.every(({ is }) => is === 'text');
}

function fixedRoutes(routes: readonly Route[]): ReadonlyMap<string, OperationHit> {
  const fixed = new Map<string, OperationHit>();
  for (const route of routes) {
    const key = `${route.method} /${route.segments.map((part) => (part.is === 'text' ? part.text : '')).join('/')}`;
    if (isFixed(route) && !fixed.has(key)) {
      fixed.set(key, {
        index: route.index,
        name: route.operation.name,
        path: NO_VARIABLES,
        route: route.path,
      });
    }
  }
  return fixed;
}

/** The path's variables when the route matches. `**` takes the rest, however much of it there is. */
function match(route: Route, parts: readonly string[]): Record<string, string> | undefined {
  const variables: Record<string, string> = Object.create(null) as Record<string, string>; // no prototype: a variable may be called anything
  for (const [i, segment] of route.segments.entries()) {
    if (segment.is === 'rest') return variables;
    const part = parts[i];
    if (part === undefined) return undefined;
    if (segment.is === 'text') {
      if (segment.text !== part) return undefined;
    } else if (part === '') return undefined;
    else variables[segment.name] = part.replaceAll('\0', '/');
  }
  return parts.length === route.segments.length ? variables : undefined;
}
