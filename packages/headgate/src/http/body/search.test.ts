import { assert, array, constantFrom, property } from 'fast-check';
import { expect, it } from 'vitest';
import { createPlainSearch, createSearch } from './search.ts';
import { createSkippingSearch } from './skipping.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

it.each([
  ['with buffers of the platform', createSearch],
  ['without', createPlainSearch],
])('finds what a text finds, %s', (_, create) => {
  const text = array(constantFrom('\r', '\n', '-', 'a', 'b', '\r\n--ab'), { maxLength: 30 }).map((all) => all.join(''));
  assert(
    property(text, constantFrom('\r\n--ab', '\r\n--a', '\r\n\r\n'), (given, sought) => {
      const find = create(bytesOf(sought));
      for (let from = 0; from <= given.length; from++)
        expect(find(bytesOf(given), from)).toBe(given.indexOf(sought, from));
    }),
  );
});

const LONG = ['\r\n----aabbaabb', '\r\n--------------ab', '\r\n--abababababababab', '\r\n--0123456789abcdef0123456789'];

it.each(LONG)('finds what a text finds, and passes over the rest: %j', (sought) => {
  const piece = constantFrom(
    '\r',
    '\n',
    '-',
    'a',
    'b',
    'ab',
    '--',
    sought,
    sought.slice(1),
    sought.slice(0, -1),
    '\0'.repeat(90),
  );
  const text = array(piece, { maxLength: 30 }).map((all) => all.join(''));
  const find = createSkippingSearch(bytesOf(sought), createPlainSearch(bytesOf(sought)));
  assert(
    property(text, (given) => {
      const bytes = bytesOf(given);
      for (let from = 0; from <= given.length; from += 1 + (from >> 5))
        expect(find(bytes, from)).toBe(given.indexOf(sought, from));
    }),
    { numRuns: 300 },
  );
});

it('leaves what resembles a delimiter again and again to the other search', () => {
  const find = createSkippingSearch(bytesOf('\r\n------------'), () => 7);
  expect(find(new Uint8Array(4096).fill(45), 0)).toBe(7);
  expect(find(new Uint8Array(4096), 0)).toBe(-1);
});
