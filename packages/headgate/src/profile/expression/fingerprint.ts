import type { Operator } from './macros.ts';
import { own, type Scope } from './scope.ts';
import { isMap, spendText } from './values.ts';

/*
 * `['fingerprint', …]`: the same text for the same request, and another for any other: its method, path, query and JSON body. Where
 * its scope has a digest, that of it.
 */

export const fingerprint: Operator = (_expr, scope: Scope) => {
  const { roots, digest } = scope.visible;
  const request = roots['request'];
  const parts = ['method', 'path', 'query', 'body'].map((name) => own(request, name) ?? null);
  const text = JSON.stringify(parts, sorted);
  if (!isMap(request) || !spendText(scope, text.length)) return scope.miss('request');
  return digest === undefined ? text : digest(text);
};

/** Members of a map have no order. */
function sorted(_name: string, value: unknown): unknown {
  return isMap(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}
