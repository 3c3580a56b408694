import { nextProgramId, type Program } from '../../core/index.ts';
import type { Plan, PlannedLimit } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import type { GuardedStore } from './guarded.ts';

/** Under which it is found. */
interface Ids {
  readonly reservationId?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * Judges a request that the store was not there for, by what its limits say of that: one that fails `closed` lets nothing through that it bears on; of one
 * that fails `local` this process counts its share; one that fails `open` is as if it were not there, and nothing is told of it. A bound on one
 * request is kept nowhere, and holds as ever.
 */
export function standIn(guard: GuardedStore, plan: Plan, { reservationId, requestId }: Ids = {}): Decided {
  const closed = plan.limits.find((limit) => failsBy(limit) === 'closed');
  if (closed !== undefined) {
    guard.degraded.closed++;
    return { ...NOBODY, by: guard, plan, undecided: closed };
  }
  const local = planOf(plan);
  guard.degraded[local.program.checks.length > 0 ? 'local' : 'open']++;
  const { program, keys, costs, losses } = local;
  const isHeld = losses !== undefined && reservationId !== undefined;
  const outcome =
    program.checks.length === 0
      ? undefined
      : guard.local.apply({ op: 'decide', program, keys, costs, requestId, ...(isHeld && { reservationId, losses }) });
  const allowed = plan.refused === undefined && outcome?.allowed !== false;
  return {
    plan: local,
    outcome,
    allowed,
    reservationId: allowed && isHeld ? reservationId : undefined,
    by: guard.local,
  };
}

const NOBODY = { outcome: undefined, allowed: false, reservationId: undefined } as const;

function failsBy({ kind, fail }: PlannedLimit): PlannedLimit['fail'] {
  return kind === 'size' ? 'local' : fail;
}

/** Which checks of a program the process counts itself, and the program of those. */
interface Part {
  readonly program: Program;
  readonly at: readonly number[];
}

/** A profile's limits say the same of failures each time. */
const parts = new WeakMap<Program, Part>();

function planOf(plan: Plan): Plan {
  let part = parts.get(plan.program);
  if (part === undefined) parts.set(plan.program, (part = partOf(plan)));
  const { program, at } = part;
  if (at.length === plan.limits.length) return { ...plan, program };
  const pick = <T>(all: readonly T[]): readonly T[] => at.flatMap((i) => all.slice(i, i + 1));
  const { costs, limits, losses, awaited } = plan;
  return {
    ...plan,
    program,
    costs: pick(costs),
    limits: pick(limits),
    losses: losses && pick(losses),
    awaited: awaited && pick(awaited),
  };
}

function partOf({ program, limits }: Plan): Part {
  const at = [...limits.keys()].filter((i) => limits[i] !== undefined && failsBy(limits[i]) === 'local');
  const checks = at.flatMap((i) => program.checks.slice(i, i + 1));
  // A block obeys one that stands before it: where that is elsewhere now, so is its place.
  const moved = checks.map((check) => ({ ...check, trigger: check.trigger < 0 ? -1 : at.indexOf(check.trigger) }));
  return { program: { ...program, id: nextProgramId(), checks: moved }, at };
}
