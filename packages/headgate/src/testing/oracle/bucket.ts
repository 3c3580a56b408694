import type { Check, Segment } from '../../core/index.ts';
import { isFigure, partOf } from './figure.ts';
import type { Model, Past } from './model.ts';
import { at, fromNowOn, monotonicOf, segmentAt, type Moment } from './moment.ts';

/** Units, as a fraction without loss. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const NOTHING: Fraction = { over: 0n, under: 1n };

/** Bucket: the units missing from it, as a fraction, and since when. They flow back at the rate in force. */
export class BucketModel implements Model {
  readonly #windowMs: bigint;
  #missing: Fraction = NOTHING;
  #sinceMs = 0;
  /** `onChange: scale`: the burst that units are missing from; 0 where it matters not. */
  #burst = 0;
  /** All told, ever. */
  chargedUnits: number = 0;

  constructor({ windowMs }: Pick<Check, 'windowMs'>) {
    this.#windowMs = BigInt(windowMs);
  }

  believe(_check: Check, { nowMs }: Moment): void {
    this.#sinceMs = Math.min(this.#sinceMs, nowMs);
  }

  room(check: Check, moment: Moment): number {
    const { burst } = segmentAt(check, moment);
    return Math.max(0, burst - Number(ceil(this.#missingAt(check, moment))));
  }

  charge(check: Check, moment: Moment, units: number): void {
    const missing = this.#missingAt(check, moment);
    this.#missing = plus(missing, BigInt(units));
    this.#sinceMs = moment.nowMs;
    this.#burst = burstOf(check, segmentAt(check, moment), this.#burst);
    this.chargedUnits += units;
  }

  /** What flowed in until now did so under earlier figures. */
  recounted(_from: number, _to: number, check: Check, moment: Moment): BucketModel {
    const copy = new BucketModel({ windowMs: Number(this.#windowMs) });
    copy.#missing = this.#missing;
    copy.#sinceMs = this.#sinceMs;
    copy.#burst = this.#burst;
    copy.chargedUnits = this.chargedUnits;
    copy.charge(check, moment, 0);
    return copy;
  }

  /** Whatever happened since, at least what was charged later is still missing: the rest comes back. */
  amend(_moment: Moment, { chargedUnits }: Past, delta: number): void {
    const { over, under } = this.#missing;
    const later = BigInt(this.chargedUnits - chargedUnits) * under;
    const left = over + BigInt(delta) * under;
    this.#missing = { over: delta < 0 ? greatest(greatest(0n, left), smallest(over, later)) : left, under };
    if (delta > 0) this.chargedUnits += delta;
  }

  /** What has flowed in since the charge may all have been its own: only the rest surely comes back. */
  returnBlind(check: Check, moment: Moment, atMs: number, units: number): void {
    if (check.segments.length > 1) return;
    const { over, under } = this.#missing;
    const { amount } = segmentAt(check, moment);
    const flowedIn = (BigInt(Math.max(0, moment.nowMs - atMs)) * BigInt(amount) * under) / this.#windowMs;
    const left = over - greatest(0n, BigInt(units) * under - flowedIn);
    this.#missing = { over: greatest(0n, left), under };
  }

  counted(check: Check | undefined, moment: Moment): number {
    return Number(ceil(check === undefined ? this.#missing : this.#missingAt(check, moment)));
  }

  /** Where what is known ends before it is full, as if the last amount went on. */
  resetIn(check: Check, moment: Moment): number {
    if (this.#missingAt(check, moment).over === 0n) return 0;
    for (const segment of fromNowOn(check, moment)) {
      const fromMs = Math.max(moment.nowMs, monotonicOf(segment.fromAtMs, moment));
      const untilMs = segment === check.segments.at(-1) ? Infinity : monotonicOf(segment.untilAtMs, moment);
      const fullAtMs = fromMs + this.#drainsIn(check, moment, fromMs, segment);
      if (fullAtMs !== Infinity && fullAtMs <= untilMs) return fullAtMs - moment.nowMs;
    }
    return -1;
  }

  #drainsIn(check: Check, moment: Moment, fromMs: number, { amount }: Segment): number {
    const { over, under } = this.#missingAt(check, at(moment, fromMs));
    if (over === 0n || amount === 0) return over === 0n ? 0 : Infinity;
    return Number(ceil({ over: over * this.#windowMs, under: under * BigInt(amount) }));
  }

  /** Through one segment after another: recounted in its parts, rounding up, and drained at its rate. */
  #missingAt(check: Check, moment: Moment): Fraction {
    const current = segmentAt(check, moment);
    let missing = this.#missing;
    let sinceMs = this.#sinceMs;
    let burst = this.#burst;
    for (const segment of check.segments) {
      const untilMs = segment === current ? moment.nowMs : monotonicOf(segment.untilAtMs, moment);
      if (segment === current || untilMs > sinceMs) {
        const { over, under } = missing;
        const scaled = { over: BigInt(partOf(Number(over), burst, burstOf(check, segment, burst))), under };
        missing = this.#drain(this.#inPartsOf(segment, scaled), segment, Math.max(0, untilMs - sinceMs));
        sinceMs = untilMs;
        burst = burstOf(check, segment, burst);
      }
      if (segment === current) break;
    }
    return missing;
  }

  /** A part is what the rate in lowest terms counts in: 100 a minute is 1 in 600 ms, 600 parts a unit. */
  #inPartsOf({ amount }: Segment, { over, under }: Fraction): Fraction {
    const parts = this.#windowMs / gcd(BigInt(amount), this.#windowMs);
    return { over: ceil({ over: over * parts, under }), under: parts };
  }

  #drain({ over, under }: Fraction, { amount }: Segment, ms: number): Fraction {
    const flowedIn = (BigInt(ms) * BigInt(amount) * under) / this.#windowMs;
    return { over: greatest(0n, over - flowedIn), under };
  }
}

/** None at all, and no limit, are no figures of which anything is a part. */
function burstOf({ scaledBy }: Check, { burst }: Segment, before: number): number {
  return scaledBy !== 0 && isFigure(burst) ? burst : before;
}

function plus({ over, under }: Fraction, units: bigint): Fraction {
  return { over: over + units * under, under };
}

function ceil({ over, under }: Fraction): bigint {
  return (over + under - 1n) / under;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smallest(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
