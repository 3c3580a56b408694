import { assert, array, constantFrom, property } from 'fast-check';
import { expect, it } from 'vitest';
import { createPlainSearch, createSearch } from './search.ts';

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
