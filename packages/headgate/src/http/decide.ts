import { FOREVER, HeadgateError, WAIT, type Clock, type Outcome, type Step } from '../core/index.ts';
import type { Ask, Plan, PlannedLimit, Planner, SurveyAsk } from '../profile/index.ts';
import type { GuardedStore } from './failing/guarded.ts';
import { Outage, unlessDown } from './failing/outage.ts';
import { standIn } from './failing/stand-in.ts';
import { informed } from './informed.ts';
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
  /** Who has judged it, and is to be asked whatever follows from that: the store, or who stood in for it. */
  readonly by: Port;
  /** The limit that could not be asked, and lets nothing through then. */
  readonly undecided?: PlannedLimit;
}

/** By what requests are judged. */
export interface Judging {
  readonly planner: Planner;
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly randomId: () => string;
  /** The same event is charged once, as long as the store remembers it. */
  readonly requestId?: string;
}

/** What it takes to look. */
export type Looking = Pick<Judging, 'planner' | 'store' | 'clock'>;

/**
 * Plans a request and has it judged in one step. A plan whose figures ended between the planner's clock and the store's is
 * made once more; a second time is a fault.
 * @throws PlanFault when the request's figures cannot be told, HeadgateError `ERR_STALE`, and the store's faults
 */
export function decide(judging: Judging, ask: Ask): Soon<Decided> {
  if (judging.planner.rounds > 0) return decideByUse(judging, ask, MAX_TRIES);
  const decided = attempt(judging, judging.planner.plan(ask));
  if (decided instanceof Promise) return decided.then(freshOf(judging, ask));
  return isStale(decided) ? again(judging, ask) : decided;
}

/** How often a store that answers later is asked to hold what was assumed; then it decides by what was seen last. */
const MAX_TRIES = 4;

/** Where figures read how limits stand, those are looked at first. What answers later must find them so when it decides. */
function decideByUse(judging: Judging, ask: Ask, tries: number): Soon<Decided> {
  const { planner, clock } = judging;
  const known = seenBy(judging, ask);
  const decided =
    known instanceof Promise
      ? known.then((seen) => attemptAsSeen(judging, seen, tries > 0))
      : attempt(judging, planner.plan(known));
  return upon(decided, (first) => {
    if (!isStale(first)) return first;
    if (tries > 0) return decideByUse(judging, { ...ask, nowMs: clock.wallMs() }, tries - 1);
    throw new HeadgateError('ERR_STALE', 'the figures in force changed again and again while one request was judged');
  });
}

/** What figures read, as the store says it stands, or as far as this process knows. */
export function seenBy<A extends SurveyAsk>({ planner, store, clock }: Looking, ask: A): Soon<A> {
  return unlessDown(
    () => informed({ planner, port: store, clock }, ask),
    () => informed({ planner, port: store.local, clock }, ask),
  );
}

function attemptAsSeen(judging: Judging, seen: Ask, expecting: boolean): Soon<Decided> {
  const plan = judging.planner.plan(seen);
  const expects = expecting ? judging.planner.expects(seen, plan) : [];
  return attempt(judging, plan, expects.length === 0 ? undefined : expects);
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
function attempt(judging: Judging, plan: Plan, expects?: Step['expects']): Soon<Decided> {
  const { store, randomId, requestId } = judging;
  const { program, losses } = plan;
  if (program.checks.length === 0) return judged(store, plan, undefined, undefined);
  const reservationId = losses === undefined ? undefined : randomId();
  const step = stepOf(plan, expects, requestId);
  try {
    const outcome = store.apply(losses === undefined ? step : { ...step, reservationId, losses });
    if (plan.later !== undefined) return later(judging, plan, outcome, reservationId);
    return outcome instanceof Promise
      ? outcome.then(judgedOf(store, plan, reservationId), failedOf(judging, plan, reservationId))
      : judged(store, plan, outcome, reservationId);
  } catch (error) {
    return failedOf(judging, plan, reservationId)(error);
  }
}

/** Who is told to wait until limits apply that do not yet is told by when those admit too. */
function later(judging: Judging, plan: Plan, decided: Soon<Outcome>, reservationId: string | undefined): Soon<Decided> {
  const { store } = judging;
  const told = upon(decided, (outcome) => foreseen(judging, plan, outcome));
  return told instanceof Promise
    ? told.then(judgedOf(store, plan, reservationId), failedOf(judging, plan, reservationId))
    : judged(store, plan, told, reservationId);
}

function foreseen({ store, clock }: Judging, plan: Plan, outcome: Outcome): Soon<Outcome> {
  if (plan.later === undefined || outcome.no !== 'until') return outcome;
  const { program, keys, costs, fromAtMs } = plan.later;
  if (clock.wallMs() + outcome.retryAfterMs < fromAtMs) return outcome;
  return upon(store.apply({ op: 'peek', program, keys, costs }), (seen) => {
    // Its figures may have ended in between: then the wait is told as far as it was known.
    if (seen.status === 'ok' && seen.no === 'until') outcome.retryAfterMs = seen.retryAfterMs;
    else if (seen.status === 'ok' && seen.no === 'never') [outcome.no, outcome.retryAfterMs] = ['never', WAIT.never];
    return outcome;
  });
}

function stepOf({ program, keys, costs }: Plan, expects: Step['expects'], requestId: string | undefined): Step {
  const step = { op: 'decide', program, keys, costs } as const;
  if (expects === undefined && requestId === undefined) return step;
  return { ...step, expects, requestId };
}

function judgedOf(by: Port, plan: Plan, reservationId: string | undefined): (outcome: Outcome) => Decided {
  return (outcome) => judged(by, plan, outcome, reservationId);
}

/** @throws what is no outage */
function failedOf(judging: Judging, plan: Plan, reservationId: string | undefined): (error: unknown) => Decided {
  return (error) => {
    if (!(error instanceof Outage)) throw error;
    return standIn(judging.store, plan, { reservationId, requestId: judging.requestId });
  };
}

function judged(by: Port, plan: Plan, outcome: Outcome | undefined, reservationId: string | undefined): Decided {
  const allowed = plan.refused === undefined && outcome?.allowed !== false;
  return { plan, outcome, allowed, reservationId: allowed ? reservationId : undefined, by };
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
 * @throws what is wrong with the step
 */
export function look(judging: Looking, ask: SurveyAsk): Soon<Standing> {
  const { rounds } = judging.planner;
  return rounds === 0 ? lookAt(judging, ask) : upon(seenBy(judging, ask), (known) => lookAt(judging, known));
}

function lookAt({ planner, store, clock }: Looking, ask: SurveyAsk): Soon<Standing> {
  return upon(peek(store, planner.survey(ask)), (first) =>
    isStale(first)
      ? upon(peek(store, planner.survey({ ...ask, nowMs: clock.wallMs() })), (second) =>
          isStale(second) ? { plan: second.plan, outcome: undefined } : second,
        )
      : first,
  );
}

/** How a plan's limits stand, at its costs. */
export function peek(port: Port, plan: Plan): Soon<Standing> {
  const { program, keys, costs } = plan;
  if (program.checks.length === 0) return { plan, outcome: undefined };
  try {
    const outcome = port.apply({ op: 'peek', program, keys, costs });
    return outcome instanceof Promise ? outcome.then(standingOf(plan), untoldOf(plan)) : { plan, outcome };
  } catch (error) {
    return untoldOf(plan)(error);
  }
}

function standingOf(plan: Plan): (outcome: Outcome) => Standing {
  return (outcome) => ({ plan, outcome });
}

/** @throws what is no outage */
function untoldOf(plan: Plan): (error: unknown) => Standing {
  return (error) => {
    if (!(error instanceof Outage)) throw error;
    return { plan, outcome: undefined };
  };
}

/** Whether there are limits of which nobody could say how they stand. */
export function isUntold({ plan, outcome }: Standing): boolean {
  return outcome === undefined && plan.program.checks.length > 0;
}
