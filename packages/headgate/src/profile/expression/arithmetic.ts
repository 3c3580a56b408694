import { FAILED, own, type Scope } from './scope.ts';
import { checkedNumber, equal, isList, isMap, MAX_LIST, MAX_TEXT, spendText } from './values.ts';

/*
 * CEL keeps whole numbers and doubles apart; data that comes as JSON does not. Here a number is a number:
 * an operation on whole numbers must stay whole and exact, one on any other numbers must stay finite.
 */

function areNumbers(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number';
}

function numeric(a: unknown, b: unknown, apply: (a: number, b: number) => number): unknown {
  if (typeof a !== 'number' || typeof b !== 'number') return FAILED;
  return checkedNumber(apply(a, b), Number.isSafeInteger(a) && Number.isSafeInteger(b));
}

export function plus(a: unknown, b: unknown, scope: Scope): unknown {
  if (typeof a === 'string' && typeof b === 'string') {
    const length = a.length + b.length;
    return length <= MAX_TEXT && spendText(scope, length) ? a + b : FAILED;
  }
  if (isList(a) && isList(b)) {
    const length = a.length + b.length;
    return length <= MAX_LIST && scope.spend(length) ? [...a, ...b] : FAILED;
  }
  return numeric(a, b, (x, y) => x + y);
}

export function minus(a: unknown, b: unknown): unknown {
  return numeric(a, b, (x, y) => x - y);
}

export function times(a: unknown, b: unknown): unknown {
  return numeric(a, b, (x, y) => x * y);
}

/** `whole`: both sides are whole numbers by their type, so that the quotient is cut toward zero, as in CEL. */
export function divide(a: unknown, b: unknown, whole: boolean): unknown {
  if (typeof a !== 'number' || typeof b !== 'number' || b === 0) return FAILED;
  // a − a % b is a multiple of b, so that the whole quotient is exact.
  return whole ? checkedNumber((a - (a % b)) / b, true) : checkedNumber(a / b, false);
}

export function remainder(a: unknown, b: unknown): unknown {
  return b === 0 ? FAILED : numeric(a, b, (x, y) => x % y);
}

export function negate(value: unknown): unknown {
  return typeof value === 'number' ? 0 - value : FAILED;
}

export function equality(a: unknown, b: unknown, scope: Scope): boolean | typeof FAILED {
  return equal(a, b, scope);
}

/** Numbers, texts and booleans are ordered among themselves; anything else is not. */
export function compare(a: unknown, b: unknown, holds: (order: number) => boolean): unknown {
  if (areNumbers(a, b) || areTexts(a, b) || areBooleans(a, b)) {
    // The two have one type, and these three types are ordered by `<`.
    const [x, y] = [a as number, b as number];
    return holds(x < y ? -1 : x > y ? 1 : 0);
  }
  return FAILED;
}

function areTexts(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string';
}

function areBooleans(a: unknown, b: unknown): boolean {
  return typeof a === 'boolean' && typeof b === 'boolean';
}

/** `in`: an element of a list, or a key of a map. */
export function membership(value: unknown, container: unknown, scope: Scope): unknown {
  if (isMap(container)) return typeof value === 'string' ? own(container, value) !== undefined : FAILED;
  if (!isList(container)) return FAILED;
  for (const element of container) {
    const same = equal(value, element, scope);
    if (same !== false) return same;
  }
  return false;
}
