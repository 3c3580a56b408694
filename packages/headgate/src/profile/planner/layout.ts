import { idOf, slicesOf as quotaSlices, type Field, type Kind, type RecordShape } from '../../core/index.ts';
import type { Block, CompiledPolicy, Limit, Value } from '../compiled.ts';
import { rampOf, usesIn } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import { leavesOf } from './choice.ts';
import { figureFields, figureIdentities, scaledByOf } from './scaled.ts';
import { rampFields, rampIdentities } from './ramps.ts';
import {
  apartOf,
  closedPartsOf,
  partitionOf,
  slotOf,
  slotTextOf,
  type Closed,
  type KeyPart,
  type Partition,
  type Parts,
  type Records,
} from './partition.ts';

/** Values of closed parts that share a record; where there are more, each has a record of its own, so that records stay small. */
const MAX_SHARED_SLOTS = 8;

/** One kind of record: the parts its key is made of, and every counter it may hold. */
export interface RecordLayout {
  readonly parts: readonly KeyPart[];
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

/** A block of a limit: who it keeps out, and from what. */
export interface BlockLayout {
  readonly of: LimitLayout;
  readonly block: Block;
  readonly partitions: ReadonlyMap<Parts, Partition>;
  /** As of a limit; where none is written for it, it holds where the limit applies. */
  readonly on: readonly boolean[];
}

/** Where a counter stands: which kind of record, and which slot of it. */
export interface Place {
  readonly record: number;
  readonly slot: number;
  /** Both in words: what the place is found by in another policy. */
  readonly name: string;
}

export interface Layout {
  readonly limits: readonly LimitLayout[];
  readonly blocks: readonly BlockLayout[];
  readonly records: readonly RecordLayout[];
  placeOf(partition: Partition, operation: number): Place;
}

/**
 * Lays out every counter a policy can ever need, before any request: which records there are, and what
 * stands in them. Programs only choose among these.
 * @throws PlanFault `ERR_PLAN_COLLISION`
 */
export function layoutOf(policy: CompiledPolicy): Layout {
  const closed = closedPartsOf(policy);
  const found: Records = new Map();
  const limits = policy.limits.map((limit, order) => {
    const partitions = new Map<Parts, Partition>();
    for (const leaf of leavesOf<Parts>(limit.per))
      partitions.set(leaf, partitionOf([...leaf.parts, ...apartOf(limit)], closed, found));
    return { limit, order, kind: kindOf(limit), partitions, spans: spansOf(limit, policy), on: onOf(limit, policy) };
  });
  const rooms = new Rooms(closed, found);
  const read = usesIn([policy.limits, policy.overrides]);
  for (const layout of limits) if (layout.kind !== 'size') settle(layout, rooms, isRead(layout, read));
  const blocks = limits.flatMap((layout) => blocksOf(layout, policy, closed, found));
  for (const layout of blocks) settleBlock(layout, rooms);
  const identities = [...limits.flatMap(identitiesOf), ...blocks.flatMap(blockIdentitiesOf)];
  requireDistinct([...rooms.names, ...identities], idOf, 'rename either limit');
  requireDistinct(rooms.slots, slotOf, 'rename either');
  return { limits, blocks, records: rooms.records, placeOf: rooms.placeOf };
}

/** The records of a policy while they are laid out, each found by its name. */
class Rooms {
  readonly records: { readonly parts: readonly KeyPart[]; readonly shape: { id: number; fields: Field[] } }[] = [];
  readonly names: string[] = [];
  readonly slots: Set<string> = new Set();
  readonly #closed: Closed;
  readonly #parts: Records;
  readonly #places: Map<string, Place> = new Map();

  constructor(closed: Closed, parts: Records) {
    this.#closed = closed;
    this.#parts = parts;
  }

  readonly placeOf = (partition: Partition, operation: number): Place => {
    const text = slotTextOf(partition, operation, this.#closed);
    const record = recordNameOf(partition, text, this.#closed);
    const name = `${record}: ${text}`;
    let place = this.#places.get(name);
    if (place === undefined) {
      this.slots.add(text);
      place = { record: this.#recordOf(record, partition), slot: slotOf(text), name };
      this.#places.set(name, place);
    }
    return place;
  };

  fieldsOf({ record }: Place): Field[] {
    return this.records[record]?.shape.fields ?? [];
  }

  #recordOf(name: string, { recordName }: Partition): number {
    const at = this.names.indexOf(name);
    if (at >= 0) return at;
    this.records.push({ parts: this.#parts.get(recordName) ?? [], shape: { id: idOf(name), fields: [] } });
    return this.names.push(name) - 1;
  }
}

/** Whether figures read how a limit stands, or its ramp. */
function isRead({ limit }: LimitLayout, names: readonly string[]): boolean {
  return names.includes(limit.name) || names.includes(rampOf(limit.name));
}

/** Gives every counter that a limit may need its field. One whose use is read is looked at for every operation. */
function settle(layout: LimitLayout, rooms: Rooms, isLookedAt: boolean): void {
  const on = isLookedAt ? layout.on.map(() => true) : layout.on;
  for (const partition of layout.partitions.values()) {
    for (const place of placesOf({ on }, partition, rooms)) {
      const fields = rooms.fieldsOf(place);
      for (const span of layout.spans) {
        addField(fields, fieldOf(layout, partition, span, [place.slot]));
        for (const field of figureFields(layout, identityOf(layout, partition, span), place.slot))
          addField(fields, field);
      }
      for (const field of rampFields(layout, partition, place.slot)) addField(fields, field);
    }
  }
}

function blocksOf(of: LimitLayout, policy: CompiledPolicy, closed: Closed, found: Records): readonly BlockLayout[] {
  return (of.limit.ladder ?? []).flatMap(({ action }) => {
    if (action.is !== 'block') return [];
    const { block } = action;
    const leaves = leavesOf<Parts>(block.per ?? of.limit.per);
    const partitions = new Map(leaves.map((leaf) => [leaf, partitionOf(leaf.parts, closed, found)]));
    return [{ of, block, partitions, on: blockOn(of, block, policy) }];
  });
}

function blockOn({ on }: LimitLayout, { operations }: Block, policy: CompiledPolicy): readonly boolean[] {
  if (operations === undefined) return on;
  return operations === 'all' ? on.map(() => true) : onOf({ operations }, policy);
}

/** Wherever it is obeyed, or set. */
function blockPlaces(layout: BlockLayout, partition: Partition, rooms: Rooms): readonly Place[] {
  const on = layout.on.map((holds, i) => holds || layout.of.on[i] === true);
  return placesOf({ on }, partition, rooms);
}

function settleBlock(layout: BlockLayout, rooms: Rooms): void {
  for (const partition of layout.partitions.values())
    for (const place of blockPlaces(layout, partition, rooms)) {
      const limitId = idOf(blockIdentity(layout, partition));
      addField(rooms.fieldsOf(place), { limitId, kind: 'block', windowMs: 0, slices: 0, slots: [place.slot] });
    }
}

/** What a block is known by. */
export function blockIdentity({ of, block }: BlockLayout, partition: Partition): string {
  return `${of.limit.was ?? of.limit.name}: block ${block.ordinal} per ${partition.name}`;
}

function blockIdentitiesOf(layout: BlockLayout): readonly string[] {
  return [...layout.partitions.values()].map((partition) => blockIdentity(layout, partition));
}

/** Every place at which a limit may count. */
export function placesOf(
  { on }: Pick<LimitLayout, 'on'>,
  partition: Partition,
  { placeOf }: Pick<Layout, 'placeOf'>,
): readonly Place[] {
  return [...on.entries()].flatMap(([operation, applies]) => (applies ? [placeOf(partition, operation)] : []));
}

function addField(fields: Field[], field: Field): void {
  const at = fields.findIndex(({ limitId }) => limitId === field.limitId);
  const known = fields[at];
  if (known === undefined) fields.push(field);
  else fields[at] = { ...known, slots: [...new Set([...known.slots, ...field.slots])].toSorted((a, b) => a - b) };
}

/** Few values share the record as slots; many have a kind of record each. */
function recordNameOf({ recordName, closed: parts }: Partition, text: string, closed: Closed): string {
  const values = new Set(
    closed.operation.map((_, operation) => parts.map((part) => closed[part][operation]).join(', ')),
  );
  return values.size <= MAX_SHARED_SLOTS ? recordName : `${recordName} of ${text}`;
}

function kindOf(limit: Limit): Kind {
  return limit.kind === 'rate' ? limit.algorithm : limit.kind;
}

/** A literal or an expression has no span: that of a size. */
function spansOf(limit: Limit, policy: CompiledPolicy): readonly Span[] {
  const overridden = policy.overrides.flatMap(({ limits }) =>
    limits.filter(([name]) => name === limit.name).map(([, value]) => value),
  );
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
export function limitIdOf(
  { limit, kind }: Pick<LimitLayout, 'limit' | 'kind'>,
  partition: Partition,
  span: Span,
): number {
  return idOf(identityOf({ limit, kind }, partition, span));
}

export function identityOf(
  { limit, kind }: Pick<LimitLayout, 'limit' | 'kind'>,
  partition: Partition,
  span: Span,
): string {
  const form = kind === 'fixed' ? ` ${limit.align}` : kind === 'sliding' ? ` ${limit.slices}` : '';
  // One that takes grants has more numbers.
  const grants = limit.grants === true ? ' with grants' : '';
  const rollover = limit.rollover === undefined ? '' : ` carried on for ${limit.rollover.periods}`;
  // Units of another size cannot go on being counted in the same place.
  const unit = limit.precision === undefined ? '' : ` e-${limit.precision}`;
  return `${limit.was ?? limit.name}: ${kind}${form}${grants}${rollover}${unit} ${spanText(span)} per ${partition.name}`;
}

/** Numbers of a kind: slices of a window, or places for grants and for what is carried on. */
export function slicesOf({ kind, limit }: Pick<LimitLayout, 'limit' | 'kind'>): number {
  if (kind === 'sliding') return limit.slices;
  return kind === 'quota' ? quotaSlices(limit.grants === true, limit.rollover?.periods ?? 0) : 0;
}

function fieldOf(layout: LimitLayout, partition: Partition, span: Span, slots: readonly number[]): Field {
  const { kind } = layout;
  return {
    limitId: limitIdOf(layout, partition, span),
    kind,
    windowMs: span.windowMs ?? 0,
    slices: slicesOf(layout),
    slots,
    ...(layout.limit.durable === true && { durable: true }),
    // A permit without an id ends with its exchange, and that with its server.
    ...(kind === 'concurrency' && layout.limit.hold?.id === undefined && { passing: true }),
    ...(layout.limit.onChange === 'scale' && {
      scaledBy: scaledByOf(layout.limit, identityOf(layout, partition, span)),
    }),
  };
}

/** Per operation index, and last for requests that are none of them. */
function onOf(limit: Pick<Limit, 'operations'>, { operations }: CompiledPolicy): readonly boolean[] {
  const { operations: on } = limit;
  return [...operations.map(({ name }) => on === undefined || on.includes(name)), on === undefined];
}

function identitiesOf(layout: LimitLayout): readonly string[] {
  return [...layout.partitions.values()].flatMap((at) => [
    ...layout.spans.map((span) => identityOf(layout, at, span)),
    ...layout.spans.flatMap((span) => figureIdentities(layout.limit, identityOf(layout, at, span))),
    ...rampIdentities(layout, at),
  ]);
}

/** Ids are hashes of names. Two names with one hash would share a counter, so a policy that has such two is refused. */
function requireDistinct(names: Iterable<string>, hash: (name: string) => number, advice: string): void {
  const seen = new Map<number, string>();
  for (const name of names) {
    const id = hash(name);
    const other = seen.get(id);
    if (other !== undefined && other !== name)
      throw new PlanFault('ERR_PLAN_COLLISION', 500, `"${name}" and "${other}" have one id; ${advice}`);
    seen.set(id, name);
  }
}
