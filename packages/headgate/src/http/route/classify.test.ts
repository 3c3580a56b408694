import { describe, expect, it } from 'vitest';
import type { Operation } from '../../profile/index.ts';
import { PATHS } from '../../../test/policy-of.ts';
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

function nameOf(operations: readonly Operation[], method: string, path: string, holds = true): string | undefined {
  return createClassifier(operations, PATHS, sha256)(countedMethod(method), path, () => holds)?.name;
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

  it('names a very long path by its hash', () => {
    expect(nameOf([], 'GET', `/${'x'.repeat(300)}`)).toBe('GET #hash-of-301');
  });
});
