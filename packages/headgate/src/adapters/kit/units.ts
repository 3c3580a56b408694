import { HeadgateError } from '../../core/index.ts';

/** @throws HeadgateError of this code: what is no cost */
export function requireUnits(
  code: 'ERR_COST' | 'ERR_ADAPTER_ROUTE',
  what: string,
  units: unknown,
): asserts units is number {
  if (Number.isSafeInteger(units) && (units as number) >= 0) return;
  const got =
    typeof units === 'string' ? JSON.stringify(units) : Object(units) === units ? typeof units : String(units);
  throw new HeadgateError(code, `${what}: expected a whole number from 0 to 2^53 - 1, got ${got}`);
}
