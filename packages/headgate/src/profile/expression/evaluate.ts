import { compare, divide, equality, membership, plus, times, minus, remainder, negate } from './arithmetic.ts';
import { named } from './digits.ts';
import { isExpr, type Expr, type ExprLiteral } from './expr.ts';
import { fingerprint } from './fingerprint.ts';
import { FUNCTIONS } from './functions.ts';
import { macrosOf, type Operator } from './macros.ts';
import { FAILED, own, type Scope } from './scope.ts';
import { timedOf } from './time.ts';
import { USED } from './use.ts';
import { isList, isMap, MAX_LIST } from './values.ts';

/**
 * The value of an expression, or {@link FAILED} when a field is missing, an operation does not fit its
 * operands, or the scope's budget is spent. Pure, and bounded: no loop but over lists that are bounded too.
 */
export function evaluate(expr: Expr | ExprLiteral | undefined, scope: Scope): unknown {
  if (!isExpr(expr)) return expr === undefined ? FAILED : expr;
  if (!scope.spend(1)) return FAILED;
  const operator = OPERATORS.get(expr[0]);
  if (operator !== undefined) return operator(expr, scope);
  const apply = FUNCTIONS.get(expr[0]);
  if (apply === undefined) return FAILED;
  const values = operands(expr, scope);
  return values === FAILED ? FAILED : apply(values, scope);
}

/** The same, where the value names something: numbers in it are told apart by all of their digits. */
export function evaluateName(expr: Expr | undefined, scope: Scope): unknown {
  scope.isName = true;
  const value = evaluate(expr, scope);
  scope.isName = false;
  return value;
}

/** All operands evaluated, in order; fails as soon as one does. */
function operands(expr: Expr, scope: Scope): readonly unknown[] | typeof FAILED {
  const values: unknown[] = [];
  for (let i = 1; i < expr.length; i++) {
    const value = evaluate(expr[i], scope);
    if (value === FAILED) return FAILED;
    values.push(value);
  }
  return values;
}

/** Whether a field is there. A missing field is no failure here; a missing owner of the field is. */
function has(expr: Expr, scope: Scope): unknown {
  const [, target] = expr;
  if (!isExpr(target)) return FAILED;
  const [op, first, second] = target;
  if (op === 'attr') return present(own(scope.visible.attributes, String(first)));
  if (op === 'plan') return present(own(scope.visible.plan, String(first)));
  if (op === 'operation') return present(scope.visible.operation(String(first)));
  const owner = evaluate(first, scope);
  if (owner === FAILED || !isMap(owner)) return FAILED;
  return own(owner, String(second)) !== undefined;
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null && value !== FAILED;
}

function found(value: unknown, root: string, name: string, scope: Scope): unknown {
  return present(value) ? value : scope.miss(`${root}.${name}`);
}

function field(expr: Expr, scope: Scope): unknown {
  const owner = evaluate(expr[1], scope);
  return owner === FAILED ? FAILED : member(owner, expr[2], expr[1], scope);
}

function index(expr: Expr, scope: Scope): unknown {
  const owner = evaluate(expr[1], scope);
  if (owner === FAILED) return FAILED;
  return member(owner, evaluate(expr[2], scope), expr[1], scope);
}

function member(owner: unknown, key: unknown, from: Expr | ExprLiteral | undefined, scope: Scope): unknown {
  const value =
    isList(owner) && typeof key === 'number'
      ? owner[key]
      : isMap(owner) && typeof key === 'string'
        ? own(owner, key)
        : undefined;
  if (value === undefined) return scope.miss(`${wayTo(from)}.${String(key)}`);
  return scope.isName ? named(owner as object, String(key), value) : value; // it has members
}

/** The chain of fields that leads to a value, from its root on: tells whose fault it is that one is missing. */
function wayTo(expr: Expr | ExprLiteral | undefined): string {
  if (!isExpr(expr)) return 'value';
  const [op, first, second] = expr;
  if (op === 'root') return String(first);
  return op === '.' || op === '[]' ? `${wayTo(first)}.${isExpr(second) ? '[…]' : String(second)}` : 'value';
}

/** `&&` and `||` as CEL has them: a side that decides alone decides, even when the other side fails. */
function logical(decides: boolean): Operator {
  return (expr, scope) => {
    const left = evaluate(expr[1], scope);
    if (left === decides) return decides;
    const right = evaluate(expr[2], scope);
    if (right === decides) return decides;
    return left === !decides && right === !decides ? !decides : FAILED;
  };
}

function choose(expr: Expr, scope: Scope): unknown {
  const condition = evaluate(expr[1], scope);
  if (typeof condition !== 'boolean') return FAILED;
  return evaluate(condition ? expr[2] : expr[3], scope);
}

function list(expr: Expr, scope: Scope): unknown {
  return expr.length > MAX_LIST ? FAILED : operands(expr, scope);
}

function map(expr: Expr, scope: Scope): unknown {
  const values = operands(expr, scope);
  if (values === FAILED) return FAILED;
  const entries: [string, unknown][] = [];
  for (let i = 0; i + 1 < values.length; i += 2) entries.push([String(values[i]), values[i + 1]]);
  // fromEntries defines own properties, so that a key such as "__proto__" is only a key.
  return Object.fromEntries(entries);
}

/** Both operands evaluated, then `apply`. */
function binary(apply: (left: unknown, right: unknown, scope: Scope) => unknown): Operator {
  return (expr, scope) => {
    const left = evaluate(expr[1], scope);
    if (left === FAILED) return FAILED;
    const right = evaluate(expr[2], scope);
    return right === FAILED ? FAILED : apply(left, right, scope);
  };
}

function not(expr: Expr, scope: Scope): unknown {
  const value = evaluate(expr[1], scope);
  return typeof value === 'boolean' ? !value : FAILED;
}

function negated(expr: Expr, scope: Scope): unknown {
  return negate(evaluate(expr[1], scope));
}

function different(left: unknown, right: unknown, scope: Scope): unknown {
  const same = equality(left, right, scope);
  return same === FAILED ? FAILED : !same;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['attr', (expr, scope) => found(own(scope.visible.attributes, String(expr[1])), 'subject', String(expr[1]), scope)],
  ['plan', (expr, scope) => found(own(scope.visible.plan, String(expr[1])), 'plan', String(expr[1]), scope)],
  ['operation', (expr, scope) => found(scope.visible.operation(String(expr[1])), 'operation', String(expr[1]), scope)],
  ['root', (expr, scope) => own(scope.visible.roots, String(expr[1])) ?? scope.miss(String(expr[1]))],
  ['local', (expr, scope) => (scope.locals.has(String(expr[1])) ? scope.locals.get(String(expr[1])) : FAILED)],
  ['value', (expr) => expr[1]],
  ['.', field],
  ['[]', index],
  ['has', has],
  ['&&', logical(false)],
  ['||', logical(true)],
  ['!', not],
  ['neg', negated],
  ['?:', choose],
  ['list', list],
  ['map', map],
  ['==', binary(equality)],
  ['!=', binary(different)],
  ['<', binary((a, b) => compare(a, b, (order) => order < 0))],
  ['<=', binary((a, b) => compare(a, b, (order) => order <= 0))],
  ['>', binary((a, b) => compare(a, b, (order) => order > 0))],
  ['>=', binary((a, b) => compare(a, b, (order) => order >= 0))],
  ['in', binary(membership)],
  ['+', binary(plus)],
  ['-', binary(minus)],
  ['*', binary(times)],
  ['/', binary((a, b) => divide(a, b, false))],
  ['idiv', binary((a, b) => divide(a, b, true))],
  ['%', binary(remainder)],
  ...macrosOf(evaluate),
  ...timedOf(evaluate),
  ...USED,
  ['fingerprint', fingerprint],
]);
