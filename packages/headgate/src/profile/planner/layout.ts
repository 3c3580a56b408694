import { idOf, type Field, type Kind, type RecordShape } from '../../core/index.ts';
import type { CompiledPolicy, Limit, Part, PartsValue, Value } from '../compiled.ts';
import { readsOf } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import { leavesOf } from './choice.ts';

/** The most counters of one limit in one record: beyond it a closed part should have been left open. */
const MAX_SLOTS = 10_000;

export type Parts = Extract<PartsValue, { is: 'parts' }>;

/** One way in which a limit's traffic is divided. */
export interface Partition {
  readonly name: string;
  /** Which kind of record: an index into {@link Layout.records}. */
  readonly record: number;
  readonly closed: readonly ('operation' | 'group')[];
  /** Whether only the address matters, or nothing: such counters exist for callers nobody identified too. */
  readonly anonymous: boolean;
}

/** One kind of record: the parts its key is made of, and every counter it may hold. */
export interface RecordLayout {
  readonly parts: readonly Part[];
  readonly shape: RecordShape;
}

/** One span over which a limit may count: its window, its period, or neither. */
export interface Span {
  readonly windowMs: number | undefined;
  readonly period: string | undefined;
}

export interface LimitLayout {
  readonly limit: Limit;
  readonly order: number;
  readonly kind: Kind;
  readonly partitions: ReadonlyMap<Parts, Partition>;
  /** All spans that its amounts, and those of its overrides, are given over. */
  readonly spans: readonly Span[];
  /** Per operation, and last for none: whether the limit is for it. */
  readonly on: readonly boolean[];
}

export interface Layout {
  readonly limits: readonly LimitLayout[];
  readonly records: readonly RecordLayout[];
  slotOf(partition: Partition, operation: number): number;
}

/**
 * Lays out every counter a policy can ever need, before any request: which records there are, and what
 * stands in them. Programs only choose among these.
 * @throws PlanFault `ERR_PLAN_COLLISION`, `ERR_PLAN_LAYOUT`
 */
export function layoutOf(policy: CompiledPolicy): Layout {
  const closed = closedPartsOf(policy);
  const names: string[] = [];
  const partsOf: (readonly Part[])[] = [];
  const limits = policy.limits.map((limit, order) => {
    const partitions = new Map<Parts, Partition>();
    for (const leaf of leavesOf<Parts>(limit.per)) partitions.set(leaf, partitionOf(leaf.parts, closed, names, partsOf));
    return { limit, order, kind: kindOf(limit), partitions, spans: spansOf(limit, policy), on: onOf(limit, policy) };
  });
  const records = names.map((name, record) => ({ parts: partsOf[record] ?? [], shape: { id: idOf(name), fields: fieldsOf(limits, record, closed) } }));
  requireDistinct(names, limits);
  return { limits, records, slotOf: (partition, operation) => slotOf(partition, operation, closed) };
}

/** The values closed parts can take, by operation; the last stands for none. */
interface Closed {
  readonly open: boolean;
  readonly sizes: { readonly operation: number; readonly group: number };
  /** Per operation, and last for none: which group. */
  readonly groupOf: readonly number[];
}

function closedPartsOf({ operations }: CompiledPolicy): Closed {
  const groups = [...new Set(operations.map((operation) => operation.group))].filter((group) => group !== undefined);
  const group = operations.map((operation) => (operation.group === undefined ? groups.length : groups.indexOf(operation.group)));
  return {
    open: operations.length === 0,
    sizes: { operation: operations.length + 1, group: groups.length + 1 },
    groupOf: [...group, groups.length],
  };
}

function slotOf({ closed }: Partition, operation: number, { sizes, groupOf }: Closed): number {
  const index = operation >= 0 && operation < groupOf.length ? operation : groupOf.length - 1;
  let slot = 0;
  for (const part of closed) slot = slot * sizes[part] + (part === 'operation' ? index : (groupOf[index] ?? 0));
  return slot;
}

function partitionOf(parts: readonly Part[], closed: Closed, names: string[], partsOf: (readonly Part[])[]): Partition {
  const open = parts.filter((part) => part.is === 'attribute' || part.is === 'expr' || (part.is === 'operation' && closed.open));
  const sorted = [...new Map(open.map((part) => [nameOf(part), part])).entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const recordName = `record ${sorted.map(([name]) => name).join(' ')}`;
  if (!names.includes(recordName)) {
    names.push(recordName);
    partsOf.push(sorted.map(([, part]) => part));
  }
  const slots = (['operation', 'group'] as const).filter((name) => parts.some((part) => part.is === name && !(name === 'operation' && closed.open)));
  return {
    name: [...sorted.map(([name]) => name), ...slots].join(' '),
    record: names.indexOf(recordName),
    closed: slots,
    anonymous: open.every(isOfAddress),
  };
}

function nameOf(part: Part): string {
  switch (part.is) {
    case 'attribute':
      return part.path;
    case 'expr':
      return `=${JSON.stringify(part.expr)}`;
    case 'operation':
    case 'group':
    case 'global':
      return `(${part.is})`;
    default:
      return part satisfies never;
  }
}

function isOfAddress(part: Part): boolean {
  if (part.is === 'expr') return readsOf(part.expr).every((read) => read === 'subject.address' || read.startsWith('operation.'));
  return part.is === 'operation' || (part.is === 'attribute' && part.path === 'address');
}

function kindOf(limit: Limit): Kind {
  return limit.kind === 'rate' ? limit.algorithm : limit.kind;
}

/** A literal or an expression has no span: that of a size. */
function spansOf(limit: Limit, policy: CompiledPolicy): readonly Span[] {
  const overridden = policy.overrides.flatMap(({ limits }) => limits.filter(([name]) => name === limit.name).map(([, value]) => value));
  const spans = new Map<string, Span>();
  for (const value of [limit.amount, ...overridden]) {
    for (const leaf of leavesOf<Exclude<Value, { is: 'table' | 'cases' }>>(value)) {
      if (leaf.is !== 'amount') continue;
      const span = { windowMs: leaf.amount.windowMs, period: leaf.amount.period };
      spans.set(spanText(span), span);
    }
  }
  return [...spans.values()];
}

export function spanText({ windowMs, period }: Span): string {
  return period ?? String(windowMs ?? '');
}

/** What a counter is known by: everything that makes it another counter, and not how much it allows. */
export function limitIdOf({ limit, kind }: Pick<LimitLayout, 'limit' | 'kind'>, partition: Partition, span: Span): number {
  return idOf(identityOf({ limit, kind }, partition, span));
}

export function identityOf({ limit, kind }: Pick<LimitLayout, 'limit' | 'kind'>, partition: Partition, span: Span): string {
  const form = kind === 'fixed' ? ` ${limit.align}` : kind === 'sliding' ? ` ${limit.slices}` : '';
  return `${limit.name}: ${kind}${form} ${spanText(span)} per ${partition.name}`;
}

function fieldsOf(limits: readonly LimitLayout[], record: number, closed: Closed): readonly Field[] {
  const fields = new Map<number, Field>();
  for (const layout of limits) {
    if (layout.kind === 'size') continue;
    for (const partition of layout.partitions.values()) {
      if (partition.record !== record) continue;
      const slots = slotsOf(layout, partition, closed);
      if (slots.length === 0) continue;
      for (const span of layout.spans) fields.set(limitIdOf(layout, partition, span), fieldOf(layout, partition, span, slots));
    }
  }
  return [...fields.values()];
}

/** The slots of those operations that the limit is for. */
function slotsOf({ on, limit }: LimitLayout, partition: Partition, closed: Closed): readonly number[] {
  const slots = new Set<number>();
  for (const [operation, applies] of on.entries()) if (applies) slots.add(slotOf(partition, operation, closed));
  if (slots.size <= MAX_SLOTS) return [...slots].sort((a, b) => a - b);
  throw new PlanFault('ERR_PLAN_LAYOUT', 500, `limits.${limit.name}.per: ${slots.size} counters in one record, at most ${MAX_SLOTS}`);
}

function fieldOf(layout: LimitLayout, partition: Partition, span: Span, slots: readonly number[]): Field {
  const { kind, limit } = layout;
  return { limitId: limitIdOf(layout, partition, span), kind, windowMs: span.windowMs ?? 0, slices: kind === 'sliding' ? limit.slices : 0, slots };
}

/** Per operation index, and last for requests that are none of them. */
function onOf(limit: Limit, { operations }: CompiledPolicy): readonly boolean[] {
  const { operations: on } = limit;
  return [...operations.map(({ name }) => on === undefined || on.includes(name)), on === undefined];
}

/** Ids are hashes of names. Two names with one hash would share a counter, so a policy that has such two is refused. */
function requireDistinct(records: readonly string[], limits: readonly LimitLayout[]): void {
  const seen = new Map<number, string>();
  const identities = limits.flatMap((layout) => [...layout.partitions.values()].flatMap((at) => layout.spans.map((span) => identityOf(layout, at, span))));
  for (const text of [...records, ...identities]) {
    const id = idOf(text);
    const other = seen.get(id);
    if (other !== undefined && other !== text) throw new PlanFault('ERR_PLAN_COLLISION', 500, `"${text}" and "${other}" have one id; rename either limit`);
    seen.set(id, text);
  }
}
