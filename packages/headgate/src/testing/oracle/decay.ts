import type { Check } from '../../core/index.ts';
import type { Model, Past } from './model.ts';
import { segmentAt, type Moment } from './moment.ts';

/** A unit is so many parts. */
const PARTS = 65_536n;
/** Fractions are whole numbers of 2 to the power of minus this. */
const BITS = 120n;
const ONE = 1n << BITS;

/** Decay: what counts is half gone each window, in 65,536ths of a unit, rounded up at each charge. Worked out in long whole numbers. */
export class DecayModel implements Model {
  readonly #windowMs: number;
  #parts = 0n;
  #lastMs = 0;
  #sinceMs = 0;

  constructor({ windowMs }: Pick<Check, 'windowMs'>) {
    this.#windowMs = windowMs;
  }

  believe(_check: Check, { nowMs }: Moment): void {
    if (this.#parts === 0n || this.#lastMs <= nowMs) return;
    this.#lastMs = nowMs;
    this.#sinceMs = Math.min(this.#sinceMs, nowMs);
  }

  room(check: Check, moment: Moment): number {
    return segmentAt(check, moment).burst - this.counted(check, moment);
  }

  counted(_check: Check | undefined, { nowMs }: Moment): number {
    return Number((this.#left(nowMs) + PARTS - 1n) / PARTS);
  }

  charge(_check: Check, { nowMs }: Moment, units: number): void {
    const left = this.#left(nowMs);
    if (left === 0n) this.#sinceMs = nowMs;
    this.#parts = left + BigInt(units) * PARTS;
    this.#lastMs = nowMs;
  }

  amend(_moment: Moment, { atMs }: Past, delta: number): void {
    if (this.#sinceMs === 0 || atMs < this.#sinceMs) return;
    const share = this.#share(this.#lastMs - atMs);
    const parts = BigInt(Math.abs(delta)) * PARTS * share;
    const changed = delta < 0 ? this.#parts - parts / ONE : this.#parts + ceil(parts);
    this.#parts = changed < 0n ? 0n : changed;
  }

  recounted(from: number, to: number): DecayModel {
    const copy = new DecayModel({ windowMs: this.#windowMs });
    copy.#parts = (this.#parts * BigInt(to) + BigInt(from) - 1n) / BigInt(from);
    copy.#lastMs = this.#lastMs;
    copy.#sinceMs = this.#sinceMs;
    return copy;
  }

  /** Until less than a part is left: found by halving. */
  resetIn(_check: Check, { nowMs }: Moment): number {
    if (this.#left(nowMs) === 0n) return 0;
    let high = 1;
    while (this.#left(nowMs + high) > 0n) high *= 2;
    let low = Math.floor(high / 2);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#left(nowMs + middle) > 0n) low = middle;
      else high = middle;
    }
    return high;
  }

  #left(nowMs: number): bigint {
    if (nowMs <= this.#lastMs) return this.#parts;
    const left = this.#parts * this.#share(nowMs - this.#lastMs);
    return left < ONE ? 0n : ceil(left);
  }

  /** 2 to the power of minus so many windows: a half for each whole one, and roots of it for what is left. */
  #share(elapsedMs: number): bigint {
    const windowMs = BigInt(this.#windowMs);
    const elapsed = BigInt(Math.max(0, elapsedMs));
    let share = ONE >> (elapsed / windowMs);
    let rest = elapsed % windowMs;
    let root = ONE / 2n;
    for (let bit = 0; bit < 80 && rest > 0n; bit++) {
      root = rootOf(root);
      rest *= 2n;
      if (rest < windowMs) continue;
      rest -= windowMs;
      share = (share * root) / ONE;
    }
    return share;
  }
}

function ceil(scaled: bigint): bigint {
  return (scaled + ONE - 1n) / ONE;
}

const ROOTS: Map<bigint, bigint> = new Map();

/** The square root of a fraction, by Newton's steps from above. */
function rootOf(fraction: bigint): bigint {
  const known = ROOTS.get(fraction);
  if (known !== undefined) return known;
  let root = ONE;
  for (;;) {
    const next = (root + (fraction * ONE) / root) / 2n;
    if (next >= root) break;
    root = next;
  }
  ROOTS.set(fraction, root);
  return root;
}
