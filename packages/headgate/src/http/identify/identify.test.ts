import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IdentitySource } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';
import { outsideOf } from '../outside.ts';
import { createIdentify, type Identified } from './identify.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function request(fields: readonly (readonly [string, string])[], peer = '192.0.2.1'): RequestView {
  const values = (name: string): string[] =>
    fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
  return {
    id: 'r1',
    method: 'GET',
    target: '/',
    scheme: 'http',
    peer,
    header: (name) => values(name)[0],
    headers: values,
    fields: () => fields.flat(),
  };
}

const KEY: IdentitySource = {
  name: 'key',
  from: 'anyone',
  places: [
    { in: 'header', name: 'x-api-key', prefix: '' },
    { in: 'bearer', name: '', prefix: '' },
  ],
  find: { is: 'any' },
  attributes: [],
};
const clock = { wallMs: () => 0, monotonicMs: () => 0 };

function identify(
  sources: readonly IdentitySource[],
  fields: readonly (readonly [string, string])[],
  more: { anonymous?: boolean; search?: string; trusted?: boolean } = {},
): Identified {
  const policy = { identify: sources, anonymous: more.anonymous ?? false };
  const find = createIdentify({ policy, sha256, salt: 'salt', clock, outside: outsideOf({}), finders: {} });
  const origin = { address: '192.0.2.1', trusted: more.trusted ?? false };
  const found = find(request(fields), more.search ?? '', origin, () => undefined);
  if (found instanceof Promise) throw new Error('nobody had to wait');
  return found;
}

function keyOf(found: Identified): unknown {
  return found.is === 'subject' ? (found.subject['key'] ?? found.subject.auth) : found.is;
}

describe('who asks', () => {
  it('is found in a header or as a bearer, and is the same subject', () => {
    expect(keyOf(identify([KEY], [['X-API-Key', 'abc']]))).toBe('abc');
    expect(keyOf(identify([KEY], [['Authorization', 'bEaReR  abc ']]))).toBe('abc');
  });

  it('is refused when a credential is shown twice, be it the same one', () => {
    const twice = [
      ['X-API-Key', 'abc'],
      ['Authorization', 'Bearer abc'],
    ] as const;
    expect(keyOf(identify([KEY], twice))).toBe('conflict');
    expect(keyOf(identify([KEY], [twice[0], twice[0]]))).toBe('conflict');
    expect(keyOf(identify([KEY], [twice[1], twice[1]]))).toBe('conflict');
    expect(keyOf(identify([KEY], [twice[1], ['authorization', 'Basic eDp5']]))).toBe('conflict');
  });

  it.each([
    ['X-API-Key', 'abc, def'],
    ['X-API-Key', 'abc,abc'],
    ['X-API-Key', 'abc def'],
    ['X-API-Key', 'abc\tdef'],
    ['X-API-Key', 'abc\u00a0'],
    ['X-API-Key', '\u0085abc'],
    ['Authorization', 'Bearer abc, Bearer def'],
    ['Authorization', 'Bearer abc def'],
    ['Authorization', 'Bearer abc\tdef'],
    ['Authorization', 'Bearer "abc"'],
    ['Authorization', 'Basic eDp5, Bearer abc'],
    ['Authorization', 'Negotiate x Bearer abc'],
    ['Authorization', 'Bearer abc\u00e9'],
  ] as const)('is refused where two readers would read two credentials: %s: %j', (name, value) => {
    expect(keyOf(identify([KEY], [[name, value]]))).toBe('conflict');
  });

  it('is refused when two different credentials are shown', () => {
    expect(
      keyOf(
        identify(
          [KEY],
          [
            ['X-API-Key', 'abc'],
            ['Authorization', 'Bearer def'],
          ],
        ),
      ),
    ).toBe('conflict');
    expect(
      keyOf(
        identify(
          [KEY],
          [
            ['X-API-Key', 'abc'],
            ['x-api-key', 'def'],
          ],
        ),
      ),
    ).toBe('conflict');
    expect(
      keyOf(
        identify(
          [KEY],
          [
            ['Authorization', 'Bearer a'],
            ['Authorization', 'Bearer b'],
          ],
        ),
      ),
    ).toBe('conflict');
  });

  it.each(['Bearer\tdef', 'Bearer \t def', 'bearer\u00a0def'])(
    'finds a bearer behind whatever a lenient API takes for a space, so that it cannot hide behind another key (%j)',
    (authorization) => {
      expect(keyOf(identify([KEY], [['Authorization', authorization]]))).toBe('def');
      const both = [
        ['X-API-Key', 'abc'],
        ['Authorization', authorization],
      ] as const;
      expect(keyOf(identify([KEY], both))).toBe('conflict');
    },
  );

  it('is nobody without a credential, unless anonymous callers are let in', () => {
    expect(keyOf(identify([KEY], []))).toBe('missing');
    expect(keyOf(identify([KEY], [['Authorization', 'Basic eDp5']]))).toBe('missing');
    expect(keyOf(identify([KEY], [], { anonymous: true }))).toBe('anonymous');
  });

  it.each([[['X-API-Key', '']], [['X-API-Key', '   ']], [['Authorization', 'Bearer']], [['Authorization', 'Bearer ']]])(
    'is wrong, not absent, with an empty credential (%j)',
    (field) => {
      expect(keyOf(identify([KEY], [field as [string, string]], { anonymous: true }))).toBe('wrong');
    },
  );

  it('knows listed keys, plain or hashed, and gives them their attributes', () => {
    const listed: IdentitySource = {
      ...KEY,
      find: {
        is: 'keys',
        keys: [
          { key: 'plain', attributes: { plan: 'free' } },
          { key: `sha256:${sha256('secret').toUpperCase()}`, attributes: { plan: 'pro', account: 'a1' } },
        ],
      },
    };
    expect(identify([listed], [['X-API-Key', 'secret']])).toEqual({
      is: 'subject',
      subject: { auth: 'key', key: 'secret', plan: 'pro', account: 'a1', address: '192.0.2.1' },
    });
    expect(identify([listed], [['X-API-Key', 'plain']])).toMatchObject({ subject: { plan: 'free' } });
    expect(keyOf(identify([listed], [['X-API-Key', 'other']]))).toBe('wrong');
    expect(keyOf(identify([listed], [['X-API-Key', `sha256:${sha256('secret')}`]]))).toBe('wrong');
    expect(keyOf(identify([listed], [['X-API-Key', sha256('secret')]]))).toBe('wrong');
  });

  it('stops at the first source that is present, even when it is wrong and the next would know the caller', () => {
    const listed: IdentitySource = { ...KEY, name: 'first', find: { is: 'keys', keys: [] } };
    const second: IdentitySource = { ...KEY, places: [{ in: 'cookie', name: 'sid', prefix: '' }] };
    expect(
      keyOf(
        identify(
          [listed, second],
          [
            ['X-API-Key', 'x'],
            ['Cookie', 'sid=abc'],
          ],
        ),
      ),
    ).toBe('wrong');
    expect(keyOf(identify([listed, second], [['Cookie', 'a=b; sid=abc; c=d']]))).toBe('abc');
  });

  it('passes by a source whose prefix the credential lacks', () => {
    const prefixed: IdentitySource = { ...KEY, name: 'app', places: [{ in: 'bearer', name: '', prefix: 'ghs_' }] };
    expect(keyOf(identify([prefixed, KEY], [['Authorization', 'Bearer ghp_1']]))).toBe('ghp_1');
    expect(identify([prefixed, KEY], [['Authorization', 'Bearer ghs_1']])).toMatchObject({
      subject: { auth: 'app', app: 'ghs_1' },
    });
  });

  it('reads Basic as user and password, or the user alone, and takes what it cannot read as wrong', () => {
    const basic: IdentitySource = { ...KEY, places: [{ in: 'basic', name: '', prefix: '' }] };
    expect(keyOf(identify([basic], [['Authorization', `Basic ${btoa('key123:')}`]]))).toBe('key123');
    expect(keyOf(identify([basic], [['Authorization', `Basic ${btoa('u:p')}`]]))).toBe('u:p');
    expect(keyOf(identify([basic], [['Authorization', 'Basic %%%']]))).toBe('wrong');
  });

  it('reads a query parameter, and refuses two that differ', () => {
    const query: IdentitySource = { ...KEY, places: [{ in: 'query', name: 'api_key', prefix: '' }] };
    expect(keyOf(identify([query], [], { search: '?a=1&api_key=x%2By' }))).toBe('x+y');
    expect(keyOf(identify([query], [], { search: '?api_key=x&api_key=y' }))).toBe('conflict');
    expect(keyOf(identify([query], [], { search: '?api_key=&a=1' }))).toBe('wrong');
    expect(keyOf(identify([query], [], { search: '?xapi_key=x' }))).toBe('missing');
  });

  it.each([
    '?api_key=x&api_key=x',
    '?api_key=x&API_KEY=y',
    '?API_KEY=x',
    '?api%5Fkey=x&api_key=y',
    '?api.key=x',
    '?api+key=x',
    '?%20api_key=x',
    '?api_key[]=x',
    '?a=1;api_key=x',
    '?api_key=x;b=1',
    '?api_key=x%3Bb',
    '?api_key=x+y',
    '?api_key=x%20',
    '?api_key=%FF',
    '?api_key=x%0d%0a',
    '?api_key=x,y',
  ])('refuses a query that servers read in more than one way: %s', (search) => {
    const query: IdentitySource = { ...KEY, places: [{ in: 'query', name: 'api_key', prefix: '' }] };
    expect(keyOf(identify([query], [], { search }))).toBe('conflict');
  });

  it('reads a cookie unquoted and unescaped, so that it has one spelling; two that agree are one', () => {
    const cookie: IdentitySource = { ...KEY, places: [{ in: 'cookie', name: 'sid', prefix: '' }] };
    const of = (...values: string[]): unknown =>
      keyOf(
        identify(
          [cookie],
          values.map((value) => ['Cookie', value] as const),
        ),
      );
    expect([of('sid=a%3Ab'), of('sid="a:b"'), of('sid=a:b'), of('sid=%61:b; sid=a:b')]).toEqual(Array(4).fill('a:b'));
    expect([of('a=1', 'sid=x'), of('SID=x'), of('xsid=x')]).toEqual(['x', 'missing', 'missing']);
    const unclear = ['sid=a; sid=b', 'sid=a, b', 'a=1, sid=x', 'si%64=x', 'sid[]=x', 'sid=a b', 'sid=a%20b'];
    expect(unclear.map((value) => of(value))).toEqual(Array(unclear.length).fill('conflict'));
    expect(of('sid=a', 'sid=b')).toBe('conflict');
  });

  it('is a proxy’s word only where a proxy says it; from anybody else it is as if it were not there', () => {
    const user: IdentitySource = {
      ...KEY,
      name: 'user',
      from: 'proxy',
      places: [{ in: 'header', name: 'x-user-id', prefix: '' }],
    };
    const said = [['X-User-Id', 'Zoë Smith']] as const;
    expect(keyOf(identify([user], said, { anonymous: true }))).toBe('anonymous');
    expect(identify([user], said, { anonymous: true, trusted: true })).toMatchObject({
      subject: { auth: 'user', user: 'Zoë Smith' },
    });
    expect(keyOf(identify([user, KEY], [...said, ['X-API-Key', 'k']]))).toBe('k');
    expect(keyOf(identify([user], [...said, ['x-user-id', 'admin']], { trusted: true }))).toBe('conflict');
    expect(keyOf(identify([user], [['X-User-Id', 'a, b']], { trusted: true }))).toBe('conflict');
    expect(keyOf(identify([user], [['X-User-Id', '']], { trusted: true, anonymous: true }))).toBe('wrong');
  });

  it('bounds what a credential adds to a store, and lets no credential pass for another’s hash', () => {
    const long = 'k'.repeat(5000);
    expect(keyOf(identify([KEY], [['X-API-Key', long]]))).toBe(`#${sha256(long)}`);
    expect(keyOf(identify([KEY], [['X-API-Key', `#${sha256(long)}`]]))).not.toBe(`#${sha256(long)}`);
  });
});
