import type { Expr, Limit, PartsValue, Period, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readSpan } from '../read/span.ts';
import type { LimitInput } from '../schema/limits.ts';
import { REFUSED, type Context } from './context.ts';

/*
 * Of equal values only the first costs: beside the limit stands one that admits whatever comes, and counts for each value apart. While there
 * is something left of it, its value is the first. Both are charged in one step, so that of two at once one is the second.
 */

const LONGEST = { leastMs: 1000, mostMs: 744 * 3_600_000, most: '744h' };
/** Parts of a thousand. */
const WHOLE = 1000;

type Span = { readonly windowMs: number } | { readonly period: Period };

/** The limit alone; or one that finds the first of equal values, and the limit, which those alone cost. */
export function withDistinct(context: Context, given: LimitInput, limit: Limit, path: Path): readonly Limit[] {
  const { distinct } = given;
  if (distinct === undefined) return [limit];
  const at = [...path, 'distinct'];
  const rule = misfitOf(given, limit);
  if (rule !== undefined) return refuse(context, limit, at, rule);
  const [text, lasts] = typeof distinct === 'string' ? [distinct, undefined] : [distinct.of, distinct.for];
  const value = context.expression(text, typeof distinct === 'string' ? at : [...at, 'of']);
  const span = lasts === undefined ? spanOf(limit.amount) : lasting(context, lasts, [...at, 'for']);
  if (value === REFUSED) return [limit];
  if (span === undefined) return refuse(context, limit, at, 'its figure has several spans: say "for" how long');
  const first = firstOf(limit, value, span);
  return [first, { ...limit, cost: costOf(limit.cost, value, first.name, text) }];
}

function refuse(context: Context, limit: Limit, path: Path, rule: string): readonly Limit[] {
  context.problems.error('ERR_POLICY_WORD', path, rule, { value: null });
  return [limit];
}

function misfitOf(given: LimitInput, { kind, hold, count }: Limit): string | undefined {
  if (kind !== 'rate' && kind !== 'quota') return 'belongs to a rate or a quota';
  if (hold !== undefined || count !== 'admitted')
    return 'a value costs when it is let in: nothing of it is settled later';
  return given.was === undefined ? undefined : 'what was counted under another name does not tell of which values';
}

/** A text whose length is out of range has told so: then it is as long as may be. */
function lasting(context: Context, text: string, path: Path): Span {
  const ms = readSpan(text, LONGEST);
  if (typeof ms === 'number') return { windowMs: ms };
  context.problems.error('ERR_POLICY_WINDOW', path, ms);
  return { windowMs: LONGEST.mostMs };
}

/** The one span that all amounts are over. */
function spanOf(value: Value): Span | undefined {
  const [span, ...others] = spansIn(value);
  return span !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(span))
    ? span
    : undefined;
}

function spansIn(value: Value): readonly Span[] {
  if (value.is === 'amount') {
    const { windowMs, period } = value.amount;
    return period === undefined ? [{ windowMs: windowMs ?? 0 }] : [{ period }];
  }
  if (value.is !== 'table' && value.is !== 'cases') return [];
  const below = value.is === 'table' ? value.rows.map(([, use]) => use) : value.cases.map(({ use }) => use);
  return [...below, ...(value.else === undefined ? [] : [value.else])].flatMap(spansIn);
}

function firstOf(limit: Limit, value: Expr, span: Span): Limit {
  const { burst: _, rollover: __, grants: ___, onChange: ____, ramp: _____, precision: ______, ...rest } = limit;
  return {
    ...rest,
    name: `${limit.name} first`,
    kind: 'period' in span ? 'quota' : 'rate',
    amount: { is: 'amount', amount: { units: 1, ...span } },
    algorithm: 'fixed',
    per: perValue(limit.per, value),
    replaces: [],
    cost: { is: 'literal', value: 1 },
    publish: { is: 'literal', value: 'hidden' },
    ladder: [{ at: { is: 'literal', value: WHOLE }, action: { is: 'admit' } }],
  };
}

function perValue(per: PartsValue, value: Expr): PartsValue {
  switch (per.is) {
    case 'parts':
      return { ...per, parts: [...per.parts.filter(({ is }) => is !== 'global'), { is: 'expr', expr: value }] };
    case 'table': {
      const rows = per.rows.map(([name, use]) => [name, perValue(use, value)] as const);
      return { ...per, rows, ...(per.else !== undefined && { else: perValue(per.else, value) }) };
    }
    case 'cases': {
      const cases = per.cases.map(({ when, use }) => ({ when, use: perValue(use, value) }));
      return { ...per, cases, else: perValue(per.else, value) };
    }
    default:
      return per satisfies never;
  }
}

/** What cannot be told equals nothing, itself neither: leaving a field out is no way round. */
function costOf(cost: Value, value: Expr, first: string, text: string): Value {
  const isSeen: Expr = ['&&', ['==', value, value], ['<', ['left', first], 1]];
  return {
    is: 'cases',
    cases: [{ when: isSeen, use: { is: 'literal', value: 0 } }],
    else: cost,
    says: sayingOf(cost, text),
  };
}

/** `1 for each request.path`. */
function sayingOf(cost: Value, text: string): string {
  return cost.is === 'literal' ? `${cost.value} for each ${text}` : `once for each ${text}`;
}
