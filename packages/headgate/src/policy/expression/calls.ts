import { isExpr, type Expr } from '../../profile/index.ts';

/** The names by which an expression calls `lookup("NAME", …)`, `host("NAME", …)` or `graphql.cost("NAME")`. */
export function callsOf(expr: Expr, called: string): readonly string[] {
  const [op, first] = expr;
  const own = op === called ? [String(first)] : [];
  return [...own, ...expr.slice(1).flatMap((operand) => (isExpr(operand) ? callsOf(operand, called) : []))];
}
