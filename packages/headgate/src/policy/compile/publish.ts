import type { Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { wordsProblem } from '../read/names.ts';
import type { ValueInput, ValueLeaf } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import type { Context } from './context.ts';

const WAYS: ReadonlySet<unknown> = new Set(['stated', 'approximate', 'at-least', 'hidden']);

/** How a limit is told: a word of the language, or words for people. */
export function compilePublish(context: Context, given: ValueInput, path: Path): Value {
  return compileChoice<ValueLeaf, Extract<Value, { is: 'literal' }>>(context, given, path, (leaf, at) => {
    const words = /^words\s*\(([^]*)\)$/.exec(String(leaf))?.[1]?.trim();
    const problem = words === undefined ? undefined : wordsProblem(words);
    if (words === undefined && !WAYS.has(leaf))
      context.problems.error('ERR_POLICY_CHOICE', at, 'expected stated, approximate, at-least, hidden or words(…)');
    else if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', at, problem);
    return { is: 'literal', value: words === undefined ? leaf : `words ${words}` };
  });
}
