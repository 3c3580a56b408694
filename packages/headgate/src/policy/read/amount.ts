import { HeadgateError, parseDuration, parseRate } from '../../core/index.ts';
import type { CalendarPeriod, LimitKind, Period } from '../../profile/index.ts';
import type { PolicyErrorCode } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { readMoney, readQuantity, scaledBy, type Quantity } from './quantity.ts';

/** What a figure is for, and so how its leaves are written. */
export type AmountKind = LimitKind | 'count';

export interface Refused {
  readonly code: PolicyErrorCode;
  readonly rule: string;
  /** The part that is wrong, when it is not the whole. */
  readonly value?: string;
}

/** An amount as it was written; `expression` is source text, for the caller to compile. */
export type ReadAmount =
  | { readonly is: 'unlimited' }
  | { readonly is: 'none' }
  | {
      readonly is: 'literal';
      readonly units: number;
      readonly windowMs?: number;
      readonly period?: Period;
      readonly unit: Quantity['unit'];
    }
  | { readonly is: 'expression'; readonly text: string; readonly windowMs?: number; readonly period?: Period }
  | { readonly is: 'refused'; readonly refused: Refused };

const PERIODS: readonly CalendarPeriod[] = ['day', 'week', 'month', 'year', 'ever'];

/** The same span as a duration, for those who meant one. */
const ROLLING: Readonly<Record<string, string>> = { d: '24h', day: '24h', week: '168h', month: '720h', year: '8760h' };

/** What one unit is, and over what it may be counted. */
export interface Counted {
  /** Decimals that one unit has: figures are counted in that. */
  readonly precision: number;
  /** Schedules of the policy: a quota may count over the openings of one. */
  readonly schedules: ReadonlySet<string>;
}

const PLAIN: Counted = { precision: 0, schedules: new Set() };

/**
 * Reads one leaf of a figure: `100/minute`, `15/month`, `25MB`, `$20/day`, `(5 + plan.n)/1h`, `unlimited`, `none`, `custom(100/minute)`.
 */
export function readAmount(
  written: string | number | boolean,
  kind: AmountKind,
  how: Partial<Counted> = {},
): ReadAmount {
  const counted = { ...PLAIN, ...how };
  if (typeof written === 'boolean') return refuse('ERR_POLICY_AMOUNT', `expected ${EXPECTED[kind]}`);
  const text = String(written).trim();
  if (text === 'unlimited' || text === 'none') return { is: text };
  if (kind !== 'count' && /^custom\b/.test(text)) return readCustom(text, kind, counted);
  const money = readMoney(text);
  if (money === undefined) return readPlainOrPerSpan(text, kind, counted);
  const read = readPlainOrPerSpan(money.text, kind, counted);
  return read.is === 'literal' ? { ...read, unit: money.currency } : read;
}

function readPlainOrPerSpan(text: string, kind: AmountKind, counted: Counted): ReadAmount {
  return kind === 'rate' || kind === 'quota' ? readPerSpan(text, kind, counted) : readPlain(text, kind, counted);
}

/** By contract: what the brackets say until an override is written, or nothing at all. */
function readCustom(text: string, kind: AmountKind, counted: Counted): ReadAmount {
  const inside = /^custom\s*(?:\((.*)\))?$/.exec(text);
  if (inside === null) return refuse('ERR_POLICY_AMOUNT', 'expected "custom", or "custom(…)" with an amount');
  const amount = inside[1]?.trim() ?? '';
  return amount === '' ? { is: 'none' } : readAmount(amount, kind, counted);
}

const EXPECTED: Readonly<Record<AmountKind, string>> = {
  rate: 'units over a duration, such as "100/minute" or "50/10s"',
  quota: 'units over a calendar period, such as "15/month"',
  concurrency: 'how many at once, such as "5"',
  level: 'an amount, such as "25" or "25GB"',
  size: 'a size, such as "25MB"',
  count: 'a whole number',
};

function readPlain(text: string, kind: AmountKind, { precision, schedules }: Counted): ReadAmount {
  if (/^\d[\d.]*\s*[A-Za-z]*$/.test(text)) return readUnits(text, precision);
  if (isPerSpan(text, schedules))
    return refuse('ERR_POLICY_AMOUNT', `expected ${EXPECTED[kind]}; units over a time are a rate or a quota`);
  if (/^[-+.]\s*[\d.]+$/.test(text)) return refuse('ERR_POLICY_RANGE', `expected ${EXPECTED[kind]}, 0 or more`);
  return { is: 'expression', text };
}

/** Whether it is written as a rate or a quota is: `5MB/s`, `10/day`. */
function isPerSpan(text: string, schedules: Schedules): boolean {
  const slash = slashOf(text);
  const span = text.slice(slash + 1).trim();
  const isSpan = parseDuration(span) !== undefined || periodOf(span, schedules) !== undefined;
  return isSpan && /^[\d.]+\s*[A-Za-z]*$/.test(text.slice(0, Math.max(0, slash)).trim());
}

function readUnits(text: string, precision: number): ReadAmount {
  const quantity = quantityOf(text, precision);
  if (typeof quantity === 'string') return refuse('ERR_POLICY_AMOUNT', quantity);
  if (quantity.divisor !== 1)
    return refuse(
      'ERR_POLICY_AMOUNT',
      precision === 0 ? 'expected a whole number of units' : `expected at most ${precision} decimals`,
    );
  return { is: 'literal', units: quantity.units, unit: quantity.unit };
}

function quantityOf(text: string, precision: number): Quantity | string {
  const quantity = readQuantity(text);
  return typeof quantity === 'string' ? quantity : scaledBy(quantity, precision);
}

function readPerSpan(text: string, kind: 'rate' | 'quota', counted: Counted): ReadAmount {
  const slash = slashOf(text);
  if (slash === -1) return refuse('ERR_POLICY_AMOUNT', `expected ${EXPECTED[kind]}`);
  const [units, span] = [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
  if (units.startsWith('(') && units.endsWith(')')) return overSpan(units, span, kind, counted);
  if (!/^\d/.test(units) || /[()*+?:<>=]/.test(units)) {
    return refuse(
      'ERR_POLICY_AMOUNT',
      `expected ${EXPECTED[kind]}; an expression goes in brackets before the slash: "(${units})/${span}"`,
    );
  }
  return kind === 'rate' ? readRate(units, span, counted) : readQuota(units, span, counted);
}

/** The last slash outside brackets: what stands before it may divide. */
function slashOf(text: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === ')') depth++;
    else if (text[i] === '(') depth--;
    else if (text[i] === '/' && depth === 0) return i;
  }
  return -1;
}

function overSpan(text: string, span: string, kind: 'rate' | 'quota', { schedules }: Counted): ReadAmount {
  const wrong = spanProblem(text, span, kind, schedules);
  if (wrong !== undefined) return { is: 'refused', refused: wrong };
  if (kind === 'quota') return { is: 'expression', text, period: periodOf(span, schedules) ?? 'ever' };
  return { is: 'expression', text, windowMs: parseDuration(span) ?? 0 };
}

type Schedules = ReadonlySet<string>;

/** What is wrong with the part after the slash; undefined when nothing is. */
function spanProblem(units: string, span: string, kind: 'rate' | 'quota', schedules: Schedules): Refused | undefined {
  const rolling = ROLLING[span];
  if (kind === 'rate') {
    if (span === 'ever' || schedules.has(span)) {
      const of = span === 'ever' ? 'a calendar period' : 'a schedule';
      return { code: 'ERR_POLICY_PERIOD', rule: `"${span}" is ${of}: write "quota: ${units}/${span}"` };
    }
    if (rolling !== undefined) {
      const word = span === 'd' ? 'day' : span;
      const rule = `a ${word} is a calendar period: write "quota: ${units}/${word}" for the calendar ${word}, or "rate: ${units}/${rolling}" for any ${rolling}`;
      return { code: 'ERR_POLICY_PERIOD', rule };
    }
    if (parseDuration(span) !== undefined) return undefined;
    const days = /^(\d{1,4})\s*(d|days?|w|weeks?)$/.exec(span);
    if (days !== null) return longDays(units, days[1] ?? '', days[2] ?? '');
    return { code: 'ERR_POLICY_WINDOW', rule: `expected a duration such as "10s"${unitOf(span)}`, value: span };
  }
  if (periodOf(span, schedules) !== undefined) return undefined;
  if (parseDuration(span) !== undefined) {
    return {
      code: 'ERR_POLICY_PERIOD',
      rule: `a quota counts calendar periods: write "rate: ${units}/${span}" for any ${span}`,
    };
  }
  const near = didYouMean(span, [...schedules, ...PERIODS]);
  const others = schedules.size === 0 ? '' : ', or the openings of a schedule: ' + [...schedules].join(', ');
  return {
    code: 'ERR_POLICY_PERIOD',
    rule: `expected a calendar period: ${PERIODS.join(', ')}${others}${near}`,
    value: span,
  };
}

/** Days and weeks in a duration: how many hours they would be, for nobody has to guess which day is meant. */
function longDays(units: string, count: string, unit: string): Refused {
  const hours = Number(count) * (unit.startsWith('w') ? 168 : 24);
  return { code: 'ERR_POLICY_PERIOD', rule: `durations know no "${unit}": write "rate: ${units}/${hours}h"` };
}

const DURATION_WORDS: readonly string[] = ['second', 'minute', 'hour'];
const LIKE_A_UNIT = /^\d*\.?\d*\s*([a-z]+)$/i;

/** What the unit of a duration was meant to be, where that can be told: `min` and `hours` are not units. */
function unitOf(span: string): string {
  const unit = LIKE_A_UNIT.exec(span)?.[1]?.toLowerCase() ?? '';
  const word = DURATION_WORDS.find((each) => unit.startsWith(each.slice(0, 3)));
  return word === undefined ? '' : ` (a duration ends in "${word[0]}", or is "${word}")`;
}

function periodOf(span: string, schedules: Schedules): Period | undefined {
  return PERIODS.find((period) => period === span) ?? (schedules.has(span) ? span : undefined);
}

function readRate(units: string, span: string, { precision, schedules }: Counted): ReadAmount {
  const wrong = spanProblem(units, span, 'rate', schedules);
  if (wrong !== undefined) return { is: 'refused', refused: wrong };
  const quantity = quantityOf(units, precision);
  if (typeof quantity === 'string') return refuse('ERR_POLICY_AMOUNT', quantity);
  if (quantity.units === 0) return refuse('ERR_POLICY_NEVER', 'an amount of 0 never admits; write "none"');
  try {
    // A decimal stays exact by its window: 0.1 a second is 1 in 10 seconds.
    const { amount, windowMs } = parseRate(`${quantity.units}/${(parseDuration(span) ?? 0) * quantity.divisor}ms`);
    return { is: 'literal', units: amount, windowMs, unit: quantity.unit };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return refuse('ERR_POLICY_AMOUNT', 'expected an amount up to 2^53 - 1 over at most ten years');
  }
}

function readQuota(units: string, span: string, { precision, schedules }: Counted): ReadAmount {
  const wrong = spanProblem(units, span, 'quota', schedules);
  if (wrong !== undefined) return { is: 'refused', refused: wrong };
  const read = readUnits(units, precision);
  if (read.is !== 'literal') return read;
  if (read.units === 0) return refuse('ERR_POLICY_NEVER', 'an amount of 0 never admits; write "none"');
  return { ...read, period: periodOf(span, schedules) ?? 'ever' };
}

function refuse(code: PolicyErrorCode, rule: string): ReadAmount {
  return { is: 'refused', refused: { code, rule } };
}
