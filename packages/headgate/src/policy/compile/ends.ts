import type { Expr, HoldEnd } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { EndInput, HoldInput } from '../schema/hold.ts';
import { afterwards } from './afterwards.ts';
import { REFUSED, type Context } from './context.ts';
import { APP, appName } from './events.ts';
import { settledFigure } from './cost.ts';
import type { Held } from './hold.ts';
import { listOf } from './lists.ts';
import { operationsCalled } from './scope.ts';

/** The end of a web socket, of what is held on it. */
const CLOSED = 'connection.closed';

/** Compiles `until`: the responses that end what is held. The end of its own exchange needs none. */
export function compileEnds(context: Context, given: HoldInput, held: Held, path: Path): readonly HoldEnd[] {
  return listOf<EndInput>(given.until, path).flatMap(({ item, path: at }) => {
    const end = typeof item === 'string' ? { on: item } : item;
    const on = typeof item === 'string' ? at : [...at, 'on'];
    if (end.on === CLOSED) return checkClosed(context, end, path);
    if (end.on === 'response.end') return checkOwnEnd(context, given, on);
    if (given.id === undefined)
      return refuse(context, 'ERR_POLICY_MISSING', on, 'what another request ends needs an "id" to be found by');
    return [
      end.on.startsWith(APP) ? appEnd(context, end, held, at, on) : compileEnd(context, end, given.id, held, at, on),
    ];
  });
}

/** Whether what is held on a connection ends with it. */
export function endsWithConnection({ until }: HoldInput): boolean {
  return listOf<EndInput>(until, []).some(({ item }) => (typeof item === 'string' ? item : item.on) === CLOSED);
}

function checkClosed(context: Context, { when, id, cost }: End, path: Path): readonly HoldEnd[] {
  if (when === undefined && id === undefined && cost === undefined) return [];
  return refuse(context, 'ERR_POLICY_WORD', path, `${CLOSED} ends all that is held on the connection: remove the rest`);
}

/** The application names what it ends in its facts. */
function appEnd(context: Context, end: End, held: Held, path: Path, on: Path): HoldEnd {
  const name = appName(context, end.on, on);
  if (end.cost !== undefined && held.kind !== 'level')
    refuse(context, 'ERR_POLICY_WORD', [...path, 'cost'], 'belongs to a level: a permit comes back whole');
  return {
    operations: [],
    events: [name],
    ...(end.when !== undefined && { when: context.expression(end.when, [...path, 'when'], { expect: 'bool' }) }),
    id: end.id === undefined ? ['.', ['root', 'facts'], 'id'] : context.expression(end.id, [...path, 'id']),
    ...(end.cost !== undefined && { cost: settledFigure(context, end.cost, held.precision, [...path, 'cost']) }),
  };
}

function refuse(
  context: Context,
  code: 'ERR_POLICY_MISSING' | 'ERR_POLICY_WORD',
  path: Path,
  rule: string,
): readonly HoldEnd[] {
  context.problems.error(code, path, rule, { value: null });
  return [];
}

function checkOwnEnd(context: Context, { id }: HoldInput, path: Path): readonly HoldEnd[] {
  if (id === undefined) return [];
  return refuse(context, 'ERR_POLICY_WORD', path, 'what has an id outlives its response: remove one of them');
}

type End = Exclude<EndInput, string>;

function compileEnd(context: Context, end: End, ownId: string, held: Held, path: Path, on: Path): HoldEnd {
  const operations = operationsCalled(context, end.on, on);
  if (!isOfItself(end, ownId)) checkOwn(context, operations, held, on);
  if (end.cost !== undefined && held.kind !== 'level')
    refuse(context, 'ERR_POLICY_WORD', [...path, 'cost'], 'belongs to a level: a permit comes back whole');
  return {
    operations,
    ...(end.when !== undefined && { when: afterwards(context, end.when, [...path, 'when'], { expect: 'bool' }) }),
    id: end.id === undefined ? variableOf(context, operations, path) : afterwards(context, end.id, [...path, 'id']),
    ...(end.cost !== undefined && { cost: settledFigure(context, end.cost, held.precision, [...path, 'cost']) }),
  };
}

/** What ends under the very id that it begins under holds nothing beyond its exchange: a job that was over when its creation was answered. */
function isOfItself({ id, when }: End, ownId: string): boolean {
  return when !== undefined && id?.trim() === ownId.trim();
}

/** An operation that takes a permit by which it ends one would take more with every poll. */
function checkOwn(context: Context, operations: readonly string[], held: Held, path: Path): void {
  const both = operations.find((name) => held.operations === undefined || held.operations.includes(name));
  if (both === undefined) return;
  refuse(
    context,
    'ERR_POLICY_WORD',
    path,
    `the limit applies to "${both}" too: say by "on" what takes, apart from what ends`,
  );
}

/** The one variable of the operations' paths. */
function variableOf(context: Context, operations: readonly string[], path: Path): Expr {
  const names = new Set(operations.flatMap((name) => context.names.variables.get(name) ?? ['']));
  const [only] = names;
  if (names.size === 1 && only !== undefined && only !== '') return ['.', ['root', 'path'], only];
  refuse(context, 'ERR_POLICY_MISSING', path, 'expected "id": the path has no variable, or more than one');
  return REFUSED;
}
