import type { Outcome } from '../../core/index.ts';
import { Scope, type Ask, type Plan, type PlannedLimit, type Planner, type SurveyAsk } from '../../profile/index.ts';
import type { Decided, Standing } from '../decide.ts';
import type { RequestView, Sha256 } from '../request.ts';
import { marksOf } from '../fill.ts';
import { reportedBlock, reportedLimit } from './report.ts';
import type { Told } from './told.ts';

/** A request, as far as a response names it. */
export type Named = Pick<RequestView, 'id' | 'renamed'>;

/** Gathers what one response is written from. */
export interface Teller extends Pick<TellerOptions, 'planner' | 'wallAt'> {
  readonly hash: Told['hash'];
  /** Of a request that limits were asked about. `degraded`: by somebody who stood in for the store; default: no. */
  decided(view: Named, ask: Ask, decided: Decided, degraded?: boolean): Told;
  /** Of a known subject's limits as they stand, whatever becomes of the request. */
  standing(view: Named, ask: SurveyAsk, standing: Standing, denied: boolean): Told;
  /** The same, of a later outcome of the same plan. */
  again(told: Told, plan: Plan, outcome: Outcome): Told;
  /** Of an address whose caller is not known; `outcome` is of what such addresses may ask, undefined where that is unlimited. */
  unidentified(view: Named, outcome: Outcome | undefined, limits: readonly PlannedLimit[]): Told;
}

/** Of a hash as it is told: 64 bits tell counters apart. */
const HASH_DIGITS = 16;

export interface TellerOptions {
  readonly planner: Planner;
  readonly sha256: Sha256;
  /** `binding`, `first` or a limit's name. */
  readonly report: string;
  /** Wall time of a store's instant; `now`: what the wall clock says, where it was just read. */
  readonly wallAt: (storeNowMs: number, now?: number) => number;
}

/** How it came that something is told. */
type Manner = Required<Pick<Told, 'denied' | 'delayedMs' | 'reported' | 'marks' | 'degraded'>>;

const ONE: readonly number[] = [1];
export const UNMARKED: readonly string[] = [];
const PLAIN: Manner = { denied: false, delayedMs: undefined, reported: -1, marks: UNMARKED, degraded: false };

export function createTeller(options: TellerOptions): Teller {
  const { planner, sha256, report, wallAt } = options;
  const hash = (text: string): string => sha256(text).slice(0, HASH_DIGITS);

  const standing: Teller['standing'] = (view, ask, found, denied) => told(view, ask, found, { ...PLAIN, denied });

  /** Every response is told from one: it is made whole at once. */
  function told(view: Named, ask: SurveyAsk, { plan, outcome }: Standing, manner: Manner): Told {
    return {
      request: view,
      operation: ask.operation.name,
      limits: outcome === undefined ? [] : called(plan.limits, view),
      costs: plan.costs,
      outcome,
      wallAtMs: outcome === undefined ? ask.nowMs : wallAt(outcome.nowMs, ask.nowMs),
      denied: manner.denied,
      delayedMs: manner.delayedMs,
      reported: manner.reported,
      marks: manner.marks,
      degraded: manner.degraded,
      unidentified: false,
      bucket: (i) => bucketOf(plan, i, hash),
      hash,
      scope: (roots) => planner.scope(ask, roots),
    };
  }

  function decided(view: Named, ask: Ask, one: Decided, degraded = false): Told {
    const { plan, outcome, allowed, delayedMs } = one;
    const reported = allowed || outcome === undefined ? -1 : reportedIn(plan, outcome);
    return told(view, ask, one, { denied: !allowed, delayedMs, reported, marks: marksOf(one), degraded });
  }

  /** Of a block, the limit that set it, where that is among those that were asked. */
  function reportedIn(plan: Plan, outcome: Outcome): number {
    const block = reportedBlock(outcome, plan);
    if (block === undefined) return reportedLimit(report, outcome, plan.limits);
    return plan.limits.findIndex(({ name }) => name === block.limit);
  }

  function again(earlier: Told, { limits }: Plan, outcome: Outcome): Told {
    return { ...earlier, limits: called(limits, earlier.request), outcome, wallAtMs: wallAt(outcome.nowMs) };
  }

  function unidentified(view: Named, outcome: Outcome | undefined, limits: readonly PlannedLimit[]): Told {
    return {
      request: view,
      operation: '',
      limits: outcome === undefined ? [] : limits,
      costs: ONE,
      outcome,
      wallAtMs: outcome === undefined ? 0 : wallAt(outcome.nowMs),
      denied: true,
      reported: outcome?.allowed === false ? 0 : -1,
      marks: UNMARKED,
      unidentified: true,
      bucket: () => undefined,
      hash,
      scope: (roots) => new Scope({ attributes: {}, plan: {}, operation: () => undefined, roots }),
    };
  }

  return { planner, wallAt, hash, decided, standing, again, unidentified };
}

/** The limits as the caller of a request is told of them. */
export function called(limits: Told['limits'], { renamed }: Named): Told['limits'] {
  if (renamed === undefined) return limits;
  return limits.map((limit) => {
    const { name, label } = limit;
    const told = renamed.get(name) ?? name;
    return { ...limit, told, label: label === name ? told : label };
  });
}

/** A counter's name outside: a hash of the limit and its partition, so that neither can be read from it. */
export function bucketOf(plan: Plan, index: number, hash: Told['hash']): string | undefined {
  const check = plan.program.checks[index];
  if (check === undefined || check.record < 0) return undefined;
  return hash(`${check.limitId}:${check.slot}:${plan.keys[check.record] ?? ''}`);
}
