import { isUtf8Path, textOf, type Expr, type Operation, type PathRules, type Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { nameProblem } from '../read/names.ts';
import { compared, covers, readRoute, type Route } from '../read/route.ts';
import type { OperationInput } from '../schema/operations.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ValueInput, ValueLeaf } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import type { Context } from './context.ts';
import { compileEvent, eventName } from './events.ts';
import { compileFigure } from './figure.ts';
import { listOf } from './lists.ts';

/** More routes than this are not compared for shadows, and not a policy that a person keeps. */
const MAX_ROUTES = 2000;

/** Compiles the operations, in order: the first that matches is the one. */
export function compileOperations(
  context: Context,
  operations: PolicyInput['operations'],
  paths: PathRules,
): readonly Operation[] {
  const compiled = Object.entries(operations ?? {}).map(([name, given]) =>
    compileOperation(context, name, given, paths),
  );
  checkShadows(context, compiled, paths);
  return compiled.map(({ operation }) => operation);
}

interface Placed {
  readonly operation: Operation;
  readonly routes: readonly { readonly route: Route; readonly path: Path }[];
}

function compileOperation(context: Context, name: string, given: OperationInput, paths: PathRules): Placed {
  const path = ['operations', name];
  if (given.match === undefined && !context.wasWritten(path, ['match', 'event'])) {
    context.problems.error('ERR_POLICY_MISSING', path, 'expected "match:" with a method and a path, or "event:"', {
      value: null,
    });
  }
  if (given.name !== undefined && given.each === undefined)
    context.problems.error(
      'ERR_POLICY_WORD',
      [...path, 'name'],
      'belongs to "each": it names the elements of a batch',
      {
        value: null,
        onName: true,
      },
    );
  const event = compileEvent(context, given, path);
  const routes = compileRoutes(context, given, paths, [...path, 'match']);
  const tags = listOf(given.tags, [...path, 'tags']);
  for (const tag of tags) checkWord(context, tag.item, tag.path);
  if (given.group !== undefined) checkWord(context, given.group, [...path, 'group']);
  const operation = {
    name,
    ...(event !== undefined && { event }),
    routes: routes.map(({ route }) => route),
    ...(given.when !== undefined && { when: context.expression(given.when, [...path, 'when'], { expect: 'bool' }) }),
    ...(given.each !== undefined && { each: compileEach(context, given, path) }),
    ...(given.group !== undefined && { group: given.group }),
    tags: tags.map((tag) => tag.item),
    ...(given.weight !== undefined && {
      weight: compileFigure(context, given.weight, 'count', [...path, 'weight']).value,
    }),
    set: compileSet(context, given.set, [...path, 'set']),
  };
  return { operation, routes };
}

/** An element is known as `item`, in the limits that it meets too. */
function compileEach(
  context: Context,
  { each = '', name }: OperationInput,
  path: Path,
): NonNullable<Operation['each']> {
  return {
    list: context.expression(each, [...path, 'each'], { expect: 'list' }),
    ...(name !== undefined && named(context.expression(name, [...path, 'name'], { expect: 'string' }))),
  };
}

/** Only the language writes expressions: what is told of one when it runs is written here. */
function named(name: Expr): Pick<NonNullable<Operation['each']>, 'name' | 'named'> {
  return { name, named: textOf(name) };
}

function compileRoutes(context: Context, given: OperationInput, paths: PathRules, path: Path): Placed['routes'] {
  const rules = { anyCase: paths.case === 'insensitive', anyEnd: paths.trailingSlash === 'same' };
  return listOf(given.match, path).flatMap((one) => {
    const route = readRoute(one.item);
    const problem = typeof route === 'string' ? route : unreachable(route, paths);
    if (typeof route !== 'string' && problem === undefined) return [{ route: compared(route, rules), path: one.path }];
    context.problems.error('ERR_POLICY_ROUTE', one.path, problem ?? '');
    return [];
  });
}

/** Why no request ever has such a path; undefined when one may. */
function unreachable({ path }: Route, paths: PathRules): string | undefined {
  if (paths.params !== 'keep' && /;|%3b/i.test(path)) return 'has ";", which needs "paths: { params: keep }"';
  if (paths.encodedSlash === 'refuse' && /%2f/i.test(path))
    return 'has "%2F", which needs "paths: { encodedSlash: keep }"';
  if (paths.doubleEscape === 'refuse' && /%25[0-9a-f]{2}/i.test(path))
    return 'has a double escape, which needs "paths: { doubleEscape: keep }"';
  if (/%(?:[01][0-9a-f]|7f|5c)|\\/i.test(path)) return 'has a character that no path may have';
  return isUtf8Path(path) ? undefined : 'is not UTF-8 without its escapes, and no such request is read';
}

function checkWord(context: Context, word: string, path: Path): void {
  const problem = nameProblem(word, 'name', ['all']);
  if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', path, problem);
}

const OPERATION_FIELDS = ['name', 'group', 'tags', 'weight', 'route'];

function compileSet(context: Context, set: OperationInput['set'], path: Path): Operation['set'] {
  return Object.entries(set ?? {}).map(([name, given]) => {
    const problem = nameProblem(name, 'name', OPERATION_FIELDS);
    if (problem !== undefined)
      context.problems.error('ERR_POLICY_NAME', [...path, name], problem, { value: null, onName: true });
    return [name, compileAttribute(context, given, [...path, name])] as const;
  });
}

/** A number or truth value is itself; a text is an expression, so that a text is written `'"UID"'`. */
function compileAttribute(context: Context, given: ValueInput, path: Path): Value {
  return compileChoice<ValueLeaf, Extract<Value, { is: 'literal' | 'expr' }>>(context, given, path, (leaf, at) =>
    typeof leaf === 'string' ? { is: 'expr', expr: context.expression(leaf, at) } : { is: 'literal', value: leaf },
  );
}

/** Tells of routes whose every request is taken by an earlier operation that asks for nothing else. */
function checkShadows(context: Context, placed: readonly Placed[], paths: PathRules): void {
  const earlier: { route: Route; by: string }[] = [];
  const events = new Map<string, string>();
  for (const { operation, routes } of placed) {
    const twin = operation.event && earlierEvent(operation.event, events, earlier);
    if (twin !== undefined)
      context.problems.error(
        'ERR_POLICY_SHADOWED',
        ['operations', operation.name, 'event'],
        `never happens: "${twin}" stands before it and takes every one`,
      );
    if (operation.event !== undefined && operation.when === undefined)
      events.set(eventName(operation.event), operation.name);
    for (const { route, path } of routes) {
      if (earlier.length >= MAX_ROUTES)
        return context.problems.error('ERR_POLICY_SIZE', ['operations'], `a policy may have ${MAX_ROUTES} routes`, {
          value: null,
        });
      const rule = shadowOf(earlier, route, paths);
      if (rule !== undefined) context.problems.error('ERR_POLICY_SHADOWED', path, rule);
    }
    if (operation.when === undefined) earlier.push(...routes.map(({ route }) => ({ route, by: operation.name })));
  }
}

/** A web socket is asked for by a GET: an earlier route that takes them all leaves none. */
function earlierEvent(
  event: NonNullable<Operation['event']>,
  events: ReadonlyMap<string, string>,
  earlier: readonly { readonly route: Route; readonly by: string }[],
): string | undefined {
  const taken = events.get(eventName(event));
  if (taken !== undefined || event.is !== 'connect') return taken;
  return earlier.find(({ route }) => ['ANY', 'GET'].includes(route.method) && route.path === '/**')?.by;
}

function shadowOf(
  earlier: readonly { readonly route: Route; readonly by: string }[],
  route: Route,
  paths: PathRules,
): string | undefined {
  const exact = earlier.find((one) => covers(one.route, route));
  if (exact !== undefined)
    return `never matches: "${exact.by}" stands before it and takes ${exact.route.method} ${exact.route.path}`;
  if (paths.case !== 'unstated') return undefined;
  const anyCase = (one: Route): Route => compared(one, { anyCase: true, anyEnd: false });
  const twin = earlier.find((one) => covers(anyCase(one.route), anyCase(route)));
  return (
    twin && `differs from ${twin.route.path} of "${twin.by}" in case alone: say which it is by "paths: { case: … }"`
  );
}
