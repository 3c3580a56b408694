import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import {
  bareItem,
  integer,
  MAX_INTEGER,
  member,
  members,
  parameter,
  sfString,
  type BareItem,
} from '../../../src/http/respond/structured.ts';

type Bare = string | number | boolean | { readonly __type: 'binary' | 'token'; readonly value: string };
type Item = readonly [Bare, readonly (readonly [string, Bare])[]];
interface Case {
  readonly name: string;
  readonly file: string;
  readonly type: 'item' | 'list' | 'dictionary';
  readonly expected: Item | readonly Item[] | readonly (readonly [string, Item])[];
  readonly canonical: readonly string[] | null;
  readonly raw?: readonly string[];
}

const { cases } = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as {
  cases: readonly Case[]; // a file of our own
};

/** Base32 (RFC 4648 6), in which the cases write bytes. */
function base32(text: string): Uint8Array {
  const bits = Array.from(text.replaceAll('=', ''))
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('');
  return Uint8Array.from({ length: Math.floor(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2),
  );
}

/** JSON does not tell 1 from 1.0: a case that is written with a point is of decimals. */
function bareOf(value: Bare, { canonical, name }: Case): BareItem {
  if (typeof value === 'object') return value.__type === 'token' ? { token: value.value } : base32(value.value);
  const isDecimal = name.includes('decimal') || (canonical ?? []).some((text) => /\d\.\d/.test(text));
  return typeof value === 'number' && (isDecimal || !Number.isInteger(value)) ? { decimal: value } : value;
}

function itemOf([value, parameters]: Item, of: Case): string {
  return bareItem(bareOf(value, of)) + parameters.map(([key, each]) => parameter(key, bareOf(each, of))).join('');
}

function written(of: Case): string {
  if (of.type === 'item') return itemOf(of.expected as Item, of); // what each type holds is said in the README
  if (of.type === 'list') return members((of.expected as readonly Item[]).map((each) => itemOf(each, of)));
  return members(
    (of.expected as readonly (readonly [string, Item])[]).map(([key, [value, parameters]]) =>
      value === true && parameters.length > 0
        ? key + parameters.map(([name, each]) => parameter(name, bareOf(each, of))).join('')
        : member(key, bareOf(value, of)) + parameters.map(([name, each]) => parameter(name, bareOf(each, of))).join(''),
    ),
  );
}

/** A list as an independent parser reads it. */
function read(text: string): readonly (readonly [unknown, ReadonlyMap<string, unknown>])[] {
  return parseList(text);
}

function nearest(given: number): number {
  const most = Number.isInteger(given) ? MAX_INTEGER : 999_999_999_999.999;
  return Math.sign(given) * most;
}

const valid = cases.filter(({ canonical }) => canonical !== null);
const invalid = cases.filter(({ canonical }) => canonical === null);

describe('a structured field', () => {
  it('is checked against the public cases', () => {
    expect([valid.length, invalid.length]).toEqual([79, 37]);
  });

  it.each(valid.map((one) => [`${one.file}: ${one.name}`, one] as const))('is written canonically: %s', (_, one) => {
    expect(written(one)).toBe(one.canonical?.join(', ') ?? '');
  });

  it.each(invalid.map((one) => [`${one.file}: ${one.name}`, one] as const))(
    'is the nearest that can be read, where none may be written: %s',
    (_, one) => {
      const [given] = one.expected as Item; // all of these are items
      const [value] = read(written(one))[0] ?? [];
      expect(value).toBe(typeof given === 'string' ? '?' : nearest(Number(given)));
    },
  );

  it('is read again as what it was, whatever the names and numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.double(), fc.uint8Array()), { minLength: 1 }),
        (list) => {
          const text = members(
            list.map(([name, n, bytes]) => sfString(name) + parameter('r', n) + parameter('pk', bytes)),
          );
          const items = read(text);
          expect(items.map(([name]) => name)).toEqual(list.map(([name]) => name.replace(/[^\u0020-\u007e]/g, '?')));
          for (const [i, [, parameters]] of items.entries()) {
            expect(Math.abs(Number(parameters.get('r')))).toBeLessThanOrEqual(MAX_INTEGER);
            expect(parameters.get('pk')).toEqual(list[i]?.[2].buffer.slice(0));
          }
        },
      ),
    );
  });

  it('keeps to the lengths that every receiver must take', () => {
    expect(sfString('"'.repeat(1_000_000)).length).toBe(2 * 1024 + 2);
    expect([2 ** 53, -(2 ** 60), 1.9, Number.POSITIVE_INFINITY].map(integer)).toEqual([
      '999999999999999',
      '-999999999999999',
      '1',
      '999999999999999',
    ]);
  });
});
