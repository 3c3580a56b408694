import type { Path } from '../problem.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';

/** Where a limit or a header block applies, as it is written. */
export interface ScopeInput {
  readonly on?: string | readonly string[] | undefined;
  readonly except?: string | readonly string[] | undefined;
}

/** Resolves names, groups and tags to the operations they mean; without any, it is all of them and none is listed. */
export function compileScope(
  context: Context,
  given: ScopeInput,
  path: Path,
): { readonly operations?: readonly string[] } {
  if (given.on === undefined && given.except === undefined) return {};
  const all = [...context.names.operations.keys()];
  const on = new Set(given.on === undefined ? all : resolve(context, given.on, [...path, 'on']));
  const except = new Set(given.except === undefined ? [] : resolve(context, given.except, [...path, 'except']));
  const operations = all.filter((name) => on.has(name) && !except.has(name));
  if (operations.length === 0 && on.size > 0) {
    context.problems.error(
      'ERR_POLICY_NEVER',
      path,
      '"except" takes out every operation that is left: it would never apply',
      { value: null, onName: true },
    );
  }
  return { operations };
}

function resolve(context: Context, words: string | readonly string[], path: Path): readonly string[] {
  return listOf<string>(words, path).flatMap(({ item, path: at }) => operationsCalled(context, item, at));
}

/** The operations of this name, group or tag. */
export function operationsCalled(context: Context, word: string, path: Path): readonly string[] {
  const { operations } = context.names;
  const known = new Set([...operations.values()].flat());
  if (!context.isKnown('operation, group or tag', word, known, path)) return [];
  return [...operations].filter(([, called]) => called.includes(word)).map(([name]) => name);
}
