import type { Check, Segment } from '../../core/index.ts';
import { partOf } from './figure.ts';
import type { Draw, Model, Past } from './model.ts';
import { segmentAt, type Moment } from './moment.ts';

/** Quota: units of the period that was charged last. A period that was charged stays when the clock goes back over its start. */
export class QuotaModel implements Model {
  protected units: number = 0;
  protected periodAtMs: number = 0;

  believe(check: Check, moment: Moment): void {
    const known = check.segments.some(({ periodAtMs }) => periodAtMs === this.periodAtMs);
    const current = segmentAt(check, moment).periodAtMs;
    if (this.periodAtMs > current && !known) this.periodAtMs = current;
  }

  room(check: Check, moment: Moment): number {
    const held = this.held(check, moment);
    return held.burst - (held.periodAtMs === this.periodAtMs ? this.units : 0);
  }

  charge(check: Check, moment: Moment, units: number): void {
    const { periodAtMs } = this.held(check, moment);
    if (periodAtMs !== this.periodAtMs) this.units = 0;
    this.periodAtMs = periodAtMs;
    this.units = Math.max(0, this.units + units);
  }

  amend(_moment: Moment, { periodAtMs }: Past, delta: number): void {
    if (periodAtMs === this.periodAtMs) this.units = Math.max(0, this.units + delta);
  }

  returnBlind(check: Check, moment: Moment, atMs: number, units: number): void {
    const { periodAtMs } = this.held(check, moment);
    if (atMs - (moment.nowMs - moment.wallMs) >= periodAtMs)
      this.amend(moment, { atMs, periodAtMs, chargedUnits: 0 }, -units);
  }

  /** Of a period that is over nothing counts, though nobody was charged since; unless what it leaves is carried on. */
  counted(check: Check | undefined, moment: Moment): number {
    if (check === undefined || check.segments.some(({ rollover }) => rollover !== undefined)) return this.units;
    const { periodAtMs, fromAtMs } = segmentAt(check, moment);
    return periodAtMs > this.periodAtMs && fromAtMs > 0 ? 0 : this.units;
  }

  recounted(from: number, to: number): QuotaModel {
    const copy = new QuotaModel();
    copy.units = partOf(this.units, from, to);
    copy.periodAtMs = this.periodAtMs;
    return copy;
  }

  /** Counts a reservation again after a reset: of the latest period alone, since an earlier one is over. */
  again(periodAtMs: number, units: number, _draws?: readonly Draw[]): void {
    if (periodAtMs < this.periodAtMs) return;
    this.units = units + (periodAtMs === this.periodAtMs ? this.units : 0);
    this.periodAtMs = periodAtMs;
  }

  resetIn(check: Check, moment: Moment): number {
    const { periodAtMs } = this.held(check, moment);
    const ofPeriod = check.segments.filter((one) => one.periodAtMs === periodAtMs);
    return Math.max(...ofPeriod.map(({ untilAtMs }) => untilAtMs)) - moment.wallMs;
  }

  /** The segment whose period counts. */
  held(check: Check, moment: Moment): Segment {
    const current = segmentAt(check, moment);
    if (this.periodAtMs <= current.periodAtMs) return current;
    return check.segments.find(({ periodAtMs }) => periodAtMs === this.periodAtMs) ?? current;
  }
}

/** Level: a number that goes up and down. */
export class LevelModel implements Model {
  #units = 0;

  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst - this.#units;
  }

  charge(_check: Check, _moment: Moment, units: number): void {
    this.#units = Math.max(0, this.#units + units);
  }

  amend(_moment: Moment, _past: Past, delta: number): void {
    this.#units = Math.max(0, this.#units + delta);
  }

  counted(): number {
    return this.#units;
  }

  resetIn(): number {
    return -1;
  }
}

/** Concurrency: the permits that live at an instant. Whose lifetime is over does not, whether anybody looked or not. */
export class ConcurrencyModel implements Model {
  #permits: { readonly id: string; readonly units: number; readonly untilMs: number }[] = [];

  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst - this.counted(check, moment);
  }

  counted(_check: Check | undefined, { nowMs }: Moment): number {
    const live = this.#permits.filter(({ untilMs }) => untilMs > nowMs);
    return live.reduce((sum, { units }) => sum + units, 0);
  }

  charge(): void {}

  amend(): void {}

  take(id: string, units: number, untilMs: number): void {
    this.#permits.push({ id, units, untilMs });
  }

  release(id: string): void {
    this.#permits = this.#permits.filter((permit) => permit.id !== id);
  }

  renew(id: string, untilMs: number): void {
    this.#permits = this.#permits.map((permit) => (permit.id === id ? { ...permit, untilMs } : permit));
  }

  resetIn(): number {
    return -1;
  }
}

/** Size: nothing is kept. */
export class SizeModel implements Model {
  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst;
  }

  charge(): void {}

  amend(): void {}

  counted(): number {
    return 0;
  }

  resetIn(): number {
    return -1;
  }
}

/** Block: until when, for how long, and how often in a row. */
export class BlockModel implements Model {
  #untilMs = 0;
  #lengthMs = 0;
  #step = 0;

  believe(_check: Check, { nowMs }: Moment): void {
    this.#untilMs = Math.min(this.#untilMs, nowMs + this.#lengthMs);
  }

  room(_check: Check, { nowMs }: Moment): number {
    return nowMs < this.#untilMs ? -1 : Number.MAX_SAFE_INTEGER;
  }

  begin({ blockMs, forgetMs }: Check, { nowMs }: Moment, waitMs: number): void {
    const again = this.#untilMs > 0 && nowMs < this.#untilMs + forgetMs;
    this.#step = again ? Math.min(this.#step + 1, Math.max(0, blockMs.length - 1)) : 0;
    this.#lengthMs = blockMs.length === 0 ? waitMs : blockMs[this.#step]!;
    this.#untilMs = nowMs + this.#lengthMs;
  }

  /** Trying begins it anew. */
  extend({ nowMs }: Moment): void {
    this.#untilMs = nowMs + this.#lengthMs;
  }

  charge(): void {}

  amend(): void {}

  counted(): number {
    return 0;
  }

  resetIn(): number {
    return -1;
  }
}
