import { HeadgateError } from '../../core/index.ts';
import { evaluate, type Ask, type CompiledPolicy, type Planner } from '../../profile/index.ts';
import { endedBy, endsByOperation } from '../holds/ends.ts';
import { idsIn } from '../holds/ids.ts';
import { responseOf } from '../holds/response.ts';
import { HAPPENED } from './judge.ts';

/**
 * Holds an event to saying what it ends: one that does not would be let in, and end nothing.
 * @throws HeadgateError `ERR_EVENT`
 */
export type RequireEnded = (ask: Ask) => void;

export function createRequireEnded(policy: CompiledPolicy, planner: Planner): RequireEnded {
  const endsOf = endsByOperation(policy);
  return (ask) => {
    const { event = '' } = ask;
    const ends = endsOf.get(endedBy(event)) ?? [];
    if (ends.length === 0) return;
    const scope = planner.scope(ask, { response: responseOf(HAPPENED), reserved: 0 });
    for (const { limit, end } of ends) {
      const does = end.when === undefined || evaluate(end.when, scope) === true;
      if (!does || idsIn(end.id, scope) !== undefined) continue;
      throw new HeadgateError(
        'ERR_EVENT',
        `app.${event}: expected facts that name what it ends of "${limit}", such as { "id": "job-7" }: text of 1 to 512 characters, a whole number, or a list of these`,
      );
    }
  };
}
