import type { Limit } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import { isMap } from '../schema/words.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';

/** What a limit is charged for, as far as that is known with the decision. */
export function compileCount(
  context: Context,
  name: string,
  given: LimitInput,
  path: Path,
): Pick<Limit, 'count' | 'denials'> {
  const { count } = given;
  if (!isMap(count)) return { count: count === 'attempts' ? 'attempts' : 'admitted' };
  if (given.rate === undefined && given.quota === undefined)
    say(context, path, 'the denials of others are counted by a rate or a quota');
  if (isMap(given.cost) && Object.hasOwn(given.cost, 'reserve'))
    say(context, path, 'a denial is charged for good: nothing is settled later');
  const denials = listOf(count.denials, [...path, 'denials']).flatMap(({ item, path: at }) => {
    if (item === name)
      context.problems.error('ERR_POLICY_CYCLE', at, 'a limit cannot count its own denials', { value: null });
    const known = context.isKnown('limit', item, context.names.limits.keys(), at);
    return known ? (context.names.limits.get(item) ?? []) : [];
  });
  return { count: 'denials', denials };
}

function say(context: Context, path: Path, rule: string): void {
  context.problems.error('ERR_POLICY_WORD', path, rule, { value: null, onName: true });
}
