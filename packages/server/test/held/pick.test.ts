import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotJson } from '../../src/gateway/passing.ts';
import { pick, wantedOf, type Wanted } from '../../src/gateway/pick.ts';

const NAMES = ['id', 'usage', 'total_tokens', 'a', 'message_usage'];
/** Texts that look like what is searched for, and like the ends of what is passed over. */
const TEXTS = ['"usage":1', '\\"usage\\":', '\\', '\\\\"', '}', ']},', '{"id":', 'usage"', 'x'.repeat(100), 'é"', ''];

const { value } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  object: fc.dictionary(fc.constantFrom(...NAMES, ...TEXTS), tie('value'), { maxKeys: 5 }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(0, -1.5, 1e300, null, true, false, ...TEXTS, ...NAMES),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
}));
const indent = fc.constantFrom('', ' ', '\t', '\r\n ');

function wanted(...names: readonly string[]): readonly Wanted[] {
  const found = wantedOf(names);
  if (found === undefined) throw new Error('they are plain');
  return found;
}

function picked(text: string, ...names: readonly string[]): unknown {
  return JSON.parse(pick(Buffer.from(text), wanted(...names)));
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

const isObject = (one: unknown): one is Record<string, unknown> =>
  typeof one === 'object' && one !== null && !Array.isArray(one);

describe('members that are picked from a JSON text', () => {
  it('are those that reading all of it would find', () => {
    fc.assert(
      fc.property(value, indent, fc.subarray(NAMES), (one, space, names) => {
        const text = JSON.stringify(one, undefined, space);
        const all = JSON.parse(text) as unknown;
        const members = isObject(all)
          ? Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]))
          : all;
        expect(picked(text, ...names)).toEqual(members);
      }),
      { numRuns: 3000 },
    );
  });

  it('are found among many of the same name within them', () => {
    const items = Array.from({ length: 100 }, (_, i) => ({ id: i, usage: { id: i } }));
    const text = JSON.stringify({ before: items, id: 'it', usage: 3, after: items });
    expect(picked(text, 'id', 'usage')).toEqual({ id: 'it', usage: 3 });
  });

  it.each<[what: string, text: string]>([
    ['nothing closes it', '{"id":1'],
    ['it goes on behind its end', '{"id":1} x'],
    ['its value is none', '{"id":NaN}'],
    ['its value is missing', '{"id":}'],
    ['its value breaks off', '{"id":"x}'],
  ])('are none where %s', (_, text) => {
    expect(() => picked(text, 'id')).toThrow(/^$|JSON/);
  });

  it('come to an end, whatever the text is', () => {
    const pieces = fc.array(fc.constantFrom(...TEXTS, '"', ':', ',', '{', '}', '[', ']', '"id"', '"id":', ' ', '1'));
    fc.assert(
      fc.property(pieces, (all) => {
        const error = thrownBy(() => picked(`{${all.join('')}}`, 'id', 'usage'));
        expect(error === undefined || error instanceof NotJson || error instanceof SyntaxError).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('are not searched for by names that a text may well write with escapes', () => {
    expect([wantedOf(['é']), wantedOf(['id', 'a"b']), wantedOf([''])]).toEqual([undefined, undefined, undefined]);
  });
});
