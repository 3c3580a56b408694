import type { CompiledPolicy, Value } from '../../profile/index.ts';
import { wordsProblem } from '../read/names.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ValueLeaf } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import type { Context } from './context.ts';

type Note = Extract<Value, { is: 'literal' }>;

/** What is said of a row is words, whatever they say: nothing here counts them. */
export function compileNotes(
  context: Context,
  given: NonNullable<PolicyInput['notes']>,
): NonNullable<CompiledPolicy['notes']> {
  return Object.entries(given).map(([row, value]) => {
    const path = ['notes', row];
    const wrong = wordsProblem(row);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', path, wrong, { value: null, onName: true });
    return [
      row,
      compileChoice<ValueLeaf, Note>(context, value, path, (leaf, at) => {
        const problem = wordsProblem(String(leaf));
        if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', at, problem);
        return { is: 'literal', value: String(leaf) };
      }),
    ];
  });
}
