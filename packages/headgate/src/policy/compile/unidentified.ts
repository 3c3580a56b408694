import { readsOf, type Expr, type Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { PolicyInput } from '../schema/policy.ts';
import { readAmount } from '../read/amount.ts';
import { REFUSED, type Context, type Wanted } from './context.ts';
import { compileFigure } from './figure.ts';

/** Enough for a burst of expired keys behind one address, too little to guess keys. */
const DEFAULT: Value = { is: 'amount', amount: { units: 600, windowMs: 60_000 } };
const PATH = ['unidentified'];

/** What is known of whoever nobody knows yet; `time` is that of schedules. */
const KNOWN = /^(?:request\.(?:method|head|headers)(?:\.|$)|subject\.address$|now$|time$)/;
const UNTOLD =
  'is asked before anybody is known: it may read request.method, request.headers, subject.address, now, and schedules';

/** Compiles what an address may send that nobody could identify: a rate, by what is known before anybody is. */
export function compileUnidentified(context: Context, given: PolicyInput['unidentified']): Value {
  if (given === undefined) return DEFAULT;
  if (typeof given === 'string' || typeof given === 'number') {
    const read = readAmount(given, 'rate');
    if (read.is === 'unlimited') return { is: 'unlimited' };
    if (read.is === 'literal') return { is: 'amount', amount: { units: read.units, windowMs: read.windowMs ?? 0 } };
    if (read.is === 'none') return refused(context, 'expected a rate such as "600/minute", or "unlimited"');
  }
  const expression = (text: string, path: Path, wanted?: Wanted): Expr =>
    strangersExpression(context, text, path, wanted);
  const { value } = compileFigure(context, given, { kind: 'rate', expression }, PATH);
  return hasNone(value)
    ? refused(
        context,
        '"none" would let nobody in, and "set" has nobody to read from: it is asked before anybody is known',
      )
    : value;
}

/** An expression that is evaluated before anybody is known. */
export function strangersExpression(context: Context, text: string, path: Path, wanted?: Wanted): Expr {
  const expr = context.expression(text, path, wanted);
  if (readsOf(expr).every((read) => KNOWN.test(read))) return expr;
  context.problems.error('ERR_POLICY_EXPRESSION', path, UNTOLD, { value: text });
  return REFUSED;
}

function refused(context: Context, rule: string): Value {
  context.problems.error('ERR_POLICY_AMOUNT', PATH, rule);
  return DEFAULT;
}

function hasNone(value: Value): boolean {
  if (value.is === 'table')
    return [...value.rows.map(([, row]) => row), ...(value.else ? [value.else] : [])].some(hasNone);
  return value.is === 'cases' ? value.cases.some(({ use }) => hasNone(use)) : value.is === 'none';
}
