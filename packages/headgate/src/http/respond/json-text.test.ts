import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putAt } from './json-text.ts';

describe('a value put into a JSON text', () => {
  it.each<[string, string[], string | undefined]>([
    ['{}', ['a'], '{"a":1}'],
    ['{ "b" : 2 }', ['a'], '{"a":1, "b" : 2 }'],
    ['{"a":2,"b":3}', ['a'], '{"a":1,"b":3}'],
    ['{"a":{"x":[1,"}"]},"b":3}', ['b'], '{"a":{"x":[1,"}"]},"b":1}'],
    ['{"a":0,"a":0}', ['a'], '{"a":0,"a":1}'],
    ['{"\\u0061":0}', ['a'], '{"\\u0061":1}'],
    ['{"id":12345678901234567890,"x":1.0}', ['a', 'b'], '{"a":{"b":1},"id":12345678901234567890,"x":1.0}'],
    ['{"a":{"c":[]}}', ['a', 'b'], '{"a":{"b":1,"c":[]}}'],
    ['[]', ['-'], '[1]'],
    ['[ {"a":"]"} , 2 ]', ['-', 'x'], '[ {"a":"]"} , 2,{"x":1} ]'],
    ['[5,6]', ['1'], '[5,1]'],
    ['{}', ['a', '-', 'b'], '{"a":[{"b":1}]}'],
    ['{}', ['__proto__', 'x'], '{"__proto__":{"x":1}}'],
    ['{"":0}', [''], '{"":1}'],
    ['{}', ['a"\\\n'], '{"a\\"\\\\\\n":1}'],
    ['[5]', ['1'], undefined],
    ['[5]', ['00'], undefined],
    ['[5]', ['constructor'], undefined],
    ['"text"', ['a'], undefined],
    ['{"a":null}', ['a', 'b'], undefined],
    ['{"a":"{"}', ['a', 'b'], undefined],
  ])('%s at %j is %s', (text, tokens, changed) => {
    expect(putAt(text, tokens, '1')).toBe(changed);
  });

  it('changes nothing else, whatever the text', () => {
    const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', '0', '-', ''), fc.string());
    fc.assert(
      fc.property(
        fc.json(),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0, 1, 2),
        (json, at, pad) => {
          const text = JSON.stringify(JSON.parse(json), null, pad);
          const changed = putAt(text, at, '"put"');
          if (changed === undefined) return;
          const [was, is] = [JSON.parse(text) as unknown, JSON.parse(changed) as unknown];
          expect(is).toEqual(expected(was, at));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes texts of half a megabyte, of escapes too', () => {
    for (const text of ['x', '\\"', '\\\\', '\\u0041'].map((part) => `"${part.repeat(250_000)}"`))
      expect(putAt(`{"x":${text},"a":${text}}`, ['a'], '1')).toBe(`{"x":${text},"a":1}`);
  });

  it('takes text that is nested deep', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(putAt(`{"x":${deep},"a":2}`, ['a'], '1')).toBe(`{"x":${deep},"a":1}`);
  });
});

/** The slow, obvious way. */
function expected(value: unknown, [token = '', ...rest]: readonly string[]): unknown {
  const below = (inner: unknown): unknown => (rest.length === 0 ? 'put' : expected(inner ?? made(rest), rest));
  if (Array.isArray(value))
    return token === '-'
      ? [...(value as unknown[]), below(undefined)]
      : value.map((each: unknown, i) => (String(i) === token ? below(each) : each));
  const entries = Object.entries(value as object); // nothing else lets it be written
  const had = entries.some(([name]) => name === token);
  const changed = entries.map(([name, each]) => [name, name === token ? below(each) : each] as const);
  return Object.fromEntries(had ? changed : [...changed, [token, below(undefined)]]);
}

function made([token]: readonly string[]): unknown {
  return token === '-' ? [] : {};
}
