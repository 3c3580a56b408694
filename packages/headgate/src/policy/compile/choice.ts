import type { Expr } from '../../profile/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import type { Cases, Choice, PlanTable, Table } from '../schema/value.ts';
import { isMap } from '../schema/words.ts';
import type { Context, Wanted } from './context.ts';

/** A choice whose leaves were compiled. */
export type Chosen<Out> =
  | Out
  | {
      readonly is: 'table';
      readonly by: Expr;
      readonly rows: readonly (readonly [string, Chosen<Out>])[];
      readonly else?: Chosen<Out>;
    }
  | {
      readonly is: 'cases';
      readonly cases: readonly { readonly when: Expr; readonly use: Chosen<Out> }[];
      readonly else: Chosen<Out>;
    };

/** Compiles one leaf, at its own path. */
export interface LeafCompiler<Leaf, Out> {
  (leaf: Leaf, path: Path): Out;
  /** Whether a map is a leaf itself, and no choice. Default: none is. */
  readonly isLeaf?: (map: object) => boolean;
  /** Compiles the expressions that decide, where they may read more than elsewhere. */
  readonly expression?: (text: string, path: Path, wanted?: Wanted) => Expr;
}

/** Compiles a figure, a partition or a body: a leaf, a table by plan or by anything, or cases; choices nest. */
export function compileChoice<Leaf, Out>(
  context: Context,
  given: Choice<Leaf>,
  path: Path,
  leaf: LeafCompiler<Leaf, Out>,
): Chosen<Out> {
  if (!isMap(given) || leaf.isLeaf?.(given) === true) return leaf(given as Leaf, path);
  // The schema has checked which of the choices this map is; the words in it decide in the same order.
  if (Object.hasOwn(given, 'by')) return compileTable(context, given as Table<Leaf>, path, leaf);
  if (Object.hasOwn(given, 'cases')) return compileCases(context, given as unknown as Cases<Leaf>, path, leaf);
  return compilePlanTable(context, given as PlanTable<Leaf>, path, leaf);
}

function compilePlanTable<Leaf, Out>(
  context: Context,
  given: PlanTable<Leaf>,
  path: Path,
  leaf: LeafCompiler<Leaf, Out>,
): Chosen<Out> {
  const { plans } = context.names;
  if (plans.length === 0) {
    context.problems.error(
      'ERR_POLICY_TABLE',
      path,
      'a table by plan needs `plans`; a table by something else begins with `by:`',
      { value: null },
    );
  } else {
    checkRows(context, given, plans, 'plan', path);
  }
  return rowsOf(context, given, 'subject.plan', path, leaf);
}

function compileTable<Leaf, Out>(
  context: Context,
  given: Table<Leaf>,
  path: Path,
  leaf: LeafCompiler<Leaf, Out>,
): Chosen<Out> {
  const domain = domainOf(context, given.by);
  if (domain !== undefined) checkRows(context, given, domain.values, domain.what, path);
  else if (!context.wasWritten(path, ['else'])) {
    context.problems.error(
      'ERR_POLICY_TABLE',
      path,
      'a table needs "else", since its rows may not be all that can come',
      { value: null },
    );
  }
  return rowsOf(context, given, given.by, path, leaf);
}

function decider<Leaf, Out>(
  context: Context,
  { expression }: LeafCompiler<Leaf, Out>,
): NonNullable<LeafCompiler<Leaf, Out>['expression']> {
  return expression ?? ((text, path, wanted) => context.expression(text, path, wanted));
}

function isRow(name: string): boolean {
  return name !== 'by' && name !== 'else';
}

/** The values an expression can have, where the policy or the language itself says so. */
function domainOf({ names }: Context, by: string): { what: string; values: readonly string[] } | undefined {
  const read = by.trim();
  if (/^(subject\.)?plan$/.test(read) && names.plans.length > 0) return { what: 'plan', values: names.plans };
  if (read === 'subject.auth') return { what: 'source', values: names.auth };
  if (read === 'response.class') return { what: 'class of response', values: ['2xx', '3xx', '4xx', '5xx'] };
  return read === 'request.kind' ? { what: 'kind of request', values: ['read', 'write'] } : undefined;
}

function checkRows(context: Context, table: object, known: readonly string[], what: string, path: Path): void {
  const rows = Object.keys(table).filter(isRow);
  for (const row of rows) {
    if (known.includes(row)) continue;
    const rule = `there is no ${what} "${row}"${didYouMean(row, known)}; there are ${known.join(', ')}`;
    context.problems.error('ERR_POLICY_TABLE', [...path, row], rule, { value: null, onName: true });
  }
  // A row that is blank was told of, and is not missing.
  const missing = known.filter((name) => !context.wasWritten(path, [name]));
  if (missing.length === 0 || context.wasWritten(path, ['else'])) return;
  context.problems.error(
    'ERR_POLICY_TABLE',
    path,
    `misses ${missing.join(', ')}; add ${missing.length === 1 ? 'it' : 'them'}, or "else"`,
    { value: null },
  );
}

function rowsOf<Leaf, Out>(
  context: Context,
  given: Table<Leaf> | PlanTable<Leaf>,
  by: string,
  path: Path,
  leaf: LeafCompiler<Leaf, Out>,
): Chosen<Out> {
  const rows: [string, Chosen<Out>][] = [];
  // All but `by`, which is no row.
  for (const [row, choice] of Object.entries(given as Readonly<Record<string, Choice<Leaf> | undefined>>)) {
    if (isRow(row) && choice !== undefined) rows.push([row, compileChoice(context, choice, [...path, row], leaf)]);
  }
  const rest = given['else'];
  const last = rest === undefined ? undefined : compileChoice(context, rest, [...path, 'else'], leaf);
  return {
    is: 'table',
    by: decider(context, leaf)(by, Object.hasOwn(given, 'by') ? [...path, 'by'] : path),
    rows,
    ...(last !== undefined && { else: last }),
  };
}

function compileCases<Leaf, Out>(
  context: Context,
  given: Cases<Leaf>,
  path: Path,
  leaf: LeafCompiler<Leaf, Out>,
): Chosen<Out> {
  const inner = [...path, 'cases'];
  const cases: { when: Expr; use: Chosen<Out> }[] = [];
  let last: Chosen<Out> | undefined;
  for (const [i, { when, use }] of given.cases.entries()) {
    const isLast = i === given.cases.length - 1;
    if ((when === undefined) !== isLast)
      context.problems.error('ERR_POLICY_CASES', [...inner, i], isLast ? LAST : EARLIER, { value: null });
    const chosen = compileChoice(context, use, [...inner, i, 'use'], leaf);
    if (when === undefined) last = chosen;
    else cases.push({ when: decider(context, leaf)(when, [...inner, i, 'when'], { expect: 'bool' }), use: chosen });
  }
  // Without a last resort a problem was told, and the policy is not handed out.
  return { is: 'cases', cases, else: last ?? cases[0]?.use ?? leaf('none' as Leaf, path) };
}

const LAST = 'the last case has no "when": it is what holds when none of the others does';
const EARLIER = 'only the last case may leave out "when": those after it would never be read';
