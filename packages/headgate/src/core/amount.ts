import { gcd } from './build.ts';
import { HeadgateError } from './errors.ts';

/** A rate as it is written: units over a duration. */
export interface Rate {
  readonly amount: number;
  readonly windowMs: number;
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};
const CALENDAR_WORDS: ReadonlySet<string> = new Set(['d', 'day', 'week', 'month', 'year', 'ever']);
const MULTIPLES: Readonly<Record<string, number>> = { '': 1, k: 1000, M: 1_000_000 };
/** The longest window of a rate: a hundred years would not be a rate any more. */
const MAX_WINDOW_MS = 10 * 366 * 24 * 3_600_000;

/**
 * Reads `10s`, `250ms`, `minute`, `1.5h` as whole milliseconds; undefined when it is not a duration.
 * There is no `d`: nobody should have to guess which day is meant.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)?\s*([a-z]+)$/.exec(text.trim());
  const unit = DURATION_UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const ms = Number(match[1] ?? 1) * unit;
  return Number.isSafeInteger(ms) && ms > 0 && ms <= MAX_WINDOW_MS ? ms : undefined;
}

/**
 * Reads `100/minute`, `50/10s`, `2.5k/h`, `0.1/s`. A decimal is kept exact: 0.1 a second is 1 in 10 seconds.
 * @throws HeadgateError `ERR_AMOUNT`
 */
export function parseRate(text: string): Rate {
  const match = /^(\d+)(?:\.(\d+))?\s*([kM]?)\s*\/\s*(.+)$/.exec(text.trim());
  if (match === null) throw unreadable(text, 'expected units over a duration, such as "100/minute" or "50/10s"');
  const [, whole = '', fraction = '', multiple = '', over = ''] = match;
  if (CALENDAR_WORDS.has(over)) {
    throw unreadable(text, `a ${over} is a calendar period: write "quota: ${text}" for one, or "24h" for a rolling day`);
  }
  const windowMs = parseDuration(over);
  if (windowMs === undefined) throw unreadable(text, `expected a duration such as "10s" after the slash, got "${over}"`);
  return exactRate(text, Number(whole + fraction) * (MULTIPLES[multiple] ?? 1), 10 ** fraction.length, windowMs);
}

/** `amount / divisor` units a window, as a whole number of units over a whole number of ms. */
function exactRate(text: string, amount: number, divisor: number, windowMs: number): Rate {
  const common = gcd(amount, divisor) || 1;
  const rate = { amount: amount / common, windowMs: windowMs * (divisor / common) };
  if (amount === 0) throw unreadable(text, 'expected an amount above 0; "none" refuses everything');
  if (!Number.isSafeInteger(rate.amount) || rate.windowMs > MAX_WINDOW_MS) {
    throw unreadable(text, 'expected an amount up to 2^53 - 1 over at most ten years');
  }
  return rate;
}

function unreadable(text: string, rule: string): HeadgateError {
  return new HeadgateError('ERR_AMOUNT', `${rule}, got "${text}"`);
}
