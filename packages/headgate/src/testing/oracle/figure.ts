import { FREE } from '../../core/index.ts';

/** `onChange: scale`: by which amount the units of a counter are counted, and the first instant at which units were. */
export interface Figure {
  readonly amount: number;
  readonly sinceMs: number;
}

/** None at all, and no limit, are no figures of which anything is a part. */
export function isFigure(amount: number): boolean {
  return amount > 0 && amount < FREE;
}

export function isOther(from: number, to: number): boolean {
  return isFigure(from) && isFigure(to) && from !== to;
}

/** Units of `to` that are as large a part of it, rounded up, as `units` are of `from`. */
export function partOf(units: number, from: number, to: number): number {
  if (!isOther(from, to)) return units;
  return Number((BigInt(units) * BigInt(to) + BigInt(from) - 1n) / BigInt(from));
}
