import { HeadgateError, type Clock, type Outcome, type SyncStore } from '../core/index.ts';
import type { Ask, Plan, Planner } from '../profile/index.ts';

/** One request as it was planned and judged. `outcome` is undefined when the plan refused it before any counter. */
export interface Decided {
  readonly plan: Plan;
  readonly outcome: Outcome | undefined;
}

/**
 * Plans a request and has it judged in one step. A plan whose figures ended between the planner's clock and the store's is
 * made once more; a second time is a fault.
 */
export function decide(planner: Planner, store: SyncStore, ask: Ask, clock: Clock): Decided {
  const plan = planner.plan(ask);
  if (plan.refused !== undefined) return { plan, outcome: undefined };
  const outcome = apply(store, plan);
  if (outcome.status !== 'stale') return { plan, outcome };
  const fresh = planner.plan({ ...ask, nowMs: clock.wallMs() });
  if (fresh.refused !== undefined) return { plan: fresh, outcome: undefined };
  const second = apply(store, fresh);
  if (second.status === 'stale') throw new HeadgateError('ERR_STALE', 'the figures in force changed twice while one request was judged');
  return { plan: fresh, outcome: second };
}

function apply(store: SyncStore, { program, keys, costs }: Plan): Outcome {
  return store.apply({ op: 'decide', program, keys, costs });
}
