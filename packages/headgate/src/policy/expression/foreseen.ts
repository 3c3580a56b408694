import { isExpr, readsOf, type Expr, type ExprLiteral } from '../../profile/index.ts';

/** What stays the same for as long as the one who asks and the operation do. */
const STEADY = /^(?:subject|plan|account|user|key|app|org)(?:\.|$)|^operation\.(?:name|group|tags)$|^(?:now|time)$/;
const NOW = JSON.stringify(['root', 'now']);

/**
 * The same expression, where `now` is only compared with an instant, or days are counted up to it, with operators that know when
 * their answer changes. One that reads the request is left as it is: the clock is taken to stand still for it.
 */
export function foreseen(expr: Expr): Expr {
  const reads = readsOf(expr);
  return reads.includes('now') && reads.every((read) => STEADY.test(read)) ? rewritten(expr) : expr;
}

function rewritten(expr: Expr): Expr {
  const [op, ...operands] = expr;
  const inner = operands.map((operand) => (isExpr(operand) ? rewritten(operand) : operand));
  return timed(op, inner[0], inner[1]) ?? [op, ...inner];
}

function timed(op: string, left: Operand, right: Operand): Expr | undefined {
  if (op === 'days') return isNow(left) && isSteady(right) ? ['age', right] : undefined;
  if (isNow(left) && isSteady(right)) return compared(op, right);
  const flipped = FLIPPED[op];
  return flipped !== undefined && isNow(right) && isSteady(left) ? compared(flipped, left) : undefined;
}

type Operand = Expr | ExprLiteral | undefined;

const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function compared(op: string, instant: Expr | ExprLiteral): Expr | undefined {
  switch (op) {
    case '<':
      return ['before', instant];
    case '>=':
      return ['since', instant];
    case '<=':
      return ['before', after(instant)];
    case '>':
      return ['since', after(instant)];
    default:
      return undefined;
  }
}

/** The first whole millisecond after an instant. */
function after(instant: Expr | ExprLiteral): Expr {
  return ['+', ['floor', instant], 1];
}

function isNow(operand: Operand): boolean {
  return JSON.stringify(operand) === NOW;
}

/** Whether it is the same at any time. */
function isSteady(operand: Operand): operand is Expr | ExprLiteral {
  return (
    operand !== undefined && !(isExpr(operand) && readsOf(operand).some((read) => read === 'now' || read === 'time'))
  );
}
