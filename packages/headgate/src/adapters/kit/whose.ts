import { HeadgateError } from '../../core/index.ts';
import type { CompiledPolicy } from '../../http/index.ts';

/** Attributes that callers may have by this policy; undefined where a function of the program may find any. */
function attributesOf({ identify, derive, plans }: CompiledPolicy): readonly string[] | undefined {
  if (identify.some(({ find, attributes }) => find.is === 'function' && attributes.length === 0)) return undefined;
  const found = identify.flatMap(({ name, find, attributes }) => [
    name,
    ...attributes.map((attribute) => attribute.name),
    ...(find.is === 'keys' ? find.keys.flatMap((key) => Object.keys(key.attributes)) : []),
  ]);
  return ['address', 'auth', ...found, ...derive.map(([name]) => name), ...(plans.length > 0 ? ['plan'] : [])];
}

/**
 * Looks at whose counters limits written in code say they are: an attribute that no caller has would be one counter for all.
 * @throws HeadgateError of this code
 */
export function checkWhose(
  limits: CompiledPolicy['limits'],
  policy: CompiledPolicy,
  code: 'ERR_ADAPTER_OPTION' | 'ERR_ADAPTER_ROUTE',
): void {
  const known = attributesOf(policy);
  for (const { name, per } of limits)
    for (const part of per.is === 'parts' ? per.parts : []) {
      if (known === undefined || part.is !== 'attribute' || known.includes(part.path.replace(/^plan\..*/, 'plan')))
        continue;
      const all = [...new Set([...known, 'operation', 'global'])].join(', ');
      throw new HeadgateError(code, `limits.${name}.per: expected one of ${all}, got "${part.path}"`);
    }
}
