import { gcd } from './build.ts';
import { HeadgateError } from './errors.ts';

/** A rate as it is written: units over a duration. */
export interface Rate {
  readonly amount: number;
  readonly windowMs: number;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  second: 1e3,
  m: 6e4,
  minute: 6e4,
  h: 36e5,
  hour: 36e5,
};
const MULTIPLES: Readonly<Record<string, number>> = { k: 1e3, M: 1e6 };
/** The longest window of a rate: ten years. */
const MAX_WINDOW_MS = 366e4 * 864e2;

/**
 * Reads `10s`, `250ms`, `minute`, `1.5h` as whole milliseconds; undefined when it is not a duration.
 * There is no `d`: nobody should have to guess which day is meant.
 */
export function parseDuration(text: string): number | undefined {
  const [, whole = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d+))?\s*([a-z]+)$/.exec(text.trim()) ?? [];
  // Digits first, the point last: 1.005 * 1000 is not 1005, and 1005 * 1000 / 1000 is.
  const parts = Number(whole + fraction || 1) * (UNIT_MS[unit] ?? NaN);
  const ms = parts / 10 ** fraction.length;
  return Number.isSafeInteger(parts) && Number.isInteger(ms) && ms > 0 && ms <= MAX_WINDOW_MS ? ms : undefined;
}

/**
 * Reads `100/minute`, `50/10s`, `2.5k/h`, `0.1/s`. A decimal is kept exact: 0.1 a second is 1 in 10 seconds.
 * @throws HeadgateError `ERR_AMOUNT`
 */
export function parseRate(text: string): Rate {
  // oxlint-disable-next-line no-unnecessary-type-conversion -- JavaScript may pass a number, and is owed the same error.
  const asked = String(text).trim();
  const [, whole, fraction = '', multiple = '', over = ''] =
    /^(\d+)(?:\.(\d+))?\s*([kM]?)\s*\/\s*(.+)$/.exec(asked) ?? [];
  const windowMs = parseDuration(over);
  if (whole === undefined || windowMs === undefined) {
    const day = /^(d|day|week|month|year|ever)$/.test(over)
      ? `; a ${over} is a calendar period: "quota: ${text}", or "24h" for a rolling day`
      : '';
    throw unreadable(text, `units over a duration, such as "100/minute" or "50/10s"${day}`);
  }
  const units = Number(whole + fraction) * (MULTIPLES[multiple] ?? 1);
  const divisor = 10 ** fraction.length;
  const common = gcd(units, divisor) || 1;
  const rate = { amount: units / common, windowMs: windowMs * (divisor / common) };
  if (units > 0 && Number.isSafeInteger(units) && rate.windowMs <= MAX_WINDOW_MS) return rate;
  throw unreadable(text, 'an amount from 1 to 2^53 - 1 over at most ten years');
}

function unreadable(text: string, rule: string): HeadgateError {
  return new HeadgateError('ERR_AMOUNT', `expected ${rule}, got "${text}"`);
}
