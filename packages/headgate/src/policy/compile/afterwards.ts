import { isExpr, readsOf, type Expr } from '../../profile/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import type { Context, Wanted } from './context.ts';

/** What is known once a request was answered. */
const ROOTS = ['response', 'reserved'];
const FIELDS = ['status', 'ok', 'class', 'headers', 'body', 'ms', 'bytes'];

/** Compiles an expression that is evaluated when the exchange is over: it may read the response, and what was reserved. */
export function afterwards(context: Context, text: string, path: Path, wanted: Omit<Wanted, 'also'> = {}): Expr {
  const expr = context.expression(text, path, { ...wanted, also: ROOTS, passed: true });
  for (const read of readsOf(expr)) checkRead(context, read, path);
  return isHeader(expr) && wanted.expect === 'number' ? ['double', expr] : expr;
}

function checkRead(context: Context, read: string, path: Path): void {
  const [root, field] = read.split('.', 2);
  if (root !== 'response' || (field !== undefined && FIELDS.includes(field))) return;
  const rule =
    field === undefined
      ? `response is no value: name a field of it; there are ${FIELDS.join(', ')}`
      : `there is no field "${field}" of response${didYouMean(field, FIELDS)}; there are ${FIELDS.join(', ')}`;
  context.problems.error('ERR_POLICY_EXPRESSION', path, rule, { value: null });
}

/** A header is a text by its nature; where a number is owed, it is read as one. A text in a body is none. */
function isHeader(expr: Expr): boolean {
  const [op, owner] = expr;
  return (op === '.' || op === '[]') && isExpr(owner) && readsOf(owner)[0] === 'response.headers';
}
