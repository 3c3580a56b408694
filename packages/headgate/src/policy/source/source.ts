import type { Path } from '../problem.ts';

/** A place in a text, both from 1; undefined when the policy never was a text. */
export interface Place {
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** Plain data that came from outside: maps have no prototype's words in them, and nothing in it is shared or cyclic. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** A policy as it was given, before anybody judged it. */
export interface Source {
  readonly file: string | undefined;
  readonly value: Plain;
  /** What stands at the path; undefined when nothing does. */
  valueAt(path: Path): Plain | undefined;
  /** Where it stands; of the nearest thing around it when it does not. `at` counts characters of the value's text. */
  place(path: Path, at: number, onName: boolean): Place;
}

export const NOWHERE: Place = { line: undefined, column: undefined };

/** A policy may be this large, in bytes of UTF-8. */
export const MAX_BYTES = 256 * 1024;
/** Maps and lists may be nested this deep. */
export const MAX_DEPTH = 32;
/** Values a policy may hold once its aliases are written out. */
export const MAX_VALUES = 50_000;
/** How often a policy may say `*name`. */
export const MAX_ALIASES = 100;

/** Why a text with a lone surrogate is refused: it can be written neither to a header nor to a body. */
export const HALF = 'expected text that is whole: half of a character stands in it';

/** What a value has at a step of a path; undefined when it has nothing there. */
export function stepInto(value: Plain | undefined, step: string | number): Plain | undefined {
  if (isList(value)) return typeof step === 'number' ? value[step] : undefined;
  return isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

export function valueAt(value: Plain, path: Path): Plain | undefined {
  let here: Plain | undefined = value;
  for (const step of path) here = stepInto(here, step);
  return here;
}

/** `Array.isArray` alone knows nothing of what is in a list, nor that what is none may be a map. */
export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

export function isMap(value: Plain | undefined): value is { readonly [name: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
