/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/gateway/http1/refusal.ts';
import { Shape } from '../../src/gateway/http1/shape.ts';
import { readHead } from '../../src/gateway/http2/head.ts';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';

const NAMES = [
  ':method', ':path', ':scheme', ':authority', ':status', ':protocol', 'host', 'Host', 'cookie', 'content-length', 'transfer-encoding', 'expect', 'x-a', 'X-A', '__proto__', '', ':',
]; // prettier-ignore
const VALUES = [
  'GET', 'get', 'POST', 'CONNECT', 'http', 'https', 'ftp', '/', '*', 'a', 'b', 'a:80', 'a@b', '[::1]', '[::1]:80', '5', '-5', '+5', '0x5', '5,5', '99999999999999999999', 'chunked', 'Chunked', 'gzip', ',', ' ',
  '100-continue', ';', '=', '\t', '\u0000', '\u00e4',
]; // prettier-ignore
const MAX_FIELDS = 8;
const fields = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), pieces(NAMES, 2)), pieces(VALUES, 2)), { maxLength: 12 })
  .map((pairs) => pairs.flat());
const countOf = (names: readonly string[], name: string): number => names.filter((each) => each === name).length;

describe('whatever a head says', () => {
  it(
    'in HTTP/2, what is not refused has one host, a known method, and no pseudo-field among its fields',
    () =>
      fuzz(
        fields,
        [
          [':method', 'get', ':path', '/', ':scheme', 'http', ':authority', 'a'],
          [':method', 'GET', ':path', 'http://b/', ':scheme', 'x', ':authority', 'a'],
          [':authority', 'a', 'host', 'b'],
          ['cookie', 'a', 'cookie', 'b'],
        ],
        (raw) => {
          const head = readHead(raw, MAX_FIELDS);
          expect([
            head.fields.length,
            head.names.some((name) => name.startsWith(':')),
            countOf(head.names, 'cookie') > 1,
          ]).toEqual([2 * head.names.length, false, false]);
          if (head.refusal !== undefined) {
            expect([400, 417, 431, 501]).toContain(head.refusal.status);
            return;
          }
          expect([countOf(head.names, 'host'), head.names.length <= MAX_FIELDS, head.method]).toEqual([
            1,
            true,
            expect.stringMatching(/^(?:GET|POST)$/),
          ]);
        },
      ),
    LIMIT_MS,
  );

  it(
    'in HTTP/1, what is not refused has one host and one framing that can be read in one way',
    () =>
      fuzz(
        fc.record({ rawHeaders: fields, httpVersion: fc.constantFrom('0.9', '1.0', '1.1', '1.2', '2.0') }),
        [
          { rawHeaders: ['Host', 'a', 'Content-Length', '5', 'Content-Length', '5'], httpVersion: '1.1' },
          { rawHeaders: ['Host', 'a', 'Transfer-Encoding', 'chunked', 'Content-Length', '5'], httpVersion: '1.1' },
          { rawHeaders: ['Host', 'a', 'Transfer-Encoding', 'chunked'], httpVersion: '1.0' },
          { rawHeaders: ['Host', 'a', 'Content-Length', ''], httpVersion: '1.1' },
        ],
        ({ rawHeaders, httpVersion }) => {
          const shape = new Shape(rawHeaders);
          const { names } = shape;
          expect(names).toEqual(rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
          const request = { rawHeaders, httpVersion } as IncomingMessage; // all that it reads
          const refusal = refusalOf(request, shape, MAX_FIELDS);
          if (refusal !== undefined) {
            expect([400, 417, 431, 501, 505]).toContain(refusal.status);
            return;
          }
          const [lengths, codings] = [countOf(names, 'content-length'), countOf(names, 'transfer-encoding')];
          expect([countOf(names, 'host'), lengths + codings <= 1, names.length <= MAX_FIELDS]).toEqual([1, true, true]);
          const length = rawHeaders[2 * names.indexOf('content-length') + 1];
          if (lengths > 0) expect(length).toMatch(/^\d+$/);
          if (codings > 0)
            expect([rawHeaders[2 * names.indexOf('transfer-encoding') + 1]?.toLowerCase(), httpVersion]).toEqual([
              'chunked',
              '1.1',
            ]);
        },
      ),
    LIMIT_MS,
  );
});
