import type { Expr, ExprLiteral } from './expr.ts';
import { FAILED, type Scope } from './scope.ts';
import { isList, isMap, MAX_LIST } from './values.ts';

/** Evaluates one operator on operands that are not evaluated yet. */
export type Operator = (expr: Expr, scope: Scope) => unknown;

/** `evaluate` of `evaluate.ts`, passed in so that the two files need no circle. */
export type Evaluate = (expr: Expr | ExprLiteral | undefined, scope: Scope) => unknown;

/*
 * The list macros: `[op, list, variable, predicate, transform?]`. A map is walked by its keys. They nest,
 * but every element of every level is paid for from the one budget of the scope.
 */

/** Visits each element with the variable set, until `visit` says stop; false when the list is none, or too long. */
function walk(
  evaluate: Evaluate,
  expr: Expr,
  scope: Scope,
  visit: (value: unknown, element: unknown) => boolean,
): boolean {
  const container = evaluate(expr[1], scope);
  const elements = isList(container) ? container : isMap(container) ? Object.keys(container) : undefined;
  if (elements === undefined || elements.length > MAX_LIST) return false;
  const name = String(expr[2]);
  const [shadowed, outer] = [scope.locals.has(name), scope.locals.get(name)];
  for (const element of elements) {
    scope.locals.set(name, element);
    if (!visit(evaluate(expr[3], scope), element)) break;
  }
  if (shadowed) scope.locals.set(name, outer);
  else scope.locals.delete(name);
  return true;
}

/** `all` (decided by a false) and `exists` (decided by a true): an element that decides wins over one that fails. */
function quantifier(evaluate: Evaluate, decides: boolean): Operator {
  return (expr, scope) => {
    let answer: unknown = !decides;
    const walked = walk(evaluate, expr, scope, (value) => {
      if (value === decides) answer = decides;
      else if (typeof value !== 'boolean') answer = FAILED;
      return answer !== decides;
    });
    return walked ? answer : FAILED;
  };
}

function existsOne(evaluate: Evaluate, expr: Expr, scope: Scope): unknown {
  const kept = filter(evaluate, expr, scope);
  return isList(kept) ? kept.length === 1 : FAILED;
}

function filter(evaluate: Evaluate, expr: Expr, scope: Scope): unknown {
  const kept: unknown[] = [];
  let failed = false;
  const walked = walk(evaluate, expr, scope, (value, element) => {
    failed = typeof value !== 'boolean';
    if (value === true) kept.push(element);
    return !failed;
  });
  return walked && !failed ? kept : FAILED;
}

/** `map(x, transform)`, or `map(x, predicate, transform)`. */
function map(evaluate: Evaluate, expr: Expr, scope: Scope): unknown {
  const made: unknown[] = [];
  const filtered = expr.length > 4;
  let failed = false;
  const walked = walk(evaluate, expr, scope, (value) => {
    if (filtered && value === false) return true;
    const result = filtered && value === true ? evaluate(expr[4], scope) : filtered ? FAILED : value;
    failed = result === FAILED;
    made.push(result);
    return !failed;
  });
  return walked && !failed ? made : FAILED;
}

export function macrosOf(evaluate: Evaluate): ReadonlyMap<string, Operator> {
  return new Map<string, Operator>([
    ['all', quantifier(evaluate, false)],
    ['exists', quantifier(evaluate, true)],
    ['exists_one', (expr, scope) => existsOne(evaluate, expr, scope)],
    ['filter', (expr, scope) => filter(evaluate, expr, scope)],
    ['mapped', (expr, scope) => map(evaluate, expr, scope)],
  ]);
}
