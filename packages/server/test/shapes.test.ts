import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Connection } from '../src/gateway/http1/connections.ts';

const NAMES = ['Host', 'host', 'HOST', 'Content-Length', 'Transfer-Encoding', 'Expect', 'Accept', 'X-Key'];
const field = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('a', '5', 'chunked'));
const heads = fc.array(
  fc.array(field, { maxLength: 4 }).map((fields) => fields.flat()),
  { minLength: 1, maxLength: 8 },
);
const FRAMING = new Set(['content-length', 'transfer-encoding', 'expect']);

function connection(): Connection {
  const visitor = { network: '127.0.0.1', isBounded: false, connections: 1, underWay: 0 };
  return new Connection(new PassThrough(), { address: '127.0.0.1', visitor });
}

it('tells of each request what its own names tell, whatever came before it on its connection', () => {
  fc.assert(
    fc.property(heads, (all) => {
      const one = connection();
      for (const raw of all) {
        const names = raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
        const hosts = names.flatMap((name, i) => (name === 'host' ? [i] : []));
        const isPlain = hosts.length === 1 && !names.some((name) => FRAMING.has(name));
        const { names: told, plainHostAt } = one.shapeOf(raw);
        expect([told, plainHostAt]).toEqual([names, isPlain ? hosts[0] : -1]);
      }
    }),
  );
});

it.each([
  ['of the same names', ['Host', 'a', 'X-Key', 'one'], ['Host', 'b', 'X-Key', 'two'], true],
  ['of the same names in another spelling', ['Host', 'a'], ['host', 'a'], false],
  ['of more fields than are kept', Array<string>(66).fill('X'), Array<string>(66).fill('X'), false],
  ['of longer names than are kept', ['X'.repeat(1025), ''], ['X'.repeat(1025), ''], false],
])('works the next head out anew unless it is the last one again: one %s', (_, first, second, isKept) => {
  const one = connection();
  expect(one.shapeOf(first) === one.shapeOf(second)).toBe(isKept);
});
