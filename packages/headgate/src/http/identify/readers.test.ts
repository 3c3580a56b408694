import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../test/gate-of.ts';
import type { IdentitySource } from '../../profile/index.ts';
import { CONFLICT, shown } from './credentials.ts';

/*
 * A credential that the API reads and the gate does not, or reads otherwise, is spent under another's limits. Nobody knows how an
 * API reads: here are many ways at once, each slow and obvious. Whoever finds a credential where the gate found one must find
 * the same; where that cannot be, the request must have been refused.
 */

type Fields = readonly (readonly [name: string, value: string])[];
type Reader = (values: readonly string[]) => string | undefined;
type Place = IdentitySource['places'][number];

const first = (values: readonly string[]): string | undefined => values[0];
const last = (values: readonly string[]): string | undefined => values.at(-1);
const joined = (values: readonly string[]): string | undefined => (values.length === 0 ? undefined : values.join(', '));
const each = (
  pick: readonly ((values: readonly string[]) => string | undefined)[],
  read: (text: string) => string | undefined,
): Reader[] =>
  pick.map((one) => (values) => {
    const text = one(values);
    return text === undefined ? undefined : read(text);
  });

const HEADER: readonly Reader[] = [
  ...each([first, last, joined], (text) => text.trim()),
  ...each([first, joined], (text) => text.split(',')[0]?.trim()),
  ...each([last, joined], (text) => text.split(',').at(-1)?.trim()),
  ...each([joined], (text) => text.trim().split(/\s/)[0]),
];

const BEARER: readonly Reader[] = [
  ...each([first, last, joined], (text) => /^\s*bearer\s+(\S+)/i.exec(text)?.[1]),
  ...each([first, last, joined], (text) => /bearer\s+([^\s,]+)/i.exec(text)?.[1]),
  ...each([first, last, joined], (text) => /^Bearer (.+)$/.exec(text)?.[1]?.trim()),
  ...each([joined], (text) => /.*[\s,]bearer\s+([^\s,]+)/is.exec(` ${text}`)?.[1]),
  ...each([first], (text) => (text.split(' ')[0]?.toLowerCase() === 'bearer' ? text.split(' ').at(-1) : undefined)),
];

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function pairs(text: string, apart: RegExp): (readonly [string, string])[] {
  return text.split(apart).map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

const mangled = (name: string): string =>
  (decode(name.replaceAll('+', ' ')).trimStart().split('[')[0] ?? '').replace(/[ .]/g, '_');
const finds = (all: readonly (readonly [string, string])[], is: (name: string) => boolean): string[] =>
  all.filter(([name]) => is(name)).map(([, value]) => value);

/** All the values that some server takes a query's parameter `k_y` for. */
function ofQuery(search: string): string[] {
  const text = search.slice(1);
  return [
    ...new URLSearchParams(search).getAll('k_y'),
    ...finds(pairs(text, /[&;]/), (name) => decode(name) === 'k_y').map(decode),
    ...finds(pairs(text, /&/), (name) => mangled(name) === 'k_y').map((value) => decode(value.replaceAll('+', ' '))),
    ...finds(pairs(text, /&/), (name) => decode(name).toLowerCase() === 'k_y').map(decode),
    ...finds(pairs(text, /&/), (name) => name === 'k_y').map((value) => decode(value).trim()),
  ];
}

/** All the values that some server takes the cookie `k_y` for; an undecoded one is another spelling, not another session. */
function ofCookies(fields: readonly string[]): string[] {
  const text = fields.join('; ');
  const bare = (value: string): string => decode(value.trim().replace(/^"(.*)"$/, '$1'));
  return [
    ...finds(pairs(text, /;/), (name) => name.trim() === 'k_y').map(bare),
    ...finds(pairs(text, /[;,]/), (name) => name.trim() === 'k_y').map(bare),
    ...finds(pairs(text, /;/), (name) => mangled(name.trim()) === 'k_y').map((value) =>
      bare(value.replaceAll('+', '+')),
    ),
    ...finds(pairs(text, /;/), (name) => name.trim() === 'k_y').map((value) => bare(value).split(/[\s,]/)[0] ?? ''),
  ];
}

const place = (where: Place['in'], name = ''): Place => ({ in: where, name, prefix: '' });
const key = fc.constantFrom('a', 'b', 'ab');

function check(found: ReturnType<typeof shown>, others: readonly (string | undefined)[]): boolean {
  if (typeof found !== 'string' || found === '') return true; // nobody, refused, or wrong
  return others.every((other) => other === undefined || other === '' || other === found);
}

/** What disproves it, if anything does. */
const verdict = <T>(property: fc.IProperty<T>): T | null => fc.check(property, { numRuns: 6000 }).counterexample;

describe('a credential that the gate reads is the one that any API reads', () => {
  const text = (...pieces: readonly string[]): fc.Arbitrary<string> =>
    fc.array(fc.oneof(key, fc.constantFrom(...pieces)), { maxLength: 6 }).map((all) => all.join(''));
  // Spaces around a value are not part of it (RFC 9110 5.5): any parser has taken them off.
  const fieldsOf = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Fields> =>
    fc
      .array(value, { maxLength: 2 })
      .map((values) => values.map((one) => [name, one.replace(/^[ \t]+|[ \t]+$/g, '')] as const));

  it('in a header', () => {
    const value = text(',', ' ', '\t', ', ', '\u00a0', '\u0085');
    const property = fc.property(fieldsOf('X-Key', value), (fields) =>
      check(
        shown(viewOf({ fields }), [place('header', 'x-key')], ''),
        HEADER.map((read) => read(fields.map(([, one]) => one))),
      ),
    );
    expect(verdict(property)).toBeNull();
  });

  it('as a bearer', () => {
    const value = text('Bearer ', 'bearer  ', 'BEARER\t', 'Basic ', ', ', ' ', 'Bearer', '"');
    const property = fc.property(fieldsOf('Authorization', value), (fields) =>
      check(
        shown(viewOf({ fields }), [place('bearer')], ''),
        BEARER.map((read) => read(fields.map(([, one]) => one))),
      ),
    );
    expect(verdict(property)).toBeNull();
  });

  it('in a query', () => {
    const value = text(
      'k_y=',
      'K_Y=',
      'k.y=',
      'k%5Fy=',
      '+k_y=',
      'k_y[]=',
      '&',
      ';',
      '+',
      '%20',
      '%2B',
      '%61',
      '=',
      '%zz',
      'x=',
    );
    const property = fc.property(value, (search) =>
      check(shown(viewOf({ fields: [] }), [place('query', 'k_y')], `?${search}`), ofQuery(`?${search}`)),
    );
    expect(verdict(property)).toBeNull();
  });

  it('in a cookie', () => {
    const value = text('k_y=', 'k.y=', 'k%5Fy=', 'k_y[]=', '; ', ';', ', ', ',', '"', '%20', '%61', '=', ' ', 'x=');
    const property = fc.property(fieldsOf('Cookie', value), (fields) =>
      check(shown(viewOf({ fields }), [place('cookie', 'k_y')], ''), ofCookies(fields.map(([, one]) => one))),
    );
    expect(verdict(property)).toBeNull();
  });

  it('in two places', () => {
    const property = fc.property(
      fieldsOf('X-Key', key),
      fieldsOf(
        'Authorization',
        key.map((one) => `Bearer ${one}`),
      ),
      fc.boolean(),
      (one, two, query) => {
        const search = query ? '?k_y=a' : '';
        const found = shown(
          viewOf({ fields: [...one, ...two] }),
          [place('header', 'x-key'), place('bearer'), place('query', 'k_y')],
          search,
        );
        const showings = one.length + two.length + (query ? 1 : 0);
        return (found === CONFLICT) === showings > 1 && (found === undefined) === (showings === 0);
      },
    );
    expect(verdict(property)).toBeNull();
  });
});
