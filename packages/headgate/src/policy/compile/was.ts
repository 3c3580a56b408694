import { nameProblem } from '../read/names.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';

/** Tells of earlier names that are still in use, or that two limits had: they would share a counter. */
export function checkWas(context: Context, limits: PolicyInput['limits']): void {
  const owners = new Map<string, string>();
  for (const [name, { was }] of Object.entries(limits ?? {})) {
    for (const { item, path } of listOf<string>(was, ['limits', name, 'was'])) {
      const wrong = nameProblem(item, 'name');
      const owner = owners.get(item);
      if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', path, wrong, { value: null });
      else if (context.names.limits.has(item))
        context.problems.error(
          'ERR_POLICY_DUPLICATE',
          path,
          `"${item}" is a limit of this policy: its counters are its own`,
          { value: null },
        );
      else if (owner !== undefined)
        context.problems.error(
          'ERR_POLICY_DUPLICATE',
          path,
          `"${owner}" was called "${item}" too: its counters go to one of them`,
          { value: null },
        );
      owners.set(item, name);
    }
  }
}

/** What a limit's counters are known by, of a window too: the oldest of its names. */
export function formerName(
  name: string,
  written: string,
  was: string | readonly string[] | undefined,
): { readonly was?: string } {
  const [oldest] = typeof was === 'string' ? [was] : (was ?? []);
  return oldest === undefined ? {} : { was: `${oldest}${name.slice(written.length)}` };
}
