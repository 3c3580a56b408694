import { HeadgateError, type Clock, type Outcome, type Step } from '../../core/index.ts';
import {
  isOfNobody,
  type CompiledPolicy,
  type Plan,
  type PlannedLimit,
  type Planner,
  type Subject,
} from '../../profile/index.ts';
import { upon, type Port, type Soon } from '../soon.ts';
import { hitOf } from './hit.ts';

/** Whose counter is set right, as requests reach it: the operation matters where the limit is counted for each. */
export interface AdjustOf {
  readonly subject: Subject;
  readonly operation?: string;
}

/**
 * Adds to, or takes from, what a level or a quota counts. `unknown`: no such limit is this subject's, whatever it asks, or the subject lacks what
 * the limit is counted by, so that the counter would be nobody's.
 */
export type Adjust = (of: AdjustOf, limit: string, by: number) => Soon<'ok' | 'unknown'>;

/** An operator's correction. `by` is in what people read, and may be negative; what is counted never falls below nothing. */
export function createAdjust(policy: CompiledPolicy, planner: Planner, port: Port, clock: Clock): Adjust {
  return (of, name, by) => {
    const { plan, limit, costs } = locate(policy, planner, clock, of, name);
    if (limit === undefined) return 'unknown';
    if (limit.kind !== 'level' && limit.kind !== 'quota')
      throw new HeadgateError('ERR_VERB', `adjust ${name}: expected a level or a quota, got a ${limit.kind}`);
    const step = { op: 'adjust', costs: costs(unitsOf('adjust', limit, by)) } as const;
    return upon(applied(port, plan, step), ({ status }) => (status === 'ok' ? 'ok' : 'unknown'));
  };
}

/** Units on top of a quota. */
export interface GrantOf {
  /** The same id is the same grant. */
  readonly id: string;
  /** In what people read. */
  readonly units: number;
  /** The first instant of wall time at which what is left counts no more; default: it has no end. */
  readonly endsAtMs?: number | undefined;
}

/** Gives a quota units on top, once for each id. `unknown`: no such limit is this subject's, whatever it asks. */
export type Grant = (of: AdjustOf, limit: string, grant: GrantOf) => Soon<'given' | 'known' | 'unknown'>;

export function createGrant(policy: CompiledPolicy, planner: Planner, port: Port, clock: Clock): Grant {
  return (of, name, { id, units, endsAtMs }) => {
    const { plan, limit, costs } = locate(policy, planner, clock, of, name);
    if (limit === undefined) return 'unknown';
    if (policy.limits.find((one) => one.name === name)?.grants !== true)
      throw new HeadgateError('ERR_VERB', `grant ${name}: expected a quota with grants: true`);
    const given = costs(unitsOf('grant', limit, units));
    return upon(applied(port, plan, { op: 'grant', costs: given, grant: { id, endsAtMs } }), ({ status, replayed }) =>
      status === 'ok' ? (replayed ? 'known' : 'given') : 'unknown',
    );
  };
}

function applied(port: Port, { program, keys }: Plan, step: Pick<Step, 'op' | 'costs' | 'grant'>): Soon<Outcome> {
  return port.apply({ program, keys, ...step });
}

interface Located {
  readonly plan: Plan;
  /** Undefined where it is no limit of this subject's, whatever it asks, or its counter would be nobody's. */
  readonly limit: PlannedLimit | undefined;
  /** So many units for this limit, and none for those beside it. */
  readonly costs: (units: number) => readonly number[];
}

/** Finds a subject's counter of a limit. */
function locate(
  policy: CompiledPolicy,
  planner: Planner,
  clock: Clock,
  { subject, operation }: AdjustOf,
  name: string,
): Located {
  const on = policy.limits.find((limit) => limit.name === name)?.operations?.[0];
  const plan = planner.survey({
    subject,
    operation: hitOf(policy, operation ?? on ?? ''),
    nowMs: clock.wallMs(),
  });
  const index = plan.limits.findIndex((limit) => limit.name === name);
  const isNobodys = isOfNobody(plan.keys[plan.program.checks[index]?.record ?? 0] ?? '');
  return {
    plan,
    limit: isNobodys ? undefined : plan.limits[index],
    costs: (units) => plan.program.checks.map((_, i) => (i === index ? units : 0)),
  };
}

/** @throws HeadgateError `ERR_COST` for what cannot be counted */
function unitsOf(verb: string, { name, precision }: PlannedLimit, by: number): number {
  const units = Math.round(by * 10 ** precision);
  if (Number.isSafeInteger(units) && Math.abs(units / 10 ** precision - by) <= Math.abs(by) * 4 * Number.EPSILON)
    return units;
  throw new HeadgateError('ERR_COST', `${verb} ${name}: expected a number of at most ${precision} decimals, got ${by}`);
}
