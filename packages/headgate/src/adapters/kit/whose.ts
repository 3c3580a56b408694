import type { CompiledPolicy } from '../../http/index.ts';

type Limits = CompiledPolicy['limits'];

/** What every caller has. */
const ALWAYS = ['address', 'auth'];

/** Attributes that callers may have by this policy; undefined where a function of the program may find any. */
function attributesOf({ identify, derive, plans }: CompiledPolicy): ReadonlySet<string> | undefined {
  if (identify.some(({ find, attributes }) => find.is === 'function' && attributes.length === 0)) return undefined;
  const found = identify.flatMap(({ name, find, attributes }) => [
    name,
    ...attributes.map((attribute) => attribute.name),
    ...(find.is === 'keys' ? find.keys.flatMap((key) => Object.keys(key.attributes)) : []),
  ]);
  return new Set([...ALWAYS, ...found, ...derive.map(([name]) => name), ...(plans.length > 0 ? ['plan'] : [])]);
}

/**
 * What is wrong with whose counters limits written in code say they are: an attribute that no caller has would be one counter for all.
 * Undefined when nothing is.
 */
export function nobodysCounter(limits: Limits, policy: CompiledPolicy): string | undefined {
  const known = attributesOf(policy);
  if (known === undefined) return undefined;
  for (const { name, per } of limits) {
    const path =
      per.is === 'parts' ? per.parts.find((part) => part.is === 'attribute' && !isKnown(part.path, known)) : undefined;
    if (path?.is !== 'attribute') continue;
    const needs = path.path === 'key' ? ' ("key" needs the option key, a function that says who asks)' : '';
    return `limits.${name}.per: expected one of ${[...known, 'operation', 'global'].join(', ')}, got "${path.path}"${needs}`;
  }
  return undefined;
}

/** A plan's attributes are its own. */
const isKnown = (path: string, known: ReadonlySet<string>): boolean => known.has(path) || path.startsWith('plan.');
