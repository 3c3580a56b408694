import { FOREVER, HeadgateError, type Clock, type Outcome } from '../core/index.ts';
import type { Ask, Plan, Planner, SurveyAsk } from '../profile/index.ts';
import { upon, type Port, type Soon } from './soon.ts';

/** One request as it was planned and judged. `outcome` is undefined when there was no limit to ask. */
export interface Decided {
  readonly plan: Plan;
  readonly outcome: Outcome | undefined;
  readonly allowed: boolean;
  /** Under which what it reserved is found; undefined when nothing was. */
  readonly reservationId: string | undefined;
  /** For how long it was held back, in ms. */
  readonly delayedMs?: number;
}

/** By what requests are judged. */
export interface Judging {
  readonly planner: Planner;
  readonly port: Port;
  readonly clock: Clock;
  readonly randomId: () => string;
}

/**
 * Plans a request and has it judged in one step. A plan whose figures ended between the planner's clock and the store's is
 * made once more; a second time is a fault.
 * @throws PlanFault when the request's figures cannot be told, HeadgateError `ERR_STALE`, and the store's faults
 */
export function decide(judging: Judging, ask: Ask): Soon<Decided> {
  const decided = attempt(judging, judging.planner.plan(ask));
  if (decided instanceof Promise) return decided.then(freshOf(judging, ask));
  return isStale(decided) ? again(judging, ask) : decided;
}

function freshOf(judging: Judging, ask: Ask): (decided: Decided) => Soon<Decided> {
  return (decided) => (isStale(decided) ? again(judging, ask) : decided);
}

function again(judging: Judging, ask: Ask): Soon<Decided> {
  const { planner, clock } = judging;
  return upon(attempt(judging, planner.plan({ ...ask, nowMs: clock.wallMs() })), (second) => {
    if (!isStale(second)) return second;
    throw new HeadgateError('ERR_STALE', 'the figures in force changed twice while one request was judged');
  });
}

function isStale({ outcome }: Standing): boolean {
  return outcome?.status === 'stale';
}

/** A request that is refused before the limits is still charged to those of its plan: they count attempts. */
function attempt({ port, randomId }: Judging, plan: Plan): Soon<Decided> {
  const { program, keys, costs, losses } = plan;
  if (program.checks.length === 0) return judged(plan, undefined, undefined);
  const reservationId = losses === undefined ? undefined : randomId();
  const outcome =
    losses === undefined
      ? port.apply({ op: 'decide', program, keys, costs })
      : port.apply({ op: 'decide', program, keys, costs, reservationId, losses });
  return outcome instanceof Promise
    ? outcome.then(judgedOf(plan, reservationId))
    : judged(plan, outcome, reservationId);
}

function judgedOf(plan: Plan, reservationId: string | undefined): (outcome: Outcome) => Decided {
  return (outcome) => judged(plan, outcome, reservationId);
}

function judged(plan: Plan, outcome: Outcome | undefined, reservationId: string | undefined): Decided {
  const allowed = plan.refused === undefined && outcome?.allowed !== false;
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
    losses: undefined,
  },
  outcome: undefined,
};

/**
 * Looks at every limit that bears on an ask, and charges nothing: what is only told beside an answer is no reason to fail.
 * @throws the store's faults
 */
export function look(judging: Omit<Judging, 'randomId'>, ask: SurveyAsk): Soon<Standing> {
  const { planner, port, clock } = judging;
  return upon(peek(port, planner.survey(ask)), (first) =>
    isStale(first)
      ? upon(peek(port, planner.survey({ ...ask, nowMs: clock.wallMs() })), (second) =>
          isStale(second) ? { plan: second.plan, outcome: undefined } : second,
        )
      : first,
  );
}

function peek(port: Port, plan: Plan): Soon<Standing> {
  const { program, keys, costs } = plan;
  if (program.checks.length === 0) return { plan, outcome: undefined };
  return upon(port.apply({ op: 'peek', program, keys, costs }), (outcome) => ({ plan, outcome }));
}
