import type { Limit } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { Context } from './context.ts';

/** What sets the counters of one limit apart: where they are, and the figure that they count towards. */
export function compileApart(
  context: Context,
  name: string,
  given: LimitInput,
  path: Path,
): Pick<Limit, 'scope' | 'onChange'> {
  const { scope, onChange = 'keep' } = given;
  if (onChange !== 'keep') checkChange(context, name, { ...given, onChange }, [...path, 'onChange']);
  return {
    ...(scope !== undefined && scope !== 'shared' && { scope }),
    ...(onChange !== 'keep' && { onChange }),
  };
}

/** What is begun anew, or scaled, is only what time takes away by itself: neither what somebody holds nor what somebody bought. */
function checkChange(
  context: Context,
  name: string,
  given: LimitInput & { readonly onChange: 'reset' | 'scale' },
  path: Path,
): void {
  const { onChange } = given;
  const rule =
    given.rate === undefined && given.quota === undefined
      ? 'belongs to a rate or a quota: what is held is given back, and not forgotten'
      : given.grants === true || given.rollover !== undefined
        ? `"${onChange}" would change what is carried on or was bought; write keep`
        : context.ramps.has(name)
          ? `"${onChange}" would change use with each step of a ramp; write keep`
          : undefined;
  if (rule !== undefined) context.problems.error('ERR_POLICY_WORD', path, rule);
}
