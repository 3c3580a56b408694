import type { Check } from '../../core/index.ts';
import { BucketModel } from './bucket.ts';
import { BlockModel, ConcurrencyModel, LevelModel, QuotaModel, SizeModel } from './counts.ts';
import { DecayModel } from './decay.ts';
import { isFigure, isOther, type Figure } from './figure.ts';
import { GrantedModel } from './grants.ts';
import type { Model, Past } from './model.ts';
import { at, segmentAt, type Moment } from './moment.ts';
import { FixedModel, GapModel, SlidingModel } from './windows.ts';

/** What one check charged under an id, and may still be changed: reserved, or charged for good under a request id. */
export interface Held {
  readonly check: Check;
  readonly units: number;
  readonly lost: number;
  readonly untilMs: number;
  /** Whether it waits to be settled. */
  readonly reserved: boolean;
  readonly past: Past;
}

/** Everything that is counted for one value of a partition. */
export class ModelRecord {
  readonly #models: Map<string, Model> = new Map();
  readonly #figures: Map<string, Figure> = new Map();
  readonly #held: Map<string, readonly Held[]> = new Map();

  modelOf(check: Check): Model {
    const name = nameOf(check);
    let model = this.#models.get(name);
    if (model === undefined) this.#models.set(name, (model = fresh(check)));
    return model;
  }

  /** The counter as a check finds it: by its amount, where another one keeps the part of the whole. Nothing is changed by asking. */
  readBy(check: Check, moment: Moment): Model {
    const model = this.modelOf(check);
    const { amount } = this.figureOf(check);
    const to = segmentAt(check, moment).burst;
    return isOther(amount, to) ? (model.recounted?.(amount, to, check, moment) ?? model) : model;
  }

  /** What is charged is counted by the amount in force from now on. */
  countBy(check: Check, model: Model, moment: Moment): void {
    const { burst } = segmentAt(check, moment);
    if (check.scaledBy === 0 || !isFigure(burst)) return;
    const { amount, sinceMs } = this.figureOf(check);
    this.#models.set(nameOf(check), model);
    this.#figures.set(nameOf(check), { amount: burst, sinceMs: amount === burst ? sinceMs : moment.nowMs });
  }

  figureOf(check: Check): Figure {
    return (check.scaledBy === 0 ? undefined : this.#figures.get(nameOf(check))) ?? { amount: 0, sinceMs: 0 };
  }

  /** Whatever nobody settled in time keeps what it loses, and gives back the rest: in the order in which the lifetimes end. */
  expire(moment: Moment): void {
    const all = [...this.#held].flatMap(([id, held]) => held.map((one) => ({ id, one })));
    const over = all.filter(({ one }) => one.untilMs <= moment.nowMs);
    for (const { id, one } of over.toSorted((a, b) => a.one.untilMs - b.one.untilMs))
      this.#leave(id, one, one.lost, at(moment, one.untilMs));
    for (const [id, held] of this.#held)
      this.#keep(
        id,
        held.filter(({ untilMs }) => untilMs > moment.nowMs),
      );
  }

  has(id: string): boolean {
    return this.#held.has(id);
  }

  hold(id: string, held: readonly Held[]): void {
    this.#keep(id, held);
    for (const { check, units, untilMs } of held) {
      const model = this.modelOf(check);
      if (model instanceof ConcurrencyModel) model.take(id, units, untilMs);
    }
  }

  /**
   * Leaves of what is asked for, of all that is held under an id, what `kept` says, once. Says how many units count no longer, and of
   * which check of those asked for, -1 where of another; undefined when there is none. What is to be `left` is held on, under the same id.
   */
  resolve(
    id: string,
    isAsked: (held: Held) => boolean,
    kept: (held: Held) => number,
    left: (held: Held) => number,
    moment: Moment,
    asked: readonly Check[],
  ): readonly (readonly [check: number, units: number])[] | undefined {
    const all = this.#held.get(id) ?? [];
    const held = all.filter(isAsked);
    if (held.length === 0) return undefined;
    this.#keep(
      id,
      all.flatMap((one) => (isAsked(one) ? partOf(one, left(one)) : [one])),
    );
    return held.map((one) => {
      const model = this.modelOf(one.check);
      const i = asked.findIndex(({ limitId, slot }) => limitId === one.check.limitId && slot === one.check.slot);
      const before = model.counted(asked[i], moment);
      this.#leave(id, one, kept(one) + left(one), moment);
      if (model instanceof ConcurrencyModel && left(one) > 0) model.take(id, left(one), one.untilMs);
      return [i, before - model.counted(asked[i], moment)];
    });
  }

  renew(id: string, { nowMs }: Moment): boolean {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    // The last one now: those that end at once give back in the order of their lifetimes' beginning.
    this.#held.delete(id);
    this.#held.set(
      id,
      held.map((one) => ({ ...one, untilMs: nowMs + one.check.holdMs })),
    );
    for (const { check } of held) {
      const model = this.modelOf(check);
      if (model instanceof ConcurrencyModel) model.renew(id, nowMs + check.holdMs);
    }
    return true;
  }

  /** Empties everything but grants and what live reservations hold. A rate's window is gone, and with it what was reserved there. */
  reset(): void {
    this.#figures.clear();
    for (const [name, model] of this.#models) {
      if (model instanceof GrantedModel) model.reset();
      else this.#models.delete(name);
    }
    for (const [id, held] of this.#held)
      this.#keep(
        id,
        held.filter((one) => one.reserved && this.#countAgain(id, one)),
      );
  }

  /** Ms until the first reservation ends of units of this check's counter; undefined when there is none. */
  earliestEndMs({ limitId, slot }: Check, { nowMs }: Moment): number | undefined {
    const ends = [...this.#held.values()]
      .flat()
      .filter(({ reserved }) => reserved)
      .filter(({ check }) => check.limitId === limitId && check.slot === slot)
      .map(({ untilMs }) => untilMs - nowMs);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #leave(id: string, { check, past, units }: Held, kept: number, moment: Moment): void {
    const model = this.modelOf(check);
    if (model instanceof ConcurrencyModel) model.release(id);
    else if (kept > units || (kept < units && past.atMs >= this.figureOf(check).sinceMs))
      model.amend(moment, past, kept - units);
  }

  #countAgain(id: string, { check, units, untilMs, past }: Held): boolean {
    const model = this.modelOf(check);
    if (model instanceof ConcurrencyModel) model.take(id, units, untilMs);
    else if (model instanceof LevelModel) model.charge(check, { nowMs: 0, wallMs: 0 }, units);
    else if (model instanceof QuotaModel) model.again(past.periodAtMs, units, past.draws);
    else return false;
    return true;
  }

  #keep(id: string, held: readonly Held[]): void {
    if (held.length === 0) this.#held.delete(id);
    else this.#held.set(id, held);
  }
}

function nameOf({ limitId, slot }: Check): string {
  return `${limitId}:${slot}`;
}

/** What stays held of it: of what would be lost, as much as of the whole. */
function partOf(held: Held, units: number): readonly Held[] {
  const { units: all, lost } = held;
  if (units === 0) return [];
  return [{ ...held, units, lost: all === 0 ? Math.min(lost, units) : Math.ceil((lost * units) / all) }];
}

/** What is known of a charge that is about to be made. */
export function pastOf(model: Model, check: Check, moment: Moment, units: number): Past {
  const periodAtMs = model instanceof QuotaModel ? model.held(check, moment).periodAtMs : 0;
  return {
    atMs: moment.nowMs,
    periodAtMs,
    chargedUnits: model instanceof BucketModel ? model.chargedUnits + units : 0,
    draws: model instanceof GrantedModel ? model.drawsOf(check, moment, units) : undefined,
  };
}

function fresh(check: Check): Model {
  switch (check.kind) {
    case 'fixed':
      return new FixedModel();
    case 'gap':
      return new GapModel();
    case 'decay':
      return new DecayModel(check);
    case 'sliding':
      return new SlidingModel(check);
    case 'bucket':
      return new BucketModel(check);
    case 'quota':
      return check.slices > 0 ? new GrantedModel(check) : new QuotaModel();
    case 'level':
      return new LevelModel();
    case 'concurrency':
      return new ConcurrencyModel();
    case 'size':
      return new SizeModel();
    case 'block':
      return new BlockModel();
    default:
      return check.kind satisfies never;
  }
}
