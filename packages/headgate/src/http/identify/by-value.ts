import { Outcome, type Clock } from '../../core/index.ts';
import {
  createPlanner,
  type Ask,
  type CompiledPolicy,
  type Limit,
  type PlannedLimit,
  type PlannerOptions,
  type Value,
} from '../../profile/index.ts';
import { decide, peek, type Standing } from '../decide.ts';
import type { GuardedStore } from '../failing/guarded.ts';
import { upon, type Soon } from '../soon.ts';
import { addressOf, type ByAddress, type Stranger } from './unidentified.ts';

const NOTHING: Ask['request'] = { method: '', path: '', query: {}, headers: {}, bytes: undefined };

/** By what addresses are judged whose figure depends on something. */
export interface Valuing {
  readonly policy: CompiledPolicy;
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly planning: PlannerOptions;
}

/**
 * `unidentified` by value: a policy of one limit, on the address, planned like any other. Nobody is known yet, so that it reads the
 * request's method and header fields, the address and the time alone.
 */
export function byValue({ policy, store, clock, planning }: Valuing): ByAddress {
  const planner = createPlanner(alone(policy), planning);
  const judging = { planner, store, clock, randomId: () => '' };
  /** Of which limit an outcome tells: answers are written when the outcome is all that is left of the question. */
  const limits = new WeakMap<Outcome, readonly PlannedLimit[]>();

  const askOf = (stranger: Stranger): Ask => ({
    subject: { auth: '', address: addressOf(stranger) },
    operation: { index: -1, name: '', path: {} },
    request: typeof stranger === 'string' ? NOTHING : stranger.request,
    nowMs: clock.wallMs(),
  });

  function told({ plan, outcome = unbound(clock) }: Standing): Outcome {
    limits.set(outcome, plan.limits);
    return outcome;
  }

  function look(ask: Ask): Soon<Standing> {
    return upon(peek(store, planner.plan(ask)), (first) =>
      first.outcome?.status === 'stale'
        ? peek(store, planner.plan({ ...ask, nowMs: clock.wallMs() }))
        : first.outcome === undefined
          ? peek(store.local, first.plan)
          : first,
    );
  }

  return {
    reads: true,
    limitsOf: (outcome) => (outcome === undefined ? [] : (limits.get(outcome) ?? [])),
    ask: (op, stranger) => {
      const ask = askOf(stranger);
      return upon<Standing, Outcome>(op === 'peek' ? look(ask) : decide(judging, ask), told);
    },
  };
}

/** Of an address that is bound by nothing just now. */
function unbound(clock: Clock): Outcome {
  const outcome = new Outcome(clock.monotonicMs(), 1);
  outcome.figures.splice(0, outcome.figures.length, Number.MAX_SAFE_INTEGER, 0);
  return Object.assign(outcome, { allowed: true });
}

function alone(policy: CompiledPolicy): CompiledPolicy {
  return {
    ...policy,
    identify: [],
    anonymous: true,
    derive: [],
    operations: [],
    require: [],
    overrides: [],
    endpoints: [],
    limits: [limitOf(policy.unidentified)],
  };
}

function limitOf(amount: Value): Limit {
  return {
    name: 'unidentified',
    label: 'Unidentified requests',
    unit: 'requests',
    kind: 'rate',
    amount,
    algorithm: 'sliding',
    align: 'first',
    slices: 16,
    calendar: { zone: 'UTC', anchor: 1, week: 'monday' },
    per: { is: 'parts', parts: [{ is: 'attribute', path: 'address' }] },
    replaces: [],
    cost: { is: 'literal', value: 1 },
    count: 'admitted',
    answer: 'unidentified',
    fail: 'local',
  };
}
