import { own, type Scope } from '../scope.ts';
import { isList, spendText } from '../values.ts';
import { readDocument, type Argument, type Document, type Operation, type Selection } from './document.ts';

/** What a cost is reckoned by. */
interface Reckoning {
  readonly document: Document;
  readonly table: unknown;
  /** By name: what the request gives, else what the operation says. */
  readonly variable: (name: string) => unknown;
  readonly scope: Scope;
}

/**
 * What a request of GraphQL costs: every field its row of the table (that of its path, `a.b.c`, before that of its name, else
 * `else`, else nothing), times all the sizes (`first`, `last`, `limit`) that it stands below. Fragments count where they are spread,
 * fields by their own names and not by their aliases, and what a directive may leave out counts. A list of requests is their sum.
 */
export function graphqlCost([name, body]: readonly unknown[], scope: Scope): unknown {
  const requests = isList(body) ? body : [body];
  let cost = 0;
  for (const request of requests) {
    const one = requestCost(request, own(scope.visible.tables, String(name)), scope);
    if (one === undefined) return scope.miss('request.body.query');
    cost += one;
  }
  return Number.isSafeInteger(cost) ? cost : scope.miss('request.body.query');
}

function requestCost(request: unknown, table: unknown, scope: Scope): number | undefined {
  const query = own(request, 'query');
  if (typeof query !== 'string' || !spendText(scope, query.length)) return undefined;
  const document = readDocument(query);
  const operation = document && chosen(document, own(request, 'operationName'));
  if (document === undefined || operation === undefined) return undefined;
  const variable = (of: string): unknown => own(own(request, 'variables'), of) ?? operation.defaults.get(of);
  return costOf(operation.below, '', [], { document, table, variable, scope });
}

function chosen({ operations }: Document, name: unknown): Operation | undefined {
  if (typeof name === 'string') return operations.find((operation) => operation.name === name);
  return operations.length === 1 ? operations[0] : undefined;
}

/** `within`: the fragments that are being spread. Undefined when it cannot be told. */
function costOf(all: readonly Selection[], path: string, within: readonly string[], by: Reckoning): number | undefined {
  let cost = 0;
  for (const one of all) {
    const more = by.scope.spend(1) ? selectionCost(one, path, within, by) : undefined;
    if (more === undefined) return undefined;
    cost += more;
  }
  return cost;
}

function selectionCost(one: Selection, path: string, within: readonly string[], by: Reckoning): number | undefined {
  if (one.is === 'inline') return costOf(one.below, path, within, by);
  if (one.is === 'field') return fieldCost(one, path, within, by);
  const below = by.document.fragments.get(one.name);
  // A fragment that spreads itself has no end.
  if (below === undefined || within.includes(one.name)) return undefined;
  return costOf(below, path, [...within, one.name], by);
}

function fieldCost(
  { name, sizes, below }: Extract<Selection, { is: 'field' }>,
  path: string,
  within: readonly string[],
  by: Reckoning,
): number | undefined {
  const here = path === '' ? name : `${path}.${name}`;
  const row = own(by.table, here) ?? own(by.table, name) ?? own(by.table, 'else') ?? 0;
  const size = sizeOf(sizes, by);
  const rest = costOf(below, here, within, by);
  return typeof row !== 'number' || size === undefined || rest === undefined ? undefined : row + size * rest;
}

/** How many of what stands below are asked for; 1 where nothing says so. */
function sizeOf(sizes: readonly Argument[], { variable }: Reckoning): number | undefined {
  let size = 1;
  for (const one of sizes) {
    const value = one.is === 'number' ? one.value : (variable(one.name) ?? 1);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return undefined;
    size *= value;
  }
  return size;
}
