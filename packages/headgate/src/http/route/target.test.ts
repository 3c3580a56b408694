import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget, type TargetRules } from './target.ts';

const REFUSE: TargetRules = { encodedSlash: 'refuse' };

function pathOf(raw: string, rules = REFUSE): string {
  const target = readTarget(raw, rules);
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
    ['/..%2e/../../etc', '/etc'],
    ['/%61dmin', '/admin'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a%252e%252e/b', '/a%252e%252e/b'],
    ['/a b', 'refused: the path has a character that no URL may have'],
    ['/a|b', '/a%7Cb'],
    ['/a%7cb', '/a%7Cb'],
    ['/user%40example.com', '/user@example.com'],
    ['/a%3bb', '/a%3Bb'],
    ['/a/', '/a/'],
    ['/a/b/..', '/a/'],
    ['/..', '/'],
    ['/', '/'],
    ['http://api.example/a/../b?c', '/b?c'],
    ['http://api.example?c', '/?c'],
    ['HTTPS://u@api.example:1/a', '/a'],
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
  ])('refuses %j', (raw) => {
    expect(pathOf(raw)).toMatch(/^refused: /);
  });

  it('keeps an escaped slash for an upstream that keeps it apart, but never one that hides dots', () => {
    expect(pathOf('/a%2fb', { encodedSlash: 'keep' })).toBe('/a%2Fb');
    expect(pathOf('/a%2f..%2fb', { encodedSlash: 'keep' })).toMatch(/^refused: /);
    expect(pathOf('/a%2f%2e%2e/b', { encodedSlash: 'keep' })).toMatch(/^refused: /);
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
