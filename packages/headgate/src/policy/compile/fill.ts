import type { Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { Choice } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import type { Context } from './context.ts';

export const WHOLE: Value = { is: 'literal', value: 1000 };
/** `80%`, `99.5%`. */
const PERCENT = /^(\d{1,4})(?:\.(\d))?\s*%$/;
/** Steps further out than this are nobody's plan. In parts of a thousand. */
const MAX_PERMILLE = 10_000;

type Leaf = string | number | boolean;

/** Compiles a fill: `80%`, a choice of such, or an expression for a number of percent. In parts of a thousand. */
export function compileFill(context: Context, given: Choice<Leaf> | undefined, path: Path): Value {
  if (given === undefined) return WHOLE;
  return compileChoice<Leaf, Value>(context, given, path, (leaf, at) => {
    const text = String(leaf).trim();
    const permille = permilleOf(text);
    if (permille !== undefined) return { is: 'literal', value: permille };
    if (!/%$|^[\d.]+$/.test(text) && typeof leaf === 'string')
      return { is: 'expr', expr: ['*', context.expression(leaf, at, { expect: 'number' }), 10] };
    context.problems.error('ERR_POLICY_RANGE', at, 'expected a fill such as 80%, from 0.1% to 1000%');
    return WHOLE;
  });
}

function permilleOf(text: string): number | undefined {
  const [, whole = '', tenth = '0'] = PERCENT.exec(text) ?? [];
  const permille = whole === '' ? NaN : Number(whole) * 10 + Number(tenth);
  return permille > 0 && permille <= MAX_PERMILLE ? permille : undefined;
}
