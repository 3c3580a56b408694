/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';
import { gateOf, judged, viewOf } from './gate.ts';

const PIECES = [
  '/', '//', '.', '..', '/./', '/../', '%2e', '%2E%2e', '%2f', '%5c', '\\', '%', '%zz', '%00', '%25', '%252e', '%c0%ae', '%e4', '%C3%A4',
  ';', ';a=b', '?', '#', '*', ':', '@', 'http://', 'HTTP://a', 'https://a:80', 'a', 'A', 'v1', 'items', 'secret', '%61', '~', '%7e', '+', '%2b',
  '&', '=', ' ', '\t', '\u0000', '\u00e4', '\u212a', '|', '"', '<', '_method=DELETE',
]; // prettier-ignore

const OPERATIONS = gateOf(`
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
operations:
  secret: { match: ANY /v1/secret }
  items: { match: [GET /v1/items, 'GET /v1/items/:id'] }
  rest: { match: ANY /** }
limits: { calls: { rate: 1000000000/minute, per: address } }
`);
const UNDECLARED = gateOf(
  'identify: { anonymous: true }\nunidentified: unlimited\nlimits: { calls: { rate: 1000000000/minute, per: operation } }\n',
);

/** Where a target goes, and as what it is counted; undefined when it is refused. */
function routed(gate: typeof OPERATIONS, target: string): { operation: string; target: string } | undefined {
  const handled = judged(gate, viewOf({ target, fields: ['Host', 'a'] }));
  if (handled.kind === 'answer') {
    expect([400, 404]).toContain(handled.status);
    return undefined;
  }
  return { operation: handled.operation, target: handled.target };
}

/** How an API may read a path that it is asked for: it unescapes, and takes dots and double slashes as they are meant. */
function asSeen(target: string): string {
  const path = target.split('?', 1)[0] ?? '';
  return new URL(
    decodeURIComponent(path).replace(/\/+/g, '/').replaceAll('?', '%3f').replaceAll('#', '%23'),
    'http://a',
  ).pathname;
}

describe('whatever the target', () => {
  it(
    'is refused, or reaches the API in a form that means the same again, and is counted as that',
    () =>
      fuzz(
        fc.oneof(
          pieces(PIECES).map((text) => `/${text}`),
          pieces(PIECES),
        ),
        [
          '/v1/items/../secret',
          '/v1/%2e%2e/v1/secret',
          '//v1//secret',
          '/v1;a/secret',
          '/v1/secret/',
          '/%76%31/secret',
          'http://a/v1/secret',
          '/v1/items?_method=DELETE',
          '/v1%2fsecret',
          '/v1/items/..;/secret',
          '/.',
          '/..',
          '/%2e/',
        ],
        (target) => {
          for (const gate of [OPERATIONS, UNDECLARED]) {
            const first = routed(gate, target);
            if (first === undefined) continue;
            expect(first.target).toMatch(/^\/[\u0021-\u007e]*$/);
            expect(first.target).not.toContain('#');
            expect(routed(gate, first.target)).toEqual(first);
          }
        },
      ),
    LIMIT_MS,
  );

  it(
    'no spelling of a path is counted as another operation than the one that the API will run',
    () =>
      fuzz(
        pieces(PIECES).map((text) => `/${text}`),
        [
          '/v1/secret',
          '/v1/./secret',
          '/x/../v1/secret',
          '/v1/%73ecret',
          '//v1/secret',
          '/v1//secret',
          '/v1/items/../secret',
        ],
        (target) => {
          const found = routed(OPERATIONS, target);
          if (found !== undefined && asSeen(found.target) === '/v1/secret') expect(found.operation).toBe('secret');
        },
      ),
    LIMIT_MS,
  );
});
