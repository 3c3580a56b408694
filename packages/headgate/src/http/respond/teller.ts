import type { Outcome } from '../../core/index.ts';
import { Scope, type Ask, type PlannedLimit, type Planner } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import type { RequestView, Sha256 } from '../request.ts';
import { reportedLimit } from './report.ts';
import { seconds } from './format.ts';
import { waitMsOf, type Told } from './told.ts';

/** Gathers what one response is written from. */
export interface Teller {
  /** Of a request that was planned. */
  decided(view: RequestView, ask: Ask, decided: Decided): Told;
  /** Of an address that may not ask any more. */
  exhausted(view: RequestView, outcome: Outcome, limits: readonly PlannedLimit[]): Told;
  /** Of a request that reached no limit. */
  failed(view: RequestView): Told;
}

export interface TellerOptions {
  readonly planner: Planner;
  readonly sha256: Sha256;
  /** `binding`, `first` or a limit's name. */
  readonly report: string;
  /** Wall time of a store's instant. */
  readonly wallAt: (storeNowMs: number) => number;
}

const ONE: readonly number[] = [1];
const NOBODY = new Scope({ attributes: {}, plan: {}, operation: () => undefined, roots: {} });
const UNTOLD = {
  operation: '',
  outcome: undefined,
  limits: [],
  costs: [],
  wallAtMs: 0,
  denied: true,
  reported: -1,
  bucket: () => undefined,
  scope: () => NOBODY,
} as const;

export function createTeller(options: TellerOptions): Teller {
  const { wallAt } = options;
  return {
    decided: (view, ask, decided) => tellDecided(options, view, ask, decided),
    exhausted: (view, outcome, limits) => ({
      ...UNTOLD,
      requestId: view.id,
      limits,
      costs: ONE,
      outcome,
      wallAtMs: wallAt(outcome.nowMs),
      reported: 0,
    }),
    failed: (view) => ({ ...UNTOLD, requestId: view.id }),
  };
}

function tellDecided(
  { planner, sha256, report, wallAt }: TellerOptions,
  view: RequestView,
  ask: Ask,
  { plan, outcome, allowed }: Decided,
): Told {
  // A plan that was refused has limits that only count: no answer speaks of them.
  const speaks = plan.refused === undefined ? outcome : undefined;
  const told: Told = {
    requestId: view.id,
    operation: ask.operation.name,
    limits: speaks === undefined ? [] : plan.limits,
    costs: plan.costs,
    outcome: speaks,
    wallAtMs: outcome === undefined ? ask.nowMs : wallAt(outcome.nowMs),
    denied: !allowed,
    reported: allowed || speaks === undefined ? -1 : reportedLimit(report, speaks, plan.limits),
    bucket: (i) => bucketOf(plan, i, sha256),
    scope: () => planner.scope(ask, toldRoots(told)),
  };
  return told;
}

/** What expressions in a response may read besides the request. */
function toldRoots(told: Told): Readonly<Record<string, unknown>> {
  const waitMs = told.denied ? waitMsOf(told) : 0;
  return waitMs === undefined ? {} : { retryAfter: seconds(waitMs) };
}

/** A counter's name outside: a hash of the limit and its partition, so that neither can be read from it. */
function bucketOf(plan: Decided['plan'], index: number, sha256: Sha256): string | undefined {
  const check = plan.program.checks[index];
  return check && sha256(`${check.limitId}:${check.slot}:${plan.keys[check.record] ?? ''}`).slice(0, 16);
}
