import { FOREVER, HeadgateError, MAX_GRANTS, type Check, type Rollover } from '../../core/index.ts';
import { QuotaModel } from './counts.ts';
import type { Draw, Past } from './model.ts';
import { segmentAt, type Moment } from './moment.ts';

/** For how long an id is known after it was given, at least. */
const KNOWN_MS = 3 * 24 * 3_600_000;

interface Grant {
  readonly id: string;
  readonly units: number;
  readonly endsAtMs: number;
  readonly givenAtMs: number;
  /** What a period left: it takes nobody's place. */
  readonly carried: boolean;
  left: number;
}

/** A quota with grants on top: what ends soonest is drawn first, what has no end last, of equal ones the older. */
export class GrantedModel extends QuotaModel {
  readonly #most: number;
  readonly #given: Grant[] = [];
  #carried: (Grant | undefined)[];
  #drawn = 0;
  /** The period's own amount at its last charge, and what is to become of what it leaves. */
  #own = 0;
  #rollover: Rollover | undefined;

  constructor({ slices }: Check) {
    super();
    const alone = slices > 2 * MAX_GRANTS;
    this.#most = alone ? 0 : Math.min(slices, MAX_GRANTS);
    this.#carried = new Array<Grant | undefined>(alone ? slices - 2 * MAX_GRANTS : slices - this.#most).fill(undefined);
  }

  get takes(): boolean {
    return this.#most > 0;
  }

  /** What was used is forgotten, and what was given is not. */
  reset(): void {
    this.units = this.periodAtMs = this.#drawn = 0;
  }

  override room(check: Check, moment: Moment): number {
    const own = super.room(check, moment);
    const extra = this.left(moment) + this.#carriedInto(this.held(check, moment).periodAtMs, moment);
    return extra > 0 ? Math.max(own, 0) + extra : own;
  }

  override charge(check: Check, moment: Moment, units: number): void {
    const held = this.held(check, moment);
    const isNewPeriod = held.periodAtMs !== this.periodAtMs;
    const draws = this.drawsOf(check, moment, units);
    if (isNewPeriod) this.#carried = this.#carriedBy(held.periodAtMs, moment);
    if (isNewPeriod) this.#drawn = 0;
    super.charge(check, moment, units - this.#take(draws));
    this.#own = held.burst;
    this.#rollover = held.rollover;
  }

  /** What the period that was charged last leaves to a later one, as far as it still counts then and has a place. */
  #carriedInto(periodAtMs: number, { wallMs }: Pick<Moment, 'wallMs'>): number {
    if (this.#rollover === undefined || this.periodAtMs === 0 || this.periodAtMs >= periodAtMs) return 0;
    const { upTo, untilAtMs } = this.#rollover;
    return wallMs < untilAtMs && this.#placeAt(wallMs) >= 0 ? Math.max(0, Math.min(upTo, this.#own - this.units)) : 0;
  }

  /**
   * What was carried, with what the period that was charged last leaves to a later one. As many periods as may leave something have a
   * place, and what is spent or over gives up its own.
   */
  #carriedBy(periodAtMs: number, moment: Moment): (Grant | undefined)[] {
    const units = this.#carriedInto(periodAtMs, moment);
    if (units === 0) return this.#carried;
    const place = this.#placeAt(moment.wallMs);
    const endsAtMs = this.#rollover!.untilAtMs;
    const id = `left of ${this.periodAtMs}`;
    return this.#carried.with(place, { id, units, endsAtMs, givenAtMs: moment.wallMs, carried: true, left: units });
  }

  /** The first free one; -1 where a clock that was set back has left none. */
  #placeAt(wallMs: number): number {
    return this.#carried.findIndex((one) => one === undefined || one.left === 0 || one.endsAtMs <= wallMs);
  }

  /** What a charge would draw, grant by grant. */
  drawsOf(check: Check, moment: Moment, units: number): readonly Draw[] {
    const all = [...this.#given, ...this.#carriedBy(this.held(check, moment).periodAtMs, moment)];
    return this.#drawing(units - Math.max(0, super.room(check, moment)), moment, all);
  }

  override amend(moment: Moment, past: Past, delta: number): void {
    const counts = past.periodAtMs === this.periodAtMs;
    if (delta > 0 && !counts) return;
    if (delta > 0) {
      const drawn = this.#take(this.#drawing(delta - Math.max(0, this.#own - this.units), moment));
      return super.amend(moment, past, delta - drawn);
    }
    let back = -delta;
    for (const { id, units } of (past.draws ?? []).toReversed()) {
      const some = Math.min(back, units);
      back -= some;
      const grant = this.#grants.find((one) => one.id === id);
      if (grant !== undefined) grant.left = Math.min(grant.left + some, grant.units);
      if (counts) this.#drawn = Math.max(0, this.#drawn - some);
    }
    super.amend(moment, past, -back);
  }

  /** What is used, told by what is not. */
  override counted(check: Check | undefined, moment: Moment): number {
    return super.counted(check, moment) - this.left(moment);
  }

  /** Left, or drawn in the period that counts now. */
  extra(check: Check, moment: Moment): number {
    const isOfPeriod = this.held(check, moment).periodAtMs === this.periodAtMs;
    const { periodAtMs } = this.held(check, moment);
    return this.left(moment) + this.#carriedInto(periodAtMs, moment) + (isOfPeriod ? this.#drawn : 0);
  }

  override again(periodAtMs: number, units: number, draws: readonly Draw[] = []): void {
    const drawn = draws.reduce((sum, draw) => sum + draw.units, 0);
    if (periodAtMs > this.periodAtMs) this.#drawn = 0;
    if (periodAtMs >= this.periodAtMs) this.#drawn += drawn;
    super.again(periodAtMs, units - drawn);
  }

  /** Whether it is new. @throws HeadgateError `ERR_GRANT` */
  requireNew(check: Check, moment: Moment, id: string, units: number, endsAtMs: number = FOREVER): boolean {
    const known = this.#grants.find((one) => one.id === id);
    if (known?.units === units && known.endsAtMs === endsAtMs) return false;
    const tooMany = this.left(moment) + units + segmentAt(check, moment).burst > Number.MAX_SAFE_INTEGER;
    const isFull = this.#given.length >= this.#most && this.#over(moment).length === 0;
    if (known !== undefined || endsAtMs <= moment.wallMs || tooMany || isFull) throw new HeadgateError('ERR_GRANT', id);
    return true;
  }

  /** Forgets one that is over only where there is no room for another. */
  give(moment: Moment, id: string, units: number, endsAtMs: number = FOREVER): void {
    const oldest = this.#over(moment).toSorted((a, b) => a.givenAtMs - b.givenAtMs)[0];
    const isFull = this.#given.length >= this.#most;
    const grant = { id, units, endsAtMs, givenAtMs: moment.wallMs, carried: false, left: units };
    if (isFull) this.#given[this.#given.indexOf(oldest!)] = grant;
    else this.#given.push(grant);
  }

  /** On top of the own of any later period. */
  leftLater(moment: Pick<Moment, 'wallMs'>): number {
    return this.left(moment) + this.#carriedInto(Infinity, moment);
  }

  get #grants(): readonly Grant[] {
    return [...this.#given, ...this.#carried.filter((one) => one !== undefined)];
  }

  left({ wallMs }: Pick<Moment, 'wallMs'>): number {
    return this.#grants.reduce((sum, { left, endsAtMs }) => sum + (wallMs < endsAtMs ? left : 0), 0);
  }

  #drawing(units: number, { wallMs }: Moment, from: readonly (Grant | undefined)[] = this.#grants): readonly Draw[] {
    let wanted = units;
    return from
      .filter((one) => one !== undefined)
      .filter(({ left, endsAtMs }) => left > 0 && wallMs < endsAtMs)
      .toSorted((a, b) => a.endsAtMs - b.endsAtMs || Number(b.carried) - Number(a.carried) || a.givenAtMs - b.givenAtMs)
      .map(({ id, left }) => {
        const some = Math.max(0, Math.min(wanted, left));
        wanted -= some;
        return { id, units: some };
      })
      .filter((draw) => draw.units > 0);
  }

  #take(draws: readonly Draw[]): number {
    for (const { id, units } of draws) this.#grants.find((one) => one.id === id && one.left >= units)!.left -= units;
    const sum = draws.reduce((all, draw) => all + draw.units, 0);
    this.#drawn += sum;
    return sum;
  }

  #over({ wallMs }: Moment): readonly Grant[] {
    return this.#given.filter(
      ({ left, endsAtMs, givenAtMs }) => endsAtMs <= wallMs || (left === 0 && givenAtMs + KNOWN_MS <= wallMs),
    );
  }
}
