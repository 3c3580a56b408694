import type { CompiledPolicy } from '../../profile/index.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';

/** Tables are written as they are looked up. */
export function compileTables(context: Context, given: PolicyInput['tables']): CompiledPolicy['tables'] {
  for (const [name, rows] of Object.entries(given ?? {})) {
    if (Object.keys(rows).join() !== 'file') continue;
    const rule = 'a table in a file is part of the language, but not built yet; write its rows here';
    context.problems.error('ERR_POLICY_NOT_BUILT', ['tables', name, 'file'], rule);
  }
  return given;
}
