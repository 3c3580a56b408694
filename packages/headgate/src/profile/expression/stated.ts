import { parseDuration } from '../../core/index.ts';
import { FAILED } from './scope.ts';
import { checkedNumber } from './values.ts';

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

/**
 * What a customer or an operator has set: a number, or an amount as a policy writes it, `2.5k/minute` or `25GB`. Its span must be that of
 * the limit, in ms or the name of a period: another one is no figure.
 */
export function stated([value, over]: readonly unknown[]): unknown {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return FAILED;
  const [figure = '', span, ...more] = value.split('/');
  if (more.length > 0 || (span !== undefined && !isSpan(span.trim(), over))) return FAILED;
  const [, number, suffix = ''] =
    /^\s*([+-]?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})(?:[eE][+-]?\d{1,3})?)\s*([A-Za-z]*)\s*$/.exec(figure) ?? [];
  const factor = FACTORS.get(suffix);
  return number === undefined || factor === undefined ? FAILED : checkedNumber(exact(Number(number) * factor), false);
}

function isSpan(span: string, over: unknown): boolean {
  return span === over || parseDuration(span) === over;
}

/** 1.1 thousand is 1100, and not what binary fractions make of it. */
function exact(units: number): number {
  const whole = Math.round(units);
  return Math.abs(units - whole) < 1e-6 ? whole : units;
}
