export { isExpr, type Expr, type ExprLiteral } from './expr.ts';
export { evaluate } from './evaluate.ts';
export { FAILED, MAX_STEPS, own, Scope, type Visible } from './scope.ts';
export { MAX_LIST, MAX_TEXT } from './values.ts';
export { network } from './network.ts';
export { readsOf } from './reads.ts';
export { textOf } from './print.ts';
