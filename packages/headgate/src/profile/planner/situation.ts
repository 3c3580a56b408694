import type { Limit, Override } from '../compiled.ts';
import { evaluate } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import type { SurveyAsk } from '../plan.ts';
import type { Asking, PolicyIndex } from './asking.ts';
import { choose } from './choice.ts';
import { amountOf, burstOf, type Units } from './figures.ts';
import type { BlockLayout, Layout, LimitLayout } from './layout.ts';
import { overrideOf, planOf } from './overrides.ts';
import type { Partition, Parts } from './partition.ts';
import type { Ramped } from './ramps.ts';

/** One limit as it applies: how much, on whose counter. */
export interface Row {
  readonly layout: LimitLayout;
  readonly figure: Units;
  /** The most at once: a bucket's burst, else the units. */
  readonly burst: number;
  /** Units of what a period leaves that are carried on, at most. */
  readonly carried: number;
  readonly partition: Partition;
  readonly overridden: boolean;
}

/** What applies to an ask while nothing changes with time. */
export interface Situation {
  /** Name of the answer, when no counter is asked. */
  readonly refused: string | undefined;
  readonly rows: readonly Row[];
  readonly blocks: readonly BlockRow[];
  /** Limits that were asked for, and that the plan lacks: only where they are looked at. */
  readonly lacked?: readonly string[];
  /** Ramps that are looked at; default: those of the rows. */
  readonly ramps?: readonly Ramped[];
}

/** A block that is obeyed, or may be set. */
export interface BlockRow {
  readonly layout: BlockLayout;
  readonly partition: Partition;
  /** Whether it keeps out from what is asked; else its limit may only set it. */
  readonly obeyed: boolean;
}

/**
 * Works out what applies under the overrides in force.
 * @throws PlanFault when a figure, or on whose counter it counts, cannot be told
 */
export function situationOf(
  layout: Layout,
  index: PolicyIndex,
  asking: Asking,
  active: readonly Override[],
): Situation {
  asking.plan = planOf(active);
  const applying = withoutReplaced(layout.limits.filter((limit) => applies(limit, asking, active)));
  const rows: Row[] = [];
  let refused = refusalOf(index, asking);
  for (const limit of applying) {
    const row = rowOf(limit, asking, active);
    if (row === 'none') refused ??= limit.limit.answer;
    else if (row !== undefined) rows.push(row);
  }
  const blocks = layout.blocks.flatMap((block) => blockRowOf(block, applying, asking, active) ?? []);
  return refused === undefined ? { refused, rows, blocks } : trying(refused, rows, blocks);
}

/** Whoever is refused is still counted where attempts count: trying is what such a limit is about, and may set a block. */
function trying(refused: string, rows: readonly Row[], blocks: readonly BlockRow[]): Situation {
  const counted = rows.filter(({ layout: { limit } }) => limit.count === 'attempts');
  return {
    refused,
    rows: counted,
    blocks: blocks.filter(({ layout }) => counted.some((row) => row.layout === layout.of)),
  };
}

/** Undefined where it does not hold for this ask. An override that lifts its limit lifts it. */
function blockRowOf(
  layout: BlockLayout,
  applying: readonly LimitLayout[],
  asking: Asking,
  active: readonly Override[],
): BlockRow | undefined {
  const { of, block, on } = layout;
  if (overrideOf(active, of.limit.name) === 'lifted') return undefined;
  const obeyed = block.operations === undefined ? applying.includes(of) : isOn(on, asking.ask);
  if (!obeyed && !applying.includes(of)) return undefined;
  const partition = partitionOf({ name: of.limit.name, per: block.per ?? of.limit.per }, layout.partitions, asking);
  return asking.ask.subject.auth === '' && !partition.anonymous ? undefined : { layout, partition, obeyed };
}

/** The answer of the first precondition that does not hold. One that fails does not: a field left out opens nothing. */
function refusalOf({ policy }: PolicyIndex, asking: Asking): string | undefined {
  return policy.require.find(({ that }) => evaluate(that, asking.scope) !== true)?.answer;
}

/** A `when` that fails counts as one that holds: a field left out is no way round. */
export function applies({ limit, on }: LimitLayout, asking: Asking, active: readonly Override[]): boolean {
  if (!isOn(on, asking.ask) || overrideOf(active, limit.name) === 'lifted') return false;
  return limit.when === undefined || evaluate(limit.when, asking.scope) !== false;
}

function isOn(on: readonly boolean[], { operation }: SurveyAsk): boolean {
  return on[operation.index] ?? on.at(-1) ?? false;
}

/** Drops what is replaced by a limit that applies, and is not replaced itself. */
export function withoutReplaced(applying: readonly LimitLayout[]): readonly LimitLayout[] {
  if (applying.every(({ limit }) => limit.replaces.length === 0)) return applying;
  const active = new Map<LimitLayout, boolean>();
  const isActive = (layout: LimitLayout): boolean => {
    const known = active.get(layout);
    if (known !== undefined) return known;
    active.set(layout, true); // in a circle, whoever is asked first stays
    const replaced = applying.some(
      (other) => other !== layout && other.limit.replaces.includes(layout.limit.name) && isActive(other),
    );
    active.set(layout, !replaced);
    return !replaced;
  };
  return applying.filter(isActive);
}

export function rowOf(layout: LimitLayout, asking: Asking, active: readonly Override[]): Row | 'none' | undefined {
  const { limit } = layout;
  const partition = partitionOf(limit, layout.partitions, asking);
  // Nobody was identified: only what is counted for an address, or for all, can be counted.
  if (asking.ask.subject.auth === '' && !partition.anonymous) return undefined;
  const override = overrideOf(active, limit.name);
  const value = override === undefined || override === 'lifted' ? limit.amount : override;
  const figure = amountOf(value, asking.scope, limit.name);
  if (figure.is === 'none') return 'none';
  if (figure.is === 'unlimited') return undefined;
  const carried = limit.rollover === undefined ? 0 : burstOf(limit.rollover.upTo, asking.scope, limit.name);
  const burst = burstFor(limit, figure, asking);
  return { layout, figure, burst, carried, partition, overridden: override !== undefined };
}

function burstFor(limit: Limit, { units }: Units, asking: Asking): number {
  if (limit.kind !== 'rate' || limit.algorithm !== 'bucket' || limit.burst === undefined) return units;
  return burstOf(limit.burst, asking.scope, limit.name);
}

export function partitionOf(
  limit: Pick<Limit, 'name' | 'per'>,
  partitions: ReadonlyMap<Parts, Partition>,
  asking: Asking,
): Partition {
  const parts = choose<Parts>(limit.per, asking.scope);
  const partition = parts === undefined ? undefined : partitions.get(parts);
  if (partition !== undefined) return partition;
  throw new PlanFault(
    'ERR_PLAN_PARTITION',
    500,
    `limits.${limit.name}.per: none of the cases can be told to hold; add "else", or use has(…)`,
  );
}
