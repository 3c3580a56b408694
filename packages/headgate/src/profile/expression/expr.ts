/**
 * An expression after it was parsed and typed: a tree of plain arrays, `[operator, ...operands]`.
 * The policy is written in CEL; only this form is evaluated, so that no CEL library is needed at run time.
 *
 * Roots are operators of their own: `['attr', 'account.seats']` is an attribute of the subject by its flat
 * name, `['plan', 'factor']` an attribute of its plan, `['operation', 'group']` one of the operation, and
 * `['root', 'request']` one of the other roots, whose fields `['.', target, 'name']` and `['[]', target, index]`
 * reach. `['local', 'x']` is the variable of a list macro, `['value', 5]` a literal that is all there is.
 * Everything else is in `evaluate.ts` and `functions.ts`.
 */
export type Expr = readonly [op: string, ...operands: (Expr | ExprLiteral)[]];
export type ExprLiteral = string | number | boolean | null;

export function isExpr(operand: Expr | ExprLiteral | undefined): operand is Expr {
  return Array.isArray(operand);
}
