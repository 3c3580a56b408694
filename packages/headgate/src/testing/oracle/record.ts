import type { Check } from '../../core/index.ts';
import { BucketModel } from './bucket.ts';
import { BlockModel, ConcurrencyModel, LevelModel, QuotaModel, SizeModel } from './counts.ts';
import type { Model, Past } from './model.ts';
import { segmentAt, type Moment } from './moment.ts';
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
  readonly #held: Map<string, Held> = new Map();

  modelOf(check: Check): Model {
    const name = `${check.limitId}:${check.slot}`;
    let model = this.#models.get(name);
    if (model === undefined) this.#models.set(name, (model = fresh(check)));
    return model;
  }

  /** Whatever nobody settled in time keeps what it loses, and gives back the rest. */
  expire(moment: Moment): void {
    for (const [name, held] of this.#held) {
      if (held.untilMs > moment.nowMs) continue;
      this.#held.delete(name);
      this.#change(name, held, held.lost - held.units, moment);
    }
  }

  has(id: string, check: Check): boolean {
    return this.#held.has(nameOf(id, check));
  }

  hold(id: string, held: Held): void {
    const name = nameOf(id, held.check);
    this.#held.set(name, held);
    const model = this.modelOf(held.check);
    if (model instanceof ConcurrencyModel) model.take(name, held.units, held.untilMs);
  }

  /** Leaves `units` of what was charged, once; undefined when nothing is held. Else the units given back. */
  resolve(id: string, check: Check, units: number, moment: Moment): number | undefined {
    const name = nameOf(id, check);
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    this.#held.delete(name);
    this.#change(name, held, units - held.units, moment);
    return held.units - units;
  }

  renew(id: string, check: Check, { nowMs }: Moment): boolean {
    const name = nameOf(id, check);
    const held = this.#held.get(name);
    if (held === undefined) return false;
    const untilMs = nowMs + held.check.holdMs;
    this.#held.set(name, { ...held, untilMs });
    const model = this.modelOf(check);
    if (model instanceof ConcurrencyModel) model.renew(name, untilMs);
    return true;
  }

  /** Empties everything but what live reservations hold. A rate's window is gone, and with it what was reserved there. */
  reset(): void {
    this.#models.clear();
    for (const [name, held] of this.#held) if (!held.reserved || !this.#countAgain(name, held)) this.#held.delete(name);
  }

  /** Ms until the first reservation of this limit ends; undefined when there is none. */
  earliestEndMs({ limitId, slot }: Check, { nowMs }: Moment): number | undefined {
    const own = [...this.#held.values()].filter(({ check, reserved }) => reserved && check.limitId === limitId && check.slot === slot);
    return own.length === 0 ? undefined : Math.min(...own.map(({ untilMs }) => untilMs - nowMs));
  }

  #change(name: string, { check, past }: Held, delta: number, moment: Moment): void {
    const model = this.modelOf(check);
    if (model instanceof ConcurrencyModel) model.release(name);
    else if (delta !== 0) model.amend(moment, past, delta);
  }

  #countAgain(name: string, { check, units, untilMs, past }: Held): boolean {
    const model = this.modelOf(check);
    if (model instanceof ConcurrencyModel) model.take(name, units, untilMs);
    else if (model instanceof LevelModel) model.charge(check, { nowMs: 0, wallMs: 0 }, units);
    else if (model instanceof QuotaModel) model.again(past.periodAtMs, units);
    else return false;
    return true;
  }
}

function nameOf(id: string, { limitId, slot }: Check): string {
  return JSON.stringify([limitId, slot, id]);
}

/** What is known of a charge made now. */
export function pastOf(model: Model, check: Check, moment: Moment): Past {
  const periodAtMs = model instanceof QuotaModel ? model.held(check, moment).periodAtMs : 0;
  return { atMs: moment.nowMs, periodAtMs, amount: segmentAt(check, moment).amount };
}

function fresh(check: Check): Model {
  switch (check.kind) {
    case 'fixed':
      return new FixedModel();
    case 'gap':
      return new GapModel();
    case 'sliding':
      return new SlidingModel(check);
    case 'bucket':
      return new BucketModel(check);
    case 'quota':
      return new QuotaModel();
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
