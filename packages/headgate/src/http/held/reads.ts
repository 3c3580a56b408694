import { readsOf, type Expr, type Hold, type HoldEnd, type Value } from '../../profile/index.ts';
import type { Reads } from './ending.ts';

/** The longest body that is read. What an API says of a job, or of its cost, stands in less. */
const MAX_BODY_BYTES = 1024 * 1024;
/** `application/json`, and whatever is JSON by its suffix (RFC 6839 3.1). */
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;

/** Whatever is JSON, of whatever status: a failure may have its price too. */
export const JSON_BODY: Reads = {
  maxBytes: MAX_BODY_BYTES,
  wants: (_status, contentType) => contentType !== undefined && JSON_TYPE.test(contentType),
};

/** Whether what ends a reservation reads the body of its response. */
export function readsBody({ id, actual, counts }: Pick<Hold, 'id' | 'actual' | 'counts'>): boolean {
  return [id, counts].some(isOfBody) || valueReads(actual);
}

export function endReadsBody({ when, id, cost }: HoldEnd): boolean {
  return [when, id].some(isOfBody) || valueReads(cost);
}

function isOfBody(expr: Expr | undefined): boolean {
  return (
    expr !== undefined &&
    readsOf(expr).some((read) => read === 'response' || read === 'response.body' || read.startsWith('response.body.'))
  );
}

/** Expressions are data: what a value reads is found in all that it is made of. */
function valueReads(value: Value | undefined): boolean {
  if (value === undefined) return false;
  switch (value.is) {
    case 'expr':
      return isOfBody(value.expr);
    case 'table':
      return isOfBody(value.by) || [...value.rows.map(([, use]) => use), value.else].some(valueReads);
    case 'cases':
      return value.cases.some(({ when, use }) => isOfBody(when) || valueReads(use)) || valueReads(value.else);
    case 'amount':
      return typeof value.amount.units !== 'number' && isOfBody(value.amount.units);
    case 'literal':
    case 'unlimited':
    case 'none':
      return false;
    default:
      return value satisfies never;
  }
}
