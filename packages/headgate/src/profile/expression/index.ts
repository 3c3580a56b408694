export { isExpr, type Expr, type ExprLiteral } from './expr.ts';
export { evaluate } from './evaluate.ts';
export { FAILED, own, Scope, type Time, type Visible } from './scope.ts';
export type { HostFunction } from './outside.ts';
export { network } from './network.ts';
export { readsOf } from './reads.ts';
export { schedulesIn, TIME } from './time.ts';
export { LACKED, rampOf, UNBOUND, USE, usesIn, type Standing } from './use.ts';
export { textOf } from './print.ts';
