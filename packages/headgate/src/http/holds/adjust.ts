import { HeadgateError, type Clock, type SyncStore } from '../../core/index.ts';
import { isOfNobody, type CompiledPolicy, type PlannedLimit, type Planner, type Subject } from '../../profile/index.ts';
import { hitOf } from './hit.ts';

/** Whose counter is set right, as requests reach it: the operation matters where the limit is counted for each. */
export interface AdjustOf {
  readonly subject: Subject;
  readonly operation?: string;
}

/**
 * Adds to, or takes from, what a level or a quota counts. `unknown`: no such limit is this subject's, whatever it asks, or the subject lacks what
 * the limit is counted by, so that the counter would be nobody's.
 */
export type Adjust = (of: AdjustOf, limit: string, by: number) => 'ok' | 'unknown';

/** An operator's correction. `by` is in what people read, and may be negative; what is counted never falls below nothing. */
export function createAdjust(policy: CompiledPolicy, planner: Planner, store: SyncStore, clock: Clock): Adjust {
  return ({ subject, operation }, name, by) => {
    const on = policy.limits.find((limit) => limit.name === name)?.operations?.[0];
    const ask = { subject, operation: hitOf(policy, operation ?? on ?? ''), nowMs: clock.wallMs() };
    const { program, keys, limits } = planner.survey(ask);
    const index = limits.findIndex((limit) => limit.name === name);
    const limit = limits[index];
    if (limit === undefined || isOfNobody(keys[program.checks[index]?.record ?? 0] ?? '')) return 'unknown';
    const costs = limits.map((_, i) => (i === index ? unitsOf(limit, by) : 0));
    return store.apply({ op: 'adjust', program, keys, costs }).status === 'ok' ? 'ok' : 'unknown';
  };
}

/** @throws HeadgateError `ERR_VERB` for a limit that is no level or quota, `ERR_COST` for what cannot be counted */
function unitsOf({ name, kind, precision }: PlannedLimit, by: number): number {
  if (kind !== 'level' && kind !== 'quota')
    throw new HeadgateError('ERR_VERB', `adjust ${name}: expected a level or a quota, got a ${kind}`);
  const units = Math.round(by * 10 ** precision);
  if (Number.isSafeInteger(units) && Math.abs(units / 10 ** precision - by) <= Math.abs(by) * 4 * Number.EPSILON)
    return units;
  throw new HeadgateError('ERR_COST', `adjust ${name}: expected a number of at most ${precision} decimals, got ${by}`);
}
