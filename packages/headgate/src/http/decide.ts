import { HeadgateError, type Clock, type Outcome, type SyncStore } from '../core/index.ts';
import type { Ask, Plan, Planner } from '../profile/index.ts';

/** One request as it was planned and judged. `outcome` is undefined when there was no limit to ask. */
export interface Decided {
  readonly plan: Plan;
  readonly outcome: Outcome | undefined;
  readonly allowed: boolean;
}

/**
 * Plans a request and has it judged in one step. A plan whose figures ended between the planner's clock and the store's is
 * made once more; a second time is a fault.
 * @throws PlanFault when the request's figures cannot be told, HeadgateError `ERR_STALE`, and the store's faults
 */
export function decide(planner: Planner, store: SyncStore, ask: Ask, clock: Clock): Decided {
  const decided = attempt(store, planner.plan(ask));
  if (decided.outcome?.status !== 'stale') return decided;
  const second = attempt(store, planner.plan({ ...ask, nowMs: clock.wallMs() }));
  if (second.outcome?.status !== 'stale') return second;
  throw new HeadgateError('ERR_STALE', 'the figures in force changed twice while one request was judged');
}

/** A request that is refused before the limits is still charged to those of its plan: they count attempts. */
function attempt(store: SyncStore, plan: Plan): Decided {
  const { program, keys, costs, refused } = plan;
  const outcome = program.checks.length === 0 ? undefined : store.apply({ op: 'decide', program, keys, costs });
  return { plan, outcome, allowed: refused === undefined && outcome?.allowed !== false };
}
