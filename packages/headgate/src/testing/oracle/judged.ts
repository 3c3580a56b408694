import type { Check, Rung, Segment } from '../../core/index.ts';
import { BucketModel } from './bucket.ts';
import { QuotaModel } from './counts.ts';
import { isOther } from './figure.ts';
import { GrantedModel } from './grants.ts';
import type { Model } from './model.ts';
import { fromNowOn, segmentAt, type Moment } from './moment.ts';
import type { ModelRecord } from './record.ts';

/** One check of a step, with what it is asked for and whose counter it judges. */
export class Judged {
  readonly check: Check;
  readonly cost: number;
  readonly key: string;
  readonly record: ModelRecord;
  readonly model: Model;
  /** By which amount it is counted, where that matters. */
  figure: number = 0;

  constructor(check: Check, cost: number, key: string, record: ModelRecord, model: Model) {
    this.check = check;
    this.cost = cost;
    this.key = key;
    this.record = record;
    this.model = model;
  }

  room(moment: Moment): number {
    return this.#by(moment).room(this.check, moment);
  }

  /** The counter as it will be counted by the amount of another instant. A bucket knows by itself. */
  #by(moment: Moment): Model {
    const { scaledBy, segments } = this.check;
    if (scaledBy === 0 || segments.length === 1 || this.model instanceof BucketModel) return this.model;
    const to = segmentAt(this.check, moment).burst;
    return isOther(this.figure, to)
      ? (this.model.recounted?.(this.figure, to, this.check, moment) ?? this.model)
      : this.model;
  }

  /** What is told as remaining: no more than the whole, and no more than the lowest fill that refuses. */
  left(moment: Moment): number {
    if (this.check.rungs.length === 0) return Math.max(0, this.room(moment));
    const refusing = this.check.rungs.filter(({ does }) => does === 'refuse').map(({ permille }) => permille);
    return Math.max(0, this.#fill(Math.min(1000, ...refusing), moment) - this.used(moment));
  }

  /** Units that count. */
  used(moment: Moment): number {
    return this.model instanceof BucketModel
      ? this.model.counted(this.check, moment)
      : this.#whole(moment) - this.room(moment);
  }

  refusesAt(moment: Moment): boolean {
    if (this.check.kind === 'block') return this.room(moment) < 0;
    if (this.check.count === 'denials') return false;
    if (this.check.rungs.length > 0) return this.rungAt(moment)?.does === 'refuse';
    return this.need > 0 && this.need > this.room(moment);
  }

  /** Of the fills that the request would pass, the highest. */
  rungAt(moment: Moment, need: number = this.need): Rung | undefined {
    const wouldBe = this.used(moment) + need;
    return need === 0 ? undefined : this.check.rungs.findLast(({ permille }) => wouldBe > this.#fill(permille, moment));
  }

  /** The same counter, asked as a limit that lets requests in: what a denial costs there. */
  asOfDenial(): Judged {
    const asked = new Judged({ ...this.check, count: 'admitted' }, this.cost, this.key, this.record, this.model);
    asked.figure = this.figure;
    return asked;
  }

  /** What is told of it: its place in the list. */
  rungIndexAt(moment: Moment): number {
    const isJudged = this.check.count !== 'denials';
    return this.check.rungs.findIndex((rung) => isJudged && rung === this.rungAt(moment));
  }

  #fill(permille: number, moment: Moment): number {
    return Number((BigInt(this.#whole(moment)) * BigInt(permille)) / 1000n);
  }

  #whole(moment: Moment): number {
    const { burst } =
      this.model instanceof QuotaModel ? this.model.held(this.check, moment) : segmentAt(this.check, moment);
    return burst + (this.model instanceof GrantedModel ? this.model.extra(this.check, moment) : 0);
  }

  /** Instants at which what is used falls to a fill are all at which it may be let in. */
  get fills(): readonly number[] {
    return this.check.rungs.map(({ permille }) => permille);
  }

  /** Whether it would then be no more than this fill. */
  isBelow(permille: number, moment: Moment): boolean {
    return this.used(moment) + this.need <= this.#fill(permille, moment);
  }

  /** Units that must fit: a request that costs nothing may still ask that something is left. */
  get need(): number {
    return Math.max(this.cost, this.check.atLeast);
  }

  /** Whether the amount in force, or one that comes, can hold what is asked for at all. */
  everFits(moment: Moment): boolean {
    return (
      this.check.kind === 'block' ||
      fromNowOn(this.check, moment).some((segment) => this.#fits(this.#most(segment, moment)))
    );
  }

  /** Whether it fits, whatever is used: alone, or beyond one of the fills. */
  #fits(whole: number): boolean {
    const { rungs } = this.check;
    if (rungs.length === 0) return this.need <= whole;
    const fills = rungs.map(({ permille }) => Number((BigInt(whole) * BigInt(permille)) / 1000n));
    const wouldBe = [this.need, ...fills.map((fill) => Math.max(this.need, fill + 1))];
    return wouldBe.some((units) => rungs[fills.findLastIndex((fill) => units > fill)]?.does !== 'refuse');
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
