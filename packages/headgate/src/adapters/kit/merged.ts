import type { Fields } from '../../http/index.ts';

/** What several may write, each its part of one list (RFC 9110 5.3). */
const LISTS: ReadonlySet<string> = new Set(['ratelimit', 'ratelimit-policy', 'access-control-expose-headers', 'vary']);

/**
 * The fields that several gates write of one response. Of those that are no lists, such as `X-RateLimit-Limit`, clients can read one alone: that of
 * the gate nearest to the handler.
 */
export function merged(gates: readonly Fields[]): string[] {
  const written = new Set<string>();
  const kept = gates.toReversed().map((fields) => {
    const names = fields.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    const left = fields.filter((_, i) => !written.has(names[i >> 1] ?? ''));
    for (const name of names) if (!LISTS.has(name)) written.add(name);
    return left;
  });
  return kept.toReversed().flat();
}
