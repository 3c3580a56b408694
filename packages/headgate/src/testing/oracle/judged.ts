import type { Check, Segment } from '../../core/index.ts';
import { GrantedModel } from './grants.ts';
import type { Model } from './model.ts';
import { fromNowOn, type Moment } from './moment.ts';
import type { ModelRecord } from './record.ts';

/** One check of a step, with what it is asked for and whose counter it judges. */
export class Judged {
  readonly check: Check;
  readonly cost: number;
  readonly key: string;
  readonly record: ModelRecord;
  readonly model: Model;

  constructor(check: Check, cost: number, key: string, record: ModelRecord) {
    this.check = check;
    this.cost = cost;
    this.key = key;
    this.record = record;
    this.model = record.modelOf(check);
  }

  room(moment: Moment): number {
    return this.model.room(this.check, moment);
  }

  refusesAt(moment: Moment): boolean {
    const room = this.room(moment);
    if (this.check.kind === 'block') return room < 0;
    return this.need > 0 && this.need > room;
  }

  /** Units that must fit: a request that costs nothing may still ask that something is left. */
  get need(): number {
    return Math.max(this.cost, this.check.atLeast);
  }

  /** Whether the amount in force, or one that comes, can hold what is asked for at all. */
  everFits(moment: Moment): boolean {
    return (
      this.check.kind === 'block' ||
      fromNowOn(this.check, moment).some((segment) => this.need <= this.#most(segment, moment))
    );
  }

  /** With what is left of grants when a segment begins; of the one in force, when another period like it does. */
  #most({ burst, fromAtMs }: Segment, moment: Moment): number {
    if (!(this.model instanceof GrantedModel)) return burst;
    const isInForce = fromAtMs <= moment.wallMs;
    const begins = isInForce ? moment.wallMs + this.model.resetIn(this.check, moment) : fromAtMs;
    return burst + this.model.leftLater({ wallMs: begins });
  }

  /** Whether what it charges, even if that is not known yet, is held until it is settled. */
  get holds(): boolean {
    return this.check.holdMs > 0 && this.need > 0;
  }
}
