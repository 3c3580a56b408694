import { FAILED, type Scope } from './scope.ts';

/** The longest text, and the longest list, that an expression may make. */
export const MAX_TEXT = 65_536;
export const MAX_LIST = 1000;

/** How deep a value is looked into, as deep as bodies of requests are: of what is deeper nothing can be told. */
export const MAX_DEPTH = 64;

/** Characters looked at for one step of the budget. */
const TEXT_A_STEP = 64;

/** A number an expression may go on with. Whole numbers stay exact: past 2^53 they fail instead of drifting. */
export function checkedNumber(value: number, whole: boolean): unknown {
  if (whole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return FAILED;
  return value + 0; // −0 is 0
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function spendText(scope: Scope, length: number): boolean {
  return scope.spend(Math.ceil(length / TEXT_A_STEP));
}

/** CEL's equality: values of different types differ; lists and maps compare by content. */
export function equal(a: unknown, b: unknown, scope: Scope, depth = 0): boolean | typeof FAILED {
  if (depth > MAX_DEPTH || !scope.spend(1)) return FAILED;
  if (typeof a === 'string' && typeof b === 'string')
    return spendText(scope, Math.min(a.length, b.length)) ? a === b : FAILED;
  if (isList(a) && isList(b)) return a.length === b.length && everyEqual(a, b, a.keys(), scope, depth + 1);
  if (isMap(a) && isMap(b)) {
    const names = Object.keys(a);
    if (names.length !== Object.keys(b).length || !names.every((name) => Object.hasOwn(b, name))) return false;
    return everyEqual(a, b, names.values(), scope, depth + 1);
  }
  return a === b;
}

function everyEqual<K extends PropertyKey>(
  a: { readonly [key in K]?: unknown },
  b: { readonly [key in K]?: unknown },
  keys: Iterable<K>,
  scope: Scope,
  depth: number,
): boolean | typeof FAILED {
  for (const key of keys) {
    const same = equal(a[key], b[key], scope, depth);
    if (same !== true) return same;
  }
  return true;
}
