import type { CompiledPolicy, Override } from '../compiled.ts';
import { LACKED, rampOf, UNBOUND, usesIn, type Standing } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import type { Plan } from '../plan.ts';
import type { Asking } from './asking.ts';
import type { Layout } from './layout.ts';
import { planOf } from './overrides.ts';
import { partitionOf, rowOf, type Row, type Situation } from './situation.ts';

/** The limits whose use figures read, in rounds: what a figure reads in one was found in those before it. */
export type Rounds = readonly (readonly string[])[];

export function roundsOf(policy: CompiledPolicy): Rounds {
  const deep = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = deep.get(name);
    if (known !== undefined) return known;
    deep.set(name, 0); // no circle: such a policy is refused when it is read
    const depth = Math.max(0, ...figureUses(policy, name).map((read) => depthOf(read) + 1));
    deep.set(name, depth);
    return depth;
  };
  const rounds: string[][] = [];
  for (const name of usesIn([policy.limits, policy.overrides])) (rounds[depthOf(name)] ??= []).push(name);
  return rounds;
}

/** Limits that must be known before it can be told how much this one allows, and on whose counter. */
export function figureUses(
  { limits, overrides }: Pick<CompiledPolicy, 'limits' | 'overrides'>,
  name: string,
): readonly string[] {
  const limit = limits.find((one) => one.name === name);
  const figures = overrides.map((override) => override.limits.filter(([of]) => of === name));
  return usesIn([limit?.amount, limit?.burst, limit?.per, figures]);
}

/** How limits stand whatever applies: neither where nor when they apply matters to whoever looks at their counters. */
export function standingOf(
  layout: Layout,
  names: readonly string[],
  asking: Asking,
  active: readonly Override[],
): Situation {
  asking.plan = planOf(active);
  const rows: Row[] = [];
  const lacked: string[] = [];
  for (const limit of layout.limits.filter(({ limit: { name } }) => names.includes(name))) {
    const row = lookedAt(() => rowOf(limit, asking, active));
    if (row === 'none') lacked.push(limit.limit.name);
    else if (row !== undefined) rows.push(row);
  }
  const ramps = layout.limits.flatMap((one) => {
    if (!names.includes(rampOf(one.limit.name))) return [];
    const partition = partitionOf(one.limit, one.partitions, asking);
    return asking.ask.subject.auth === '' && !partition.anonymous ? [] : [{ layout: one, partition }];
  });
  return { refused: undefined, rows, blocks: [], lacked, ramps };
}

/** One that cannot be told leaves nothing: what is not known must not be a way to more. */
function lookedAt(find: () => Row | 'none' | undefined): Row | 'none' | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof PlanFault) return 'none';
    throw error;
  }
}

/** How those stand that have no counter to be looked at. */
export function uncounted(
  names: readonly string[],
  { limits }: Pick<Plan, 'limits'>,
  lacked: readonly string[],
): ReadonlyMap<string, Standing> {
  const absent = names.filter((name) => !name.startsWith('ramp ') && limits.every((limit) => limit.name !== name));
  return new Map(absent.map((name) => [name, lacked.includes(name) ? LACKED : UNBOUND]));
}
