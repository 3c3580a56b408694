import { FOREVER, HeadgateError, type Clock, type Outcome, type SyncStore } from '../core/index.ts';
import type { Ask, Plan, Planner, SurveyAsk } from '../profile/index.ts';

/** One request as it was planned and judged. `outcome` is undefined when there was no limit to ask. */
export interface Decided {
  readonly plan: Plan;
  readonly outcome: Outcome | undefined;
  readonly allowed: boolean;
  /** Under which what it reserved is found; undefined when nothing was. */
  readonly reservationId: string | undefined;
}

/**
 * Plans a request and has it judged in one step. A plan whose figures ended between the planner's clock and the store's is
 * made once more; a second time is a fault.
 * @throws PlanFault when the request's figures cannot be told, HeadgateError `ERR_STALE`, and the store's faults
 */
export function decide(planner: Planner, store: SyncStore, ask: Ask, clock: Clock, randomId: () => string): Decided {
  const decided = attempt(store, planner.plan(ask), randomId);
  if (decided.outcome?.status !== 'stale') return decided;
  const second = attempt(store, planner.plan({ ...ask, nowMs: clock.wallMs() }), randomId);
  if (second.outcome?.status !== 'stale') return second;
  throw new HeadgateError('ERR_STALE', 'the figures in force changed twice while one request was judged');
}

/** A request that is refused before the limits is still charged to those of its plan: they count attempts. */
function attempt(store: SyncStore, plan: Plan, randomId: () => string): Decided {
  const { program, keys, costs, refused, losses } = plan;
  if (losses !== undefined) return reserve(store, plan, losses, randomId());
  const outcome = program.checks.length === 0 ? undefined : store.apply({ op: 'decide', program, keys, costs });
  const allowed = refused === undefined && outcome?.allowed !== false;
  return { plan, outcome, allowed, reservationId: undefined };
}

function reserve(store: SyncStore, plan: Plan, losses: readonly number[], reservationId: string): Decided {
  const { program, keys, costs } = plan;
  const outcome = store.apply({ op: 'decide', program, keys, costs, reservationId, losses });
  const allowed = plan.refused === undefined && outcome.allowed;
  return { plan, outcome, allowed, reservationId: allowed ? reservationId : undefined };
}

/** How a subject's limits stand. `outcome` is undefined when there is none, or when it cannot be told just now. */
export type Standing = Pick<Decided, 'plan' | 'outcome'>;

/** Nothing to tell. */
export const UNTOLD: Standing = {
  plan: {
    refused: undefined,
    program: { id: 0, records: [], checks: [], validUntilMs: FOREVER, calendar: false },
    keys: [],
    costs: [],
    limits: [],
    blocks: [],
    losses: undefined,
  },
  outcome: undefined,
};

/**
 * Looks at every limit that bears on an ask, and charges nothing: what is only told beside an answer is no reason to fail.
 * @throws the store's faults
 */
export function look(planner: Planner, store: SyncStore, ask: SurveyAsk, clock: Clock): Standing {
  const first = peek(store, planner.survey(ask));
  if (first.outcome?.status !== 'stale') return first;
  const second = peek(store, planner.survey({ ...ask, nowMs: clock.wallMs() }));
  return second.outcome?.status === 'stale' ? { plan: second.plan, outcome: undefined } : second;
}

function peek(store: SyncStore, plan: Plan): Standing {
  const { program, keys, costs } = plan;
  return { plan, outcome: program.checks.length === 0 ? undefined : store.apply({ op: 'peek', program, keys, costs }) };
}
