import type { LimitSpec } from '../../gate/index.ts';
import {
  createPlanner,
  upon,
  type Bring,
  type Forward,
  type CompiledPolicy,
  type Judged,
  type Names,
  type PlannerOptions,
  type RequestView,
  type Soon,
} from '../../http/index.ts';
import { checkedRoute, checkExtraCost } from './check-route.ts';
import { owe, unitsFor, type Units } from './decision.ts';
import type { Guard } from './guard.ts';
import { blockOf, quickLimits } from './quick.ts';
import { UNSEEN, visitOf, type Admission, type Begun, type Visit } from './visit.ts';
import { checkWhose } from './whose.ts';

/** What a route adds to what holds of every request: it never takes the place of it. */
export interface RouteSpec<N extends Names = Names> {
  /** Further limits by name, judged as one with all others. */
  readonly limits?: Readonly<Record<string, LimitSpec>>;
  /** Units on top of what a request costs anyway: of every limit that requests are charged to, or by name. */
  readonly extraCost?: Units<N>;
}

type Planner = ReturnType<typeof createPlanner>;

let routes = 0;

/** A gate for a route: the policy's own limits and the route's, decided as one. */
export class RouteGuard {
  readonly id: number = ++routes;
  readonly limits: CompiledPolicy['limits'];
  readonly extraCost: Units<Names> | undefined;
  readonly #guard: Guard;

  constructor(guard: Guard, spec: RouteSpec) {
    const { limits = {}, extraCost } = checkedRoute(spec);
    this.#guard = guard;
    this.extraCost = extraCost;
    this.limits = Object.keys(limits).length === 0 ? [] : quickLimits(limits, usualPer(guard.policy));
    checkWhose(this.limits, guard.policy, 'ERR_ADAPTER_ROUTE');
    for (const limit of this.limits) guard.addRouteLimit(limit);
    checkExtraCost(extraCost, guard.declares);
  }

  /**
   * Judges the request anew with what this route adds: what it was charged before is given back first, in the same turn, so that a
   * refusal here leaves every counter as it was before the request came.
   */
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun> {
    const visit = visitOf(native);
    const admission = visit && this.#guard.admissionIn(visit);
    if (visit !== undefined && admission !== undefined) return this.#more(visit, admission);
    const begun = this.#guard.begin(native, view, bring);
    return begun instanceof Promise ? begun.then((one) => this.#after(one)) : this.#after(begun);
  }

  #after(begun: Begun): Soon<Begun> {
    const admission = begun.kind === 'visit' ? this.#guard.admissionIn(begun) : undefined;
    return begun.kind === 'visit' && admission !== undefined ? this.#more(begun, admission) : begun;
  }

  #more(visit: Visit, admission: Admission): Soon<Begun> {
    const { forward, view } = admission;
    const { judged } = forward;
    if (admission.routes.includes(this)) {
      this.#guard.warn('WARN_ADAPTER_TWICE');
      return visit;
    }
    if (judged === undefined) return visit;
    const charges = [...admission.routes, this];
    const extra = judged.charged.map((units, i) => units - (judged.plan.costs[i] ?? 0));
    const back = judged.giveBack(judged.charged);
    forward.end(UNSEEN);
    this.#guard.tellApart(view, visit.told(admission), [
      ...this.#guard.policy.limits,
      ...charges.flatMap(({ limits }) => limits),
    ]);
    // Asked for in the same turn: nobody comes between.
    const handled = this.#guard.gateWith(charges).judge(view, judged.ask, forward.target);
    return upon(back, () =>
      upon(handled, (one) => {
        if (one.kind === 'answer') {
          visit.leave(admission);
          return one;
        }
        visit.replace(admission, one, charges);
        return upon(amendAgain(one, judged, extra), () => visit);
      }),
    );
  }
}

/** What a handler charged or gave back before the route was known stays so. The policy's limits stand first in both. */
function amendAgain({ judged }: Forward, before: Judged, extra: readonly number[]): Soon<void> {
  if (judged === undefined || extra.every((units) => units === 0)) return undefined;
  const { limits } = before.plan;
  return owe(
    judged,
    judged.plan.limits.map(({ name }) => extra[limits.findIndex((one) => one.name === name)] ?? 0),
  );
}

/** Whose counter a route's limit is, where it does not say: of a quick gate, whoever that counts; of a policy there is no saying. */
function usualPer(policy: CompiledPolicy): string | undefined {
  if (policy.name !== '' || policy.operations.length > 0) return undefined;
  if (policy.identify.length === 0) return 'address';
  return policy.identify.length === 1 && !policy.anonymous ? policy.identify[0]?.name : undefined;
}

/** A policy with what routes add. Counters follow a limit's identity: those of the policy stay where they are. */
export function policyWith(policy: CompiledPolicy, guards: readonly RouteGuard[]): CompiledPolicy {
  // One limit that two routes share is one counter.
  const added = [...new Map(guards.flatMap(({ limits }) => limits.map((limit) => [limit.name, limit]))).values()];
  const [block] = policy.respond.headers;
  const isQuick =
    policy.respond.headers.length === 1 && JSON.stringify(block) === JSON.stringify(blockOf(policy.limits));
  const limits = [...policy.limits, ...added];
  return {
    ...policy,
    limits,
    respond: isQuick ? { ...policy.respond, headers: [blockOf(limits)] } : policy.respond,
  };
}

/** Names were looked at when the route was made. */
const CHECKED = { declares: (): boolean => true };

/** Plans as the policy says, and adds what routes cost on top. */
export function createPlannerFor(
  policy: CompiledPolicy,
  guards: readonly RouteGuard[],
  options: PlannerOptions,
): Planner {
  const planner = createPlanner(policy, options);
  const extras = guards.flatMap(({ extraCost }) => (extraCost === undefined ? [] : [extraCost]));
  if (extras.length === 0) return planner;
  return {
    ...planner,
    plan(ask) {
      const plan = planner.plan(ask);
      const added = extras.map((units) => unitsFor(plan, units, CHECKED));
      return { ...plan, costs: plan.costs.map((cost, i) => added.reduce((sum, units) => sum + (units[i] ?? 0), cost)) };
    },
  };
}
