import { FOREVER, type Check } from '../../core/index.ts';
import type { Operation } from '../compiled.ts';
import { evaluate, evaluateName, type Expr } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import type { Ask, Plan, PlannedBlock, PlannedLimit } from '../plan.ts';
import type { Asking, PolicyIndex } from './asking.ts';
import { encode, keyOf } from './key.ts';
import { awaitOf, costAt, lossOf, type Intern, type Profile } from './profile.ts';
import type { KeyPart } from './partition.ts';

/** Most elements of a batch, and most partitions that one limit names: more is never admitted. */
const MAX_EACH = 100;
/** Most records of one step, whoever names them. */
const MAX_RECORDS = 1000;

/** One element of a batch, as it is judged. */
export interface Element {
  readonly asking: Asking;
  readonly profile: Profile;
}

/** Elements that there are, or why they cannot be told. */
export function elementsOf(
  each: NonNullable<Operation['each']>,
  ask: Ask,
  asking: Asking,
  index: PolicyIndex,
): readonly { readonly ask: Ask; readonly item: unknown }[] | 'too-many' {
  const items = evaluate(each.list, asking.scope);
  if (!Array.isArray(items)) {
    const missing = asking.scope.missing ?? 'request.body';
    throw new PlanFault('ERR_PLAN_BATCH', 400, 'the elements of the batch cannot be told', missing);
  }
  if (items.length > MAX_EACH) return 'too-many';
  return items.map((item: unknown) => ({ item, ask: elementAsk(each, ask, item, asking, index) }));
}

/** An element is an operation of its own, by its name; without one, another of the batch's. */
function elementAsk(
  { name, named }: NonNullable<Operation['each']>,
  ask: Ask,
  item: unknown,
  asking: Asking,
  index: PolicyIndex,
): Ask {
  if (name === undefined) return ask;
  const called = evaluate(name, asking.scopeWith({ item }));
  const at = index.policy.operations.findIndex((operation) => operation.name === called);
  if (at < 0)
    throw new PlanFault('ERR_PLAN_BATCH', 400, 'an element of the batch is no operation of the policy', named);
  return { ...ask, operation: { ...ask.operation, index: at, name: String(called) } };
}

/** Where one value is counted, and the elements that name it, where each has a cost of its own. */
interface Place {
  readonly record: number;
  readonly about?: readonly Asking[];
}

const NOWHERE: Place = { record: -1 };

/**
 * Several plans as one step, so that all of them are admitted or none. Elements are summed where they meet on one counter; a partition
 * that one element names twice is charged once.
 */
export class Bundle {
  readonly #intern: Intern;
  readonly #records: number[] = [];
  readonly #keys: string[] = [];
  readonly #checks: Check[] = [];
  readonly #costs: number[] = [];
  readonly #losses: number[] = [];
  readonly #awaited: number[] = [];
  readonly #limits: PlannedLimit[] = [];
  readonly #blocks: { readonly check: Check; readonly block: PlannedBlock }[] = [];
  readonly #counters = new Map<string, number>();
  #validUntilMs = FOREVER;
  #refused: string | undefined;
  #holds = false;
  #awaits = false;

  constructor(intern: Intern) {
    this.#intern = intern;
  }

  /** False when it names more partitions than one request may. */
  add({ asking, profile }: Element): boolean {
    this.#refused ??= profile.refused;
    this.#holds ||= profile.holds;
    this.#awaits ||= profile.awaits;
    this.#validUntilMs = Math.min(this.#validUntilMs, profile.program.validUntilMs);
    const places = profile.keys.map((parts, i) => this.#placesOf(profile.records[i] ?? -1, parts, asking));
    if (places.some((found) => found === undefined) || this.#keys.length > MAX_RECORDS) return false;
    const { checks } = profile.program;
    const at = checks.map(({ record }) => (record < 0 ? [NOWHERE] : (places[record] ?? [])));
    const costs: number[] = [];
    const costOf = (i: number, one: Asking): number =>
      one === asking ? (costs[i] ??= costAt(profile, i, asking)) : costAt(profile, i, one);
    const counted = profile.limits.map((limit, i) =>
      (at[i] ?? []).flatMap(({ record, about = [asking] }) => {
        const check = checks[i];
        if (check === undefined) return []; // never: a limit has a check
        return about.map((one) => this.#charge(profile, limit, { ...check, record }, one, costOf(i, one))).slice(0, 1);
      }),
    );
    for (const [i, check] of checks.entries()) {
      const block = profile.blocks[i - profile.limits.length];
      for (const place of counted[i] ?? []) this.#countDenials(place, check, counted);
      if (block !== undefined) for (const { record } of at[i] ?? []) this.#obey({ ...check, record }, block, counted);
    }
    return true;
  }

  /** Charges what is asked; where several elements meet, it is asked of each. Says where it stands. */
  #charge({ holds, awaits }: Profile, limit: PlannedLimit, check: Check, asking: Asking, cost: number): number {
    const found = this.#count(check, cost, holds ? lossOf(limit, cost, asking) : 0, limit);
    this.#awaited[found] = (this.#awaited[found] ?? 0) + (awaits ? awaitOf(limit, asking) : 0);
    return found;
  }

  /** The places of what one element names, in the whole. */
  #countDenials(place: number, { denials }: Check, counted: readonly (readonly number[])[]): void {
    const check = this.#checks[place];
    if (denials.length === 0 || check === undefined) return;
    const before = check.denials === denials ? [] : check.denials;
    this.#checks[place] = { ...check, denials: [...new Set([...before, ...denials.flatMap((i) => counted[i] ?? [])])] };
  }

  /** Equal blocks are one; it is set by the limit of its own record where there are several. */
  #obey(check: Check, block: PlannedBlock, counted: readonly (readonly number[])[]): void {
    const triggers = counted[check.trigger] ?? [];
    const trigger = triggers.find((i) => this.#checks[i]?.record === check.record) ?? triggers[0] ?? -1;
    const known = this.#blocks.findIndex(
      ({ check: { limitId, slot, record } }) =>
        limitId === check.limitId && slot === check.slot && record === check.record,
    );
    if (known >= 0 && (trigger < 0 || (this.#blocks[known]?.check.trigger ?? -1) >= 0)) return;
    if (known >= 0) this.#blocks[known] = { check: { ...check, trigger }, block };
    else this.#blocks.push({ check: { ...check, trigger }, block });
  }

  /** Where its records stand in the step: one for each value that `each(…)` names. */
  #placesOf(record: number, parts: readonly KeyPart[], asking: Asking): readonly Place[] | undefined {
    const spread = parts.find((part) => part.is === 'expr' && part.each === true);
    const valueOf = spread?.is === 'expr' && spread.of === undefined ? evaluateName : evaluate;
    const values = spread?.is === 'expr' ? valueOf(spread.expr, asking.scope) : undefined;
    if (spread?.is !== 'expr' || !Array.isArray(values)) return [{ record: this.#place(record, keyOf(parts, asking)) }];
    if (spread.of !== undefined) return this.#placesAbout(record, parts, values, spread.of, asking);
    const distinct = new Map(values.map((value: unknown) => [encode(value), value]));
    if (distinct.size > MAX_EACH) return undefined;
    return [...distinct.values()].map((value) => ({ record: this.#place(record, keyOf(parts, asking, value)) }));
  }

  /** The same by what each element names: those that meet are told apart, since each has a cost of its own. */
  #placesAbout(
    record: number,
    parts: readonly KeyPart[],
    items: readonly unknown[],
    of: Expr,
    asking: Asking,
  ): readonly Place[] | undefined {
    if (items.length > MAX_EACH) return undefined;
    const about = new Map<number, Asking[]>();
    for (const item of items) {
      const one = asking.about(item);
      const place = this.#place(record, keyOf(parts, asking, evaluateName(of, one.scope)));
      about.set(place, [...(about.get(place) ?? []), one]);
    }
    return [...about].map(([place, found]) => ({ record: place, about: found }));
  }

  #place(record: number, key: string): number {
    const at = this.#records.findIndex((known, i) => known === record && this.#keys[i] === key);
    if (at >= 0) return at;
    this.#keys.push(key);
    return this.#records.push(record) - 1;
  }

  /** Says where it stands. */
  #count(check: Check, cost: number, loss: number, limit: PlannedLimit): number {
    const counter = `${check.limitId} ${check.slot} ${check.record}`;
    const at = this.#counters.get(counter);
    if (at === undefined) {
      this.#counters.set(counter, this.#checks.length);
      this.#costs.push(cost);
      this.#losses.push(loss);
      this.#limits.push(limit);
      return this.#checks.push(check) - 1;
    }
    // What bounds one request is held against the largest element, and what counts against all of them together.
    this.#costs[at] = check.kind === 'size' ? Math.max(this.#costs[at] ?? 0, cost) : (this.#costs[at] ?? 0) + cost;
    this.#losses[at] = (this.#losses[at] ?? 0) + loss;
    // One counter with two figures: the lesser holds for both.
    if (limit.amount >= (this.#limits[at]?.amount ?? 0)) return at;
    this.#checks[at] = check;
    this.#limits[at] = limit;
    return at;
  }

  plan(): Plan {
    return {
      refused: this.#refused,
      program: this.#intern(
        this.#records,
        [...this.#checks, ...this.#blocks.map(({ check }) => check)],
        this.#validUntilMs,
      ),
      keys: this.#keys,
      costs: [...this.#costs, ...this.#blocks.map(() => 0)],
      limits: this.#limits,
      blocks: this.#blocks.map(({ block }) => block),
      losses: this.#holds ? this.#losses : undefined,
      awaited: this.#awaits ? this.#awaited : undefined,
    };
  }
}
