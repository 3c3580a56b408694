import { evaluateName, type Expr, type Scope } from '../../profile/index.ts';
import type { Reserved } from './fate.ts';

/** The names of what a response began, and into how many parts what is held comes: undefined where one name has all of it. */
export interface Ids {
  readonly all: readonly string[];
  readonly shares: number | undefined;
}

/** The longest id that something is held under, in characters. */
const MAX_ID = 512;
/** Ids that one response may tell. A longer list is as one that cannot be read: only the lease ends what it began. */
const MAX_IDS = 1000;

/** One id, or a list of them, in which the same one twice is one; undefined where there is none, or any of them cannot be read. */
export function idsIn(expr: Expr | undefined, scope: Scope): Ids | undefined {
  const value = evaluateName(expr, scope);
  if (!Array.isArray(value)) {
    const id = idOf(value);
    return id === undefined ? undefined : { all: [id], shares: undefined };
  }
  if (value.length > MAX_IDS) return undefined;
  const all = new Set<string>();
  for (const one of value) {
    const id = idOf(one);
    if (id === undefined) return undefined;
    all.add(id);
  }
  return { all: [...all], shares: all.size };
}

/** An id as text: 7 and "7" are one, since one stands in a body and the other in a path. */
function idOf(value: unknown): string | undefined {
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_ID ? id : undefined;
}

/**
 * What is to be charged when ids are known: `units`, or, where undefined, what is reserved. Of things that are counted there are as many as
 * a list names, however many were expected; bytes, money and what the response prices itself are what they are.
 */
export function totalOf({ limit, hold }: Reserved, units: number | undefined, { shares }: Ids): number | undefined {
  if (shares === undefined || units === undefined || !countsThings(limit, hold)) return units;
  return shares;
}

/** What each of the parts holds: one, or as even a part as whole units allow, the first ones more. */
export function sharesOf({ limit, hold }: Reserved, units: number, { shares }: Ids): readonly number[] {
  if (shares === undefined) return [units];
  const each = countsThings(limit, hold) ? 1 : Math.floor(units / shares);
  const more = countsThings(limit, hold) ? 0 : units % shares;
  return Array.from({ length: shares }, (_, i) => each + (i < more ? 1 : 0));
}

function countsThings(
  { kind, unit, precision }: Reserved['limit'],
  { actual, meter, ofBytes }: Reserved['hold'],
): boolean {
  if (kind === 'concurrency') return true;
  return actual === undefined && meter === undefined && ofBytes !== true && unit !== 'bytes' && precision === 0;
}
