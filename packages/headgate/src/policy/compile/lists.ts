import type { Path } from '../problem.ts';

/** Items of a word that takes one or several, each with its own path. */
export function listOf<Item>(
  given: Item | readonly Item[] | undefined,
  path: Path,
): readonly { readonly item: Item; readonly path: Path }[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return [{ item: given as Item, path }];
  return given.map((item: Item, i) => ({ item, path: [...path, i] }));
}
