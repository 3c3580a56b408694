import { evaluate, type Expr, type Scope } from '../expression/index.ts';

/*
 * Figures and partitions are chosen alike: by a table over an expression, or by the first case that holds.
 */

export interface Table<Leaf> {
  readonly is: 'table';
  readonly by: Expr;
  readonly rows: readonly (readonly [string, Choice<Leaf>])[];
  readonly else?: Choice<Leaf>;
}

export interface Cases<Leaf> {
  readonly is: 'cases';
  readonly cases: readonly { readonly when: Expr; readonly use: Choice<Leaf> }[];
  readonly else: Choice<Leaf>;
}

export type Choice<Leaf> = Leaf | Table<Leaf> | Cases<Leaf>;

type Tagged = { readonly is: string };

/** What a choice comes to; undefined when an expression fails that decides it, or a table has no such row. */
export function choose<Leaf extends Tagged>(choice: Choice<Leaf>, scope: Scope): Leaf | undefined {
  if (isTable(choice)) return chooseRow(choice, scope);
  if (!isCases(choice)) return choice;
  for (const { when, use } of choice.cases) {
    const holds = evaluate(when, scope);
    if (holds === true) return choose(use, scope);
    if (holds !== false) return undefined;
  }
  return choose(choice.else, scope);
}

function chooseRow<Leaf extends Tagged>(table: Table<Leaf>, scope: Scope): Leaf | undefined {
  const key = rowKey(evaluate(table.by, scope));
  const row = key === undefined ? undefined : table.rows.find(([name]) => name === key);
  const chosen = row?.[1] ?? table.else;
  return chosen === undefined ? undefined : choose(chosen, scope);
}

/** Rows are named in text: `true`, `1` and `PRO` alike. */
export function rowKey(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Everything a choice can come to. */
export function leavesOf<Leaf extends Tagged>(choice: Choice<Leaf>): readonly Leaf[] {
  if (isTable(choice))
    return [
      ...choice.rows.flatMap(([, use]) => leavesOf(use)),
      ...(choice.else === undefined ? [] : leavesOf(choice.else)),
    ];
  if (isCases(choice)) return [...choice.cases.flatMap(({ use }) => leavesOf(use)), ...leavesOf(choice.else)];
  return [choice];
}

/** An expression that decides a choice, with the rows it is looked up in, if it is. */
export interface Selector {
  readonly expr: Expr;
  readonly rows: ReadonlySet<string> | undefined;
}

/** Every expression that decides which leaf it is. */
export function selectorsOf<Leaf extends Tagged>(choice: Choice<Leaf>): readonly Selector[] {
  if (isTable(choice)) {
    const below = [...choice.rows.map(([, use]) => use), ...(choice.else === undefined ? [] : [choice.else])];
    return [
      { expr: choice.by, rows: new Set(choice.rows.map(([name]) => name)) },
      ...below.flatMap((use) => selectorsOf(use)),
    ];
  }
  if (!isCases(choice)) return [];
  const own = choice.cases.flatMap(({ when, use }) => [{ expr: when, rows: undefined }, ...selectorsOf(use)]);
  return [...own, ...selectorsOf(choice.else)];
}

function isTable<Leaf extends Tagged>(choice: Choice<Leaf>): choice is Table<Leaf> {
  return (choice as Tagged).is === 'table'; // every choice is tagged; leaves have tags of their own
}

function isCases<Leaf extends Tagged>(choice: Choice<Leaf>): choice is Cases<Leaf> {
  return (choice as Tagged).is === 'cases';
}
