import { readsOf, type Expr } from '../../profile/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import type { Context, Wanted } from './context.ts';

/** Roots that an expression in a response may read beside the request, with the fields of those that are no values. */
const ROOTS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ['retryAfter', undefined],
  ['reported', undefined],
  ['reason', undefined],
  ['limit', ['name', 'label', 'unit', 'amount', 'used', 'remaining', 'fraction', 'overridden', 'resetIn']],
  ['response', ['status', 'ok', 'class', 'headers']],
]);
const NAMES = [...ROOTS.keys()];
/** Of an answer, and known only after its fields have left. */
const LATER: ReadonlySet<string> = new Set(['body', 'bytes']);

/** Compiles an expression in what callers are told: a condition, or a piece of a template. */
export function compileTold(context: Context, text: string, path: Path, wanted: Omit<Wanted, 'also'> = {}): Expr {
  const expr = context.expression(text, path, { ...wanted, also: NAMES });
  for (const read of readsOf(expr)) checkRead(context, read, path, wanted.at ?? 0);
  return expr;
}

function checkRead(context: Context, read: string, path: Path, at: number): void {
  const [root = '', field] = read.split('.', 2);
  const fields = ROOTS.get(root);
  if (fields === undefined || (field !== undefined && fields.includes(field))) return;
  if (root === 'response' && field !== undefined && LATER.has(field)) {
    const rule = `${root}.${field} is known only when what stands here was written: read it in cost.actual, count and hold`;
    context.problems.error('ERR_POLICY_EXPRESSION', path, rule, { at, value: null });
    return;
  }
  const rule =
    field === undefined
      ? `${root} is no value: name a field of it; there are ${fields.join(', ')}`
      : `there is no field "${field}" of ${root}${didYouMean(field, fields)}; there are ${fields.join(', ')}`;
  context.problems.error('ERR_POLICY_EXPRESSION', path, rule, { at, value: null });
}
