import * as z from 'zod';

/** What the reference says of a word. */
export interface WordDoc {
  /** One sentence. */
  readonly says: string;
  /** A piece of a policy that uses it; `headgate: 1` and an identity are understood. */
  readonly example: string;
}

/** The documentation of every word, by its schema: the reference is written from it, and its examples are run. */
export const words: z.core.$ZodRegistry<WordDoc> = z.registry<WordDoc>();

/** Gives a word its sentence and its example. */
export function word<S extends z.ZodType>(says: string, example: string, schema: S): S {
  // A copy of the same type; the description is what editors show from the JSON Schema.
  const described = schema.describe(says);
  words.add(described, { says, example });
  return described;
}

/** A map with these words and no others. The message carries the words, so that the nearest can be offered. */
export function closed<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
