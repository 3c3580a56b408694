import { total } from './counter.ts';

/** As large a part of `to` as the units are of `from`, rounded up: against the caller. */
export function scaled(units: number, from: number, to: number): number {
  if (from === to || units === 0) return units;
  const divisor = BigInt(from);
  return total(Number((BigInt(units) * BigInt(to) + divisor - 1n) / divisor), 0);
}
