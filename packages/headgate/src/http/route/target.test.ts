import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathRules } from '../../profile/index.ts';
import { PATHS } from '../../../test/policy-of.ts';
import { readTarget, type Target } from './target.ts';

function read(
  target: string,
  rules: Partial<PathRules> = {},
  hosts = ['api.example'],
  scheme: 'http' | 'https' = 'http',
): Target | { bad: string } {
  const view = { target, scheme, headers: (name: string) => (name === 'host' ? hosts : []) };
  return readTarget(view, { ...PATHS, ...rules });
}

function pathOf(raw: string, rules: Partial<PathRules> = {}): string {
  const target = read(raw, rules);
  return 'bad' in target ? `refused: ${target.bad}` : target.path + target.search;
}

describe('the normal form of a request target', () => {
  it.each([
    ['/a/b', '/a/b'],
    ['/a/b?x=%zz/../', '/a/b?x=%zz/../'],
    ['/a//b///c', '/a/b/c'],
    ['//evil.example/a', '/evil.example/a'],
    ['/a/./b/../c', '/a/c'],
    ['/a/%2e%2E/b', '/b'],
    ['/%2e./../../etc', '/etc'],
    ['/%61dmin', '/admin'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a b', 'refused: the path has a character that no URL may have'],
    ['/a|b', '/a%7Cb'],
    ['/a%7cb', '/a%7Cb'],
    ['/user%40example.com', '/user@example.com'],
    ['/a/', '/a/'],
    ['/a/b/..', '/a/'],
    ['/..', '/'],
    ['/', '/'],
    ['http://api.example/a/../b?c', '/b?c'],
    ['http://api.example?c', '/?c'],
    ['HTTP://API.example:80/a', '/a'],
  ])('reads %s as %s', (raw, normal) => {
    expect(pathOf(raw)).toBe(normal);
  });

  it.each([
    '*',
    '',
    'a/b',
    'api.example:443',
    'ftp://x/y',
    '/a%',
    '/a%0',
    '/a%zz',
    '/a%00b',
    '/a%0d%0ab',
    '/a\\b',
    '/a%5cb',
    '/a#b',
    '/a%ff',
    '/a%c0%ae',
    '/a%2fb',
    '/a?x y',
    '/é',
    // An escape in an escape, however it is spelt.
    '/a%252e%252e/b',
    '/a%25%32%65/b',
    '/%2569tems',
    '/a%25252fb',
    '/a%25%36%31',
    // Parameters, and dots that show once they are gone.
    '/v1;x/items',
    '/v1%3bx/items',
    '/v1%3Bx/items',
    '/..;/admin',
    '/.;x/a',
    '/;x/a',
    // What is no dot segment to some, and is to others.
    '/.../a',
    '/..%2e/../../etc',
    '/a/..../',
    '/a/%2e%2e%2e/b',
    // Overlong and other forms of UTF-8 that some decoders take.
    '/%c0%2e',
    '/%e0%80%ae',
    '/%f0%80%80%ae',
    '/%c1%9c',
    '/%ed%a0%80',
    '/%u002e',
    '/a\u007fb',
    // Not a path of this host.
    'http://evil.example/a',
    'http://api.example:81/a',
    'http://api.example:443/a',
    'http://u@api.example/a',
    'http://api.example./a',
    'https://api.example/a',
    'http:///a',
    'http:/a',
    'http://',
    '//api.example\\a',
  ])('refuses %j', (raw) => {
    expect(pathOf(raw)).toMatch(/^refused: /);
  });

  it('keeps an escaped slash for an upstream that keeps it apart, but never one that hides dots', () => {
    expect(pathOf('/a%2fb', { encodedSlash: 'keep' })).toBe('/a%2Fb');
    expect(pathOf('/a%2f..%2fb', { encodedSlash: 'keep' })).toMatch(/^refused: /);
    expect(pathOf('/a%2f%2e%2e/b', { encodedSlash: 'keep' })).toMatch(/^refused: /);
  });

  it('drops parameters from what is matched and counted where the API does, and forwards them', () => {
    expect(read('/v1;a=1/items;b/7;c=%2e', { params: 'ignore' })).toEqual({
      path: '/v1/items/7',
      forward: '/v1;a=1/items;b/7;c=.',
      search: '',
    });
    expect(pathOf('/a;x/', { params: 'ignore' })).toBe('/a/');
  });

  it.each(['/a/..;/b', '/a/.;x', '/;/b', '/%2e%2e;/b', '/a%3bb', '/...;x'])(
    'refuses %j even so: what dots show once parameters are gone is read in two ways',
    (path) => {
      expect(pathOf(path, { params: 'ignore' })).toMatch(/^refused: /);
    },
  );

  it('keeps parameters, and escapes in escapes, for an API that takes them for letters', () => {
    expect(pathOf('/v1;x/a%3bb', { params: 'keep' })).toBe('/v1;x/a%3Bb');
    expect(pathOf('/a%252fb', { doubleEscape: 'keep' })).toBe('/a%252fb');
  });

  it('counts in small letters what an API reads in any case, and forwards it as it came', () => {
    expect(read('/Files/%C3%89/A%2DB', { case: 'insensitive' })).toEqual({
      path: '/files/%C3%89/a-b',
      forward: '/Files/%C3%89/A-B',
      search: '',
    });
  });

  it.each([
    ['http://api.example/a', ['API.EXAMPLE:80'], 'http'],
    ['https://api.example:443/a', ['api.example'], 'https'],
    ['http://[2001:DB8::1]:8080/a', ['[2001:db8::1]:8080'], 'http'],
    ['http://api.example:/a', ['api.example'], 'http'],
  ] as const)('takes %s with Host %j over %s for /a', (target, hosts, scheme) => {
    expect(read(target, {}, [...hosts], scheme)).toMatchObject({ forward: '/a' });
  });

  it.each([[[]], [['api.example', 'api.example']], [['']]])('refuses an absolute target with the hosts %j', (hosts) => {
    expect(read('http://api.example/a', {}, hosts)).toHaveProperty('bad');
  });

  it('is a fixed point: reading it again changes nothing', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '%2e',
      '.',
      '..',
      '/',
      '//',
      '%41',
      '%c3%a9',
      '%3b',
      ';',
      '|',
      '~',
      '%25',
      '%40',
      '%20',
    );
    const same = fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const first = pathOf(`/${pieces.join('')}`);
      return first.startsWith('refused') || pathOf(first) === first;
    });
    expect(fc.check(same)).toMatchObject({ failed: false });
  });

  it('never leaves a dot segment or an empty one before the end', () => {
    const clean = fc.property(fc.stringMatching(/^[a./%2eE]{0,24}$/), (text) => {
      const path = pathOf(`/${text}`);
      const [last = '', ...before] = path.slice(1).split('/').toReversed();
      return path.startsWith('refused') || (!before.some((part) => /^\.{0,2}$/.test(part)) && !/^\.\.?$/.test(last));
    });
    expect(fc.check(clean)).toMatchObject({ failed: false });
  });
});
