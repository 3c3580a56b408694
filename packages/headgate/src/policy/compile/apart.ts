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
  if (onChange === 'reset') checkReset(context, name, given, [...path, 'onChange']);
  if (onChange === 'scale') {
    const rule = '"scale" is part of the language, but not built yet; write keep or reset';
    context.problems.error('ERR_POLICY_NOT_BUILT', [...path, 'onChange'], rule);
  }
  return {
    ...(scope !== undefined && scope !== 'shared' && { scope }),
    ...(onChange === 'reset' && { onChange }),
  };
}

/** What is begun anew is only what time takes away by itself: neither what somebody holds nor what somebody bought. */
function checkReset(context: Context, name: string, given: LimitInput, path: Path): void {
  const rule =
    given.rate === undefined && given.quota === undefined
      ? 'belongs to a rate or a quota: what is held is given back, and not forgotten'
      : given.grants === true || given.rollover !== undefined
        ? '"reset" would forget what is carried on or was bought; write keep'
        : context.ramps.has(name)
          ? '"reset" would begin a ramp anew with each of its steps; write keep'
          : undefined;
  if (rule !== undefined) context.problems.error('ERR_POLICY_WORD', path, rule);
}
