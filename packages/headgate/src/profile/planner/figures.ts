import type { Amount, CalendarPeriod, Period, Value } from '../compiled.ts';
import { evaluate, isExpr, readsOf, type Expr, type Scope } from '../expression/index.ts';
import { PlanFault, type PlanErrorCode } from '../faults.ts';
import { choose, leavesOf, selectorsOf } from './choice.ts';

/** An amount that was worked out: whole units, and over what span. */
export interface Units {
  readonly is: 'units';
  readonly units: number;
  readonly windowMs: number | undefined;
  readonly period: Period | undefined;
}

export type Figure = Units | { readonly is: 'unlimited' } | { readonly is: 'none' };

type Leaf = Exclude<Value, { is: 'table' | 'cases' }>;

/** Days of a period, for comparing amounts: any order will do, as long as it is one. */
const PERIOD_DAYS: Readonly<Record<CalendarPeriod, number>> = {
  day: 1,
  week: 7,
  month: 30,
  year: 365,
  ever: Number.POSITIVE_INFINITY,
};

/**
 * The amount in force. When it cannot be told, the least that the value names: leaving a field out must
 * never be a way to more.
 * @throws PlanFault `ERR_PLAN_AMOUNT` when it names none
 */
export function amountOf(value: Value, scope: Scope, name: string): Figure {
  scope.missing = undefined;
  const leaf = choose<Leaf>(value, scope);
  const figure = leaf === undefined ? undefined : figureOf(leaf, scope);
  return (
    figure ??
    leastOf(value, scope) ??
    fail('ERR_PLAN_AMOUNT', value, scope, `limits.${name}: the amount cannot be told`)
  );
}

function figureOf(leaf: Leaf, scope: Scope): Figure | undefined {
  switch (leaf.is) {
    case 'unlimited':
    case 'none':
      return leaf;
    case 'amount':
      return isClosed(leaf.amount, scope) ? { is: 'unlimited' } : unitsOf(leaf.amount, scope);
    case 'literal':
    case 'expr': {
      const units = numberOf(leaf, scope);
      return units === undefined
        ? undefined
        : { is: 'units', units: wholeDown(units), windowMs: undefined, period: undefined };
    }
    default:
      return leaf satisfies never;
  }
}

/** What counts over the openings of a schedule applies while it is open. */
function isClosed({ period }: Amount, scope: Scope): boolean {
  return period !== undefined && !isCalendar(period) && scope.visible.time?.during(period, scope) === false;
}

function unitsOf(amount: Amount, scope: Scope): Units | undefined {
  const units = typeof amount.units === 'number' ? amount.units : evaluate(amount.units, scope);
  if (typeof units !== 'number') return undefined;
  return { is: 'units', units: wholeDown(units), windowMs: amount.windowMs, period: amount.period };
}

/** Amounts are rounded down, and below nothing there is nothing. */
function wholeDown(units: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(undusted(units))));
}

function leastOf(value: Value, scope: Scope): Figure | undefined {
  let least: Figure | undefined;
  for (const leaf of leavesOf<Leaf>(value)) {
    const figure = figureOf(leaf, scope);
    if (figure !== undefined && (least === undefined || worth(figure) < worth(least))) least = figure;
  }
  return least;
}

/** Openings are taken to come once a day. */
function daysOf(period: Period): number {
  return isCalendar(period) ? PERIOD_DAYS[period] : 1;
}

/** Whether a period is one of the calendar; every other one is a schedule. */
export function isCalendar(period: Period): period is CalendarPeriod {
  return Object.hasOwn(PERIOD_DAYS, period);
}

function worth(figure: Figure): number {
  if (figure.is !== 'units') return figure.is === 'none' ? -1 : Number.POSITIVE_INFINITY;
  const span = figure.windowMs ?? (figure.period === undefined ? 1 : daysOf(figure.period));
  return figure.units / span;
}

/**
 * What one request costs: whole units, rounded up. When it cannot be told, or is below nothing, the largest
 * figure that the value names. `least`: what an expression comes to at least; a figure that is written is meant.
 * @throws PlanFault `ERR_PLAN_COST` when it names none
 */
export function costOf(value: Value, scope: Scope, name: string, least: number = 0): number {
  scope.missing = undefined;
  const leaf = choose<Leaf>(value, scope);
  const units = leaf === undefined ? undefined : wholeUp(numberOf(leaf, scope));
  const cost = units !== undefined && leaf?.is === 'expr' ? Math.max(least, units) : units;
  return (
    cost ?? largestOf(value, scope) ?? fail('ERR_PLAN_COST', value, scope, `limits.${name}: the cost cannot be told`)
  );
}

/** What `size` measures. */
export function measureOf(expr: Expr, scope: Scope, name: string): number {
  scope.missing = undefined;
  const value = { is: 'expr', expr } as const;
  return (
    wholeUp(numberOf(value, scope)) ?? fail('ERR_PLAN_COST', value, scope, `limits.${name}.of: the size cannot be told`)
  );
}

/** A plain figure (a burst, a weight, an attribute of an operation); undefined when it cannot be told. */
export function scalarOf(value: Value, scope: Scope): unknown {
  const leaf = choose<Leaf>(value, scope);
  if (leaf === undefined) return undefined;
  if (leaf.is === 'literal') return leaf.value;
  return leaf.is === 'expr' ? evaluate(leaf.expr, scope) : numberOf(leaf, scope);
}

/** A bucket's burst: rounded down; the least it names when it cannot be told. */
export function burstOf(value: Value, scope: Scope, name: string): number {
  const figure = amountOf(value, scope, `${name}.burst`);
  if (figure.is === 'units') return figure.units;
  return figure.is === 'none' ? 0 : Number.MAX_SAFE_INTEGER;
}

/**
 * What something turned out to cost, in units, told by a response; undefined when it tells no such cost. An API's figure is
 * taken at its word or not at all: a text, a negative number, or a part of a unit is none.
 */
export function exactOf(value: Value, scope: Scope): number | undefined {
  const leaf = choose<Leaf>(value, scope);
  const cost = leaf === undefined ? undefined : numberOf(leaf, scope);
  const whole = cost === undefined ? Number.NaN : undusted(cost);
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined;
}

/** A whole number that binary fractions missed by a hair: 0.07 of a million is 70000, and not 70000.00000000001. */
function undusted(units: number): number {
  const near = Math.round(units);
  return Math.abs(units - near) <= Math.abs(units) * 4 * Number.EPSILON ? near : units;
}

function largestOf(value: Value, scope: Scope): number | undefined {
  const named = leavesOf<Leaf>(value).map((leaf) => wholeUp(numberOf(leaf, scope)));
  const known = named.filter((cost) => cost !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function wholeUp(cost: number | undefined): number | undefined {
  const whole = cost === undefined ? Number.NaN : Math.ceil(undusted(cost));
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined;
}

function numberOf(leaf: Leaf, scope: Scope): number | undefined {
  if (leaf.is === 'unlimited' || leaf.is === 'none') return undefined;
  const value =
    leaf.is === 'literal' ? leaf.value : evaluate(leaf.is === 'expr' ? leaf.expr : leaf.amount.units, scope);
  return typeof value === 'number' ? value : undefined;
}

function fail(code: PlanErrorCode, value: Value, scope: Scope, what: string): never {
  const missing = scope.missing === undefined ? '' : `: ${scope.missing} is missing`;
  const status =
    isRequests(scope.missing) || (scope.missing === undefined && exprsOf(value).some(readsRequest)) ? 400 : 500;
  throw new PlanFault(code, status, `${what}${missing}; use has(…) and a choice, or "else" in a table`, scope.missing);
}

function isRequests(path: string | undefined): boolean {
  return path !== undefined && /^(request|path|item|message)(\.|$)/.test(path);
}

/** What a function of the program makes of a request is the program's. */
function readsRequest(expr: Expr): boolean {
  return readsOf(expr).some(isRequests) && !calls(expr, 'host');
}

function calls(expr: Expr, op: string): boolean {
  return expr[0] === op || expr.some((operand) => isExpr(operand) && calls(operand, op));
}

/** Every expression in a value. */
export function exprsOf(value: Value): readonly Expr[] {
  return [...selectorsOf<Leaf>(value).map(({ expr }) => expr), ...leafExprsOf(value)];
}

/** The expressions that leaves are made of. */
export function leafExprsOf(value: Value): readonly Expr[] {
  return leavesOf<Leaf>(value).flatMap((leaf) => {
    if (leaf.is === 'expr') return [leaf.expr];
    return leaf.is === 'amount' && typeof leaf.amount.units !== 'number' ? [leaf.amount.units] : [];
  });
}
