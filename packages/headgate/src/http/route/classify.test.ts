import { describe, expect, it } from 'vitest';
import type { Operation, PathRules } from '../../profile/index.ts';
import { PATHS } from '../../../test/policy-of.ts';
import { parsePolicy } from '../../policy/index.ts';
import { createClassifier } from './classify.ts';
import { countedMethod } from './method.ts';

const sha256 = (text: string): string => `hash-of-${text.length}`;

function operation(name: string, ...routes: string[]): Operation {
  return {
    name,
    routes: routes.map((route) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, path, segments: path === '/' ? [] : path.slice(1).split('/') };
    }),
    tags: [],
    set: [],
  };
}

function nameOf(
  operations: readonly Operation[],
  method: string,
  path: string,
  holds = true,
  rules: Partial<PathRules> = {},
): string | undefined {
  return createClassifier(operations, { ...PATHS, ...rules }, sha256)(countedMethod(method), path, () => holds)?.name;
}

describe('with operations declared', () => {
  const declared = [
    operation('stream', 'POST /upload/stream'),
    operation('describe', 'POST /files/:id/describe'),
    operation('file', 'GET /files/:id', 'DELETE /files/:id'),
    operation('home', 'GET /'),
    operation('search', 'GET /search/**'),
    operation('any', 'ANY /v1/**'),
    operation('late', 'GET /v1/late'),
  ];

  it.each([
    ['POST', '/upload/stream', 'stream'],
    ['POST', '/upload/stream/', 'stream'],
    ['POST', '/files/7/describe', 'describe'],
    ['DELETE', '/files/7', 'file'],
    ['GET', '/', 'home'],
    ['GET', '/search', 'search'],
    ['GET', '/search/a/b', 'search'],
    ['PATCH', '/v1/x', 'any'],
    ['GET', '/v1/late', 'any'],
    ['HEAD', '/files/7', 'file'],
  ])('%s %s is %s', (method, path, name) => {
    expect(nameOf(declared, method, path)).toBe(name);
  });

  it.each([
    ['GET', '/upload/stream'],
    ['GET', '/files'],
    ['GET', '/files/'],
    ['GET', '/files/7/describe/more'],
    ['GET', '/nothing'],
  ])('%s %s is none of them', (method, path) => {
    expect(nameOf(declared, method, path)).toBeUndefined();
  });

  it('tells the variables of a path decoded, whatever they are called', () => {
    const hit = createClassifier([operation('o', 'GET /a/:__proto__/:b')], PATHS, sha256)(
      'GET',
      '/a/x%20y/%C3%A9',
      () => true,
    );
    expect({ ...hit?.path }).toEqual({ ['__proto__']: 'x y', b: 'é' });
  });

  it('compares decoded text, so that no escape gives a path a second name', () => {
    const cafe = [operation('cafe', 'GET /café=1'), operation('rest', 'ANY /**')];
    expect(nameOf(cafe, 'GET', '/caf%C3%A9%3D1')).toBe('cafe');
  });

  it('compares a route that a policy writes with letters, or with escapes', () => {
    const { operations } = parsePolicy(
      'headgate: 1\noperations: { cafe: { match: GET /café/a b/%3Aid }, rest: { match: ANY /** } }'.replace(
        'a b',
        'a%20b',
      ),
    );
    expect(nameOf(operations, 'GET', '/caf%C3%A9/a%20b/:id')).toBe('cafe');
    expect(nameOf(operations, 'GET', '/caf%C3%A9/a%20b/7')).toBe('rest');
  });

  it('takes an escaped slash, where it is kept, for no slash', () => {
    const files = [operation('inner', 'GET /a/b'), operation('file', 'GET /:name')];
    const rules = { encodedSlash: 'keep' } as const;
    expect(nameOf(files, 'GET', '/a%2Fb', true, rules)).toBe('file');
    expect(createClassifier(files, { ...PATHS, ...rules }, sha256)('GET', '/a%2Fb', () => true)?.path).toEqual({
      name: 'a/b',
    });
  });

  const twins = [operation('search', 'GET /search'), operation('item', 'GET /items/:id'), operation('rest', 'ANY /**')];

  it.each([
    ['/SEARCH', 'in another case'],
    ['/Search/', 'in another case'],
    ['/%53EARCH', 'in another case, behind an escape'],
    ['/search.', 'with a dot at the end'],
    ['/search...', 'with dots at the end'],
    ['/search%20', 'with a space at the end'],
    ['/search%20./', 'with both'],
    ['/Items/7', 'in another case'],
    ['/items./7', 'with a dot at the end of a segment'],
  ])('is none for %s: some servers would run what it is %s, others the rest', (path) => {
    expect(nameOf(twins, 'GET', path.replace('%53', 'S'))).toBeUndefined();
  });

  it('is what it is where every reading of a path is the same operation', () => {
    expect(
      ['/items/A.B', '/items/Acme%20Inc.', '/items/%C3%89', '/Other/X.'].map((path) => nameOf(twins, 'GET', path)),
    ).toEqual(['item', 'item', 'item', 'rest']);
  });

  it('is found in the time that reading a path takes, however many dots it has', () => {
    const long = ['.'.repeat(16_000), '%20'.repeat(5000), '/.a'.repeat(5000), 'A.'.repeat(8000)];
    expect(long.map((text) => nameOf(twins, 'GET', `/X${text}b`))).toEqual(Array(4).fill('rest'));
  });

  it('minds case, or does not, as the policy says', () => {
    expect(nameOf(twins, 'GET', '/SEARCH', true, { case: 'sensitive' })).toBe('rest');
    expect(nameOf(twins, 'GET', '/search.', true, { case: 'sensitive' })).toBeUndefined();
    expect(nameOf(twins, 'GET', '/search', true, { case: 'insensitive' })).toBe('search');
    const capitals = [operation('up', 'GET /Search/:Id'), operation('rest', 'ANY /**')];
    expect(nameOf(capitals, 'GET', '/search/x', true, { case: 'insensitive' })).toBe('up');
    expect(nameOf([operation('e', 'GET /%C3%89')], 'GET', '/%C3%A9', true, { case: 'insensitive' })).toBe('e');
  });

  it('minds a slash at the end, or does not, as the policy says', () => {
    const both = [operation('open', 'GET /a/'), operation('rest', 'ANY /**')];
    expect(['/a', '/a/'].map((path) => nameOf(both, 'GET', path))).toEqual(['open', 'open']);
    const distinct = { trailingSlash: 'distinct' } as const;
    expect(['/a', '/a/'].map((path) => nameOf(both, 'GET', path, true, distinct))).toEqual(['rest', 'open']);
    expect(nameOf([operation('home', 'GET /')], 'GET', '/', true, distinct)).toBe('home');
    expect(nameOf([operation('all', 'GET /x/**')], 'GET', '/x/', true, distinct)).toBe('all');
  });

  it('passes by an operation whose condition does not hold', () => {
    const conditional: Operation = { ...operation('big', 'POST /jobs'), when: ['root', 'now'] };
    expect(nameOf([conditional, operation('job', 'POST /jobs')], 'POST', '/jobs', false)).toBe('job');
    expect(nameOf([conditional, operation('job', 'POST /jobs')], 'POST', '/jobs', true)).toBe('big');
  });
});

describe('with none declared', () => {
  it('names an operation by method and path, HEAD as GET, with or without a slash at the end', () => {
    expect(nameOf([], 'GET', '/items/7')).toBe('GET /items/7');
    expect(nameOf([], 'HEAD', '/items/7/')).toBe('GET /items/7');
    expect(nameOf([], 'POST', '/')).toBe('POST /');
  });

  it('names a path without dots and spaces that Windows would drop, in small letters where case does not matter', () => {
    expect(nameOf([], 'GET', '/items./7.%20')).toBe('GET /items/7');
    expect(nameOf([], 'GET', '/Items/A')).toBe('GET /Items/A');
    expect(nameOf([], 'GET', '/a/', true, { trailingSlash: 'distinct' })).toBe('GET /a/');
  });

  it('names a very long path by its hash', () => {
    expect(nameOf([], 'GET', `/${'x'.repeat(300)}`)).toBe('GET #hash-of-301');
  });
});
