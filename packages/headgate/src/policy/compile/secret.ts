import type { Secret } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { SecretInput } from '../schema/find.ts';
import type { Context } from './context.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Compiles a text that should not stand in a policy. One that does is warned of: whoever reads the policy has it. */
export function compileSecret(context: Context, given: SecretInput, path: Path): Secret {
  if (typeof given === 'string') {
    const rule = 'stands here as plain text; write { env: NAME } and set the variable of that name';
    context.problems.warn('WARN_POLICY_KEY', path, rule, { value: null });
    return { text: given };
  }
  if (!VARIABLE.test(given.env))
    context.problems.error('ERR_POLICY_NAME', [...path, 'env'], 'expected the name of a variable of the environment');
  return { env: given.env };
}
