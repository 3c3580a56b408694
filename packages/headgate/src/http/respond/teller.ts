import type { Outcome } from '../../core/index.ts';
import { Scope, type Ask, type PlannedLimit } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import type { RequestView, Sha256 } from '../request.ts';
import type { ScopeOf } from '../scope.ts';
import { reportedLimit } from './report.ts';
import { seconds } from './format.ts';
import type { Told } from './told.ts';

/** Gathers what one response is written from. */
export interface Teller {
  /** Of a request that was planned, and judged unless the plan refused it. */
  decided(view: RequestView, ask: Ask, decided: Decided): Told;
  /** Of an address that may not ask any more. */
  exhausted(view: RequestView, outcome: Outcome, limits: readonly PlannedLimit[]): Told;
  /** Of a request that reached no limit. */
  failed(view: RequestView): Told;
}

export interface TellerOptions {
  readonly scopeOf: ScopeOf;
  readonly sha256: Sha256;
  /** `binding`, `first` or a limit's name. */
  readonly report: string;
  /** Wall time of a store's instant. */
  readonly wallAt: (storeNowMs: number) => number;
}

const ONE: readonly number[] = [1];
const NOBODY = new Scope({ attributes: {}, plan: {}, operation: () => undefined, roots: {} });

export function createTeller({ scopeOf, sha256, report, wallAt }: TellerOptions): Teller {
  const untold = { operation: '', plan: undefined, bucket: () => undefined, scope: () => NOBODY } as const;
  return {
    decided(view, ask, { plan, outcome }) {
      const denied = outcome === undefined || !outcome.allowed;
      const told: Told = {
        requestId: view.id,
        operation: ask.operation.name,
        plan: ask.subject.plan,
        limits: plan.limits,
        costs: plan.costs,
        outcome,
        wallAtMs: outcome === undefined ? ask.nowMs : wallAt(outcome.nowMs),
        denied,
        reported: outcome !== undefined && denied ? reportedLimit(report, outcome, plan.program, plan.limits) : -1,
        bucket: (i) => bucketOf(plan, i, sha256),
        scope: () => scopeOf(ask, toldRoots(told)),
      };
      return told;
    },
    exhausted: (view, outcome, limits) => ({
      ...untold,
      requestId: view.id,
      limits,
      costs: ONE,
      outcome,
      wallAtMs: wallAt(outcome.nowMs),
      denied: true,
      reported: 0,
    }),
    failed: (view) => ({ ...untold, requestId: view.id, limits: [], costs: [], outcome: undefined, wallAtMs: 0, denied: true, reported: -1 }),
  };
}

/** What expressions in a response may read besides the request. */
function toldRoots(told: Told): Readonly<Record<string, unknown>> {
  const limit = told.limits[told.reported];
  const waitMs = told.outcome?.retryAfterMs ?? 0;
  return {
    reported: limit?.name ?? '',
    ...(waitMs < 0 ? {} : { retryAfter: seconds(waitMs) }),
    ...(limit === undefined ? {} : { limit: { name: limit.name, overridden: limit.overridden } }),
  };
}

/** A counter's name outside: a hash of the limit and its partition, so that neither can be read from it. */
function bucketOf(plan: Decided['plan'], index: number, sha256: Sha256): string | undefined {
  const check = plan.program.checks[index];
  return check && sha256(`${check.limitId}:${check.slot}:${plan.keys[check.record] ?? ''}`).slice(0, 16);
}
