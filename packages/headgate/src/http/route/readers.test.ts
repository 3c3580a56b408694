import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PATHS } from '../../../test/policy-of.ts';
import type { Operation, PathRules } from '../../profile/index.ts';
import { createClassifier } from './classify.ts';
import { readTarget } from './target.ts';

/*
 * Whatever reaches an upstream must have been charged to the operation that it will run. How an upstream reads a path nobody
 * knows, so here are all the ways at once: each a slow, obvious reader that makes some of the changes that real servers make.
 */

type Change = (path: string) => string;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What servers do to a path besides decoding it once, in the order in which they do it. */
const CHANGES: readonly (readonly [when: 'before' | 'after', name: string, change: Change])[] = [
  ['before', 'params', (path) => path.replace(/;[^/]*/g, '')],
  ['after', 'params once decoded', (path) => path.replace(/;[^/]*/g, '')],
  ['after', 'decoded twice', decoded],
  ['after', 'backslashes', (path) => path.replaceAll('\\', '/')],
  ['after', 'any case', (path) => path.toLowerCase()],
  ['after', 'dots and spaces at the end', (path) => path.replace(/([^/.\s])[.\s]+(?=\/|$)/g, '$1')],
  ['after', 'up to a NUL', (path) => path.split('\0')[0] ?? ''],
];

function resolved(path: string): readonly string[] {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept;
}

/** The segments that a server with these changes routes by. */
function segmentsOf(path: string, set: number): readonly string[] {
  let read = path;
  for (const when of ['before', 'after'] as const) {
    for (const [i, [order, , change]] of CHANGES.entries()) if (order === when && (set >> i) & 1) read = change(read);
    if (when === 'before') read = decoded(read);
  }
  return resolved(read);
}

function operationOf(segments: readonly string[]): string {
  const text = segments.join('/');
  if (text === 'v1/items') return 'items';
  if (text === 'v1/admin') return 'admin';
  return segments.length === 3 && segments[0] === 'v1' && segments[1] === 'files' ? 'file' : 'rest';
}

const operation = (name: string, method: string, path: string): Operation => ({
  name,
  routes: [{ method, path, segments: path.slice(1).split('/') }],
  tags: [],
  set: [],
});
const OPERATIONS = [
  operation('items', 'GET', '/v1/items'),
  operation('admin', 'GET', '/v1/admin'),
  operation('file', 'GET', '/v1/files/:name'),
  operation('rest', 'ANY', '/**'),
];

interface Charged {
  readonly operation: string;
  readonly forward: string;
}

function charged(target: string, rules: Partial<PathRules> = {}): Charged | undefined {
  const all = { ...PATHS, ...rules };
  const read = readTarget({ target, scheme: 'http', headers: () => [] }, all);
  if ('bad' in read) return undefined;
  const hit = createClassifier(OPERATIONS, all, (text) => text)('GET', read.path, () => true);
  return hit && { operation: hit.name, forward: read.forward };
}

const WORDS = ['v1', 'V1', 'items', 'Items', 'admin', 'files', 'x'];
const PIECES = [
  '/',
  '//',
  '.',
  '..',
  '...',
  ';',
  ';x',
  ';x=1',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  '%3b',
  '%25',
  '%20',
  '%00',
  '%c0%ae',
  '%69',
  '%49',
  '%252e',
  '%2569',
  '%u002e',
  '+',
  ' ',
  '%09',
  '%0a',
];
const target = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
      { weight: 2, arbitrary: fc.constant('/') },
      fc.constantFrom(...PIECES),
    ),
    { maxLength: 14 },
  )
  .map((pieces) => `/${pieces.join('')}`);
/** Paths that are nearly one of the operations: most random ones are the rest. */
const near = fc
  .tuple(
    fc.constantFrom('/v1/items', '/v1/admin', '/v1/files/x'),
    fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...PIECES)), { maxLength: 3 }),
  )
  .map(([path, edits]) =>
    edits.reduce<string>((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), path),
  );

/** The first reader that would run another operation than was charged. */
function misled(path: string, rules: Partial<PathRules>, sets: readonly number[]): string | undefined {
  const found = charged(path, rules);
  if (found === undefined) return undefined;
  for (const set of sets) {
    const run = operationOf(segmentsOf(found.forward, set));
    if (run !== found.operation)
      return `${path} -> ${found.forward}: ${found.operation} charged, ${run} run by ${CHANGES.filter(
        (_, i) => (set >> i) & 1,
      )
        .map(([, name]) => name)
        .join(', ')}`;
  }
  return undefined;
}

const ALL = Array.from({ length: 2 ** CHANGES.length }, (_, set) => set);
const having = (name: string, yes: boolean): readonly number[] =>
  ALL.filter((set) => ((set >> CHANGES.findIndex(([, one]) => one === name)) & 1) === (yes ? 1 : 0));

describe('whatever is forwarded', () => {
  it('is the operation that was charged, for every server there is, when the policy says nothing of paths', () => {
    const same = fc.property(fc.oneof(target, near), (path) => misled(path, {}, ALL) === undefined);
    expect(
      fc.check(same, { numRuns: 4000, examples: [['/V1/files/%20'], ['/V1/items.'], ['/v1/%2569tems']] }),
    ).toMatchObject({ failed: false });
  });

  it.each<[string, Partial<PathRules>, readonly number[]]>([
    ['drops parameters', { params: 'ignore' }, having('params', true)],
    ['minds case', { case: 'sensitive' }, having('any case', false)],
    ['minds no case', { case: 'insensitive' }, having('any case', true)],
    ['decodes once', { doubleEscape: 'keep' }, having('decoded twice', false)],
  ])('is, for every server that %s, when the policy says that its API does', (_, rules, sets) => {
    const same = fc.property(fc.oneof(target, near), (path) => misled(path, rules, sets) === undefined);
    expect(fc.check(same, { numRuns: 2000 })).toMatchObject({ failed: false });
  });

  it('is something: the readers are given paths of every operation', () => {
    const seen = new Set(fc.sample(fc.oneof(target, near), 3000).map((path) => charged(path)?.operation));
    expect(seen).toEqual(new Set(['items', 'admin', 'file', 'rest', undefined]));
  });

  it('would mislead a server that drops parameters, if they were kept', () => {
    expect(misled('/v1;x/items', { params: 'keep' }, ALL)).toContain('rest charged, items run by params');
    expect(misled('/v1/%2569tems', { doubleEscape: 'keep' }, ALL)).toContain('decoded twice');
    expect(misled('/v1/ITEMS', { case: 'sensitive' }, ALL)).toContain('any case');
  });
});
