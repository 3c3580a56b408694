import { describe, expect, it } from 'vitest';
import { policyOf, run, shipped } from '../../../test/client/sim/job.ts';
import type { AskedFor } from '../fetch/options.ts';
import { declare, limitsOf, type DeclaredLimit, type Subject } from './index.ts';

const asked = (path: string, method = 'GET'): AskedFor => ({
  url: new URL(path, 'https://api.test'),
  method,
  headers: new Headers(),
});
const figures = (
  limits: ReturnType<typeof declare>,
  path: string,
  method?: string,
): [string, number, number | undefined, number][] =>
  [...limits.of('s', asked(path, method))].map(([{ terms, capacity, windowMs }, cost]) => [
    terms.name,
    capacity,
    windowMs,
    cost,
  ]);

describe('a declared limit', () => {
  it.each([
    ['100/minute', 100, 60_000],
    ['50/10s', 50, 10_000],
    ['0.5/s', 1, 2000],
    ['2.5/s', 2, 1000],
    ['1000/hour', 1000, 3_600_000],
    ['3/250ms', 3, 250],
    ['9/1.5m', 9, 90_000],
  ])('is read from %s', (rate, capacity, windowMs) => {
    expect(figures(declare({ a: { rate } }), '/')).toEqual([['a', capacity, windowMs, 1]]);
  });

  it.each([
    [
      { rate: '10 parsecs' },
      'limits.a: expected either a rate such as "100/minute" or a concurrency, got "10 parsecs"',
    ],
    [{ rate: '0/s' }, 'got "0/s"'],
    [{ rate: '1/0s' }, 'got "1/0s"'],
    [{}, 'got ""'],
    [{ rate: '1/s', concurrency: 2 }, 'expected either'],
    [{ concurrency: 1.5 }, 'limits.a.concurrency: expected a whole number above 0, got 1.5'],
    [{ rate: '1/s', algorithm: 'bucket', burst: 0 }, 'limits.a.burst: expected a whole number above 0, got 0'],
  ] as const)('that makes no sense is refused, with the reason: %j', (spec: DeclaredLimit, message) => {
    expect(() => declare({ a: spec })).toThrow(message);
  });

  it('counts each partition by itself, and what does not count not at all', () => {
    const limits = declare({
      a: { rate: '1/s', per: ({ url }) => url?.pathname ?? '', when: ({ method }) => method === 'GET', cost: () => 3 },
    });
    const [a] = [...limits.of('s', asked('/a')).keys()];
    expect([...limits.of('s', asked('/a')).keys()][0]).toBe(a);
    expect([...limits.of('s', asked('/b')).keys()][0]).not.toBe(a);
    expect([...limits.of('t', asked('/a')).keys()][0]).not.toBe(a);
    expect([...limits.of('s', asked('/a', 'POST'))]).toEqual([]);
    expect(figures(limits, '/a')[0]?.[3]).toBe(3);
    expect(limits.at(a?.terms.key ?? '')).toBe(a);
  });
});

describe('the limits of a policy', () => {
  it.each<[string, Subject, string, string, unknown]>([
    [
      'vetigen',
      {},
      'GET',
      '/v1/x',
      [
        ['key', 1000, 3_600_000, 1],
        ['endpoint', 100, 60_000, 1],
        ['burst', 50, 10_000, 1],
      ],
    ],
    [
      'claid',
      {},
      'POST',
      '/v1/image/edit',
      [
        ['minute', 120, 60_000, 1],
        ['second', 4, 1000, 1],
      ],
    ],
    ['claid', {}, 'GET', '/v1/storage', []],
    ['aionvision', { plan: 'STARTER', auth: 'key' }, 'GET', '/v1/files', [['requests', 30, 60_000, 1]]],
    ['aionvision', { plan: 'STARTER', auth: 'session' }, 'GET', '/v1/files', []],
    ['aionvision', { plan: 'STARTER', auth: 'session' }, 'POST', '/v1/upload/stream', [['uploads', 20, undefined, 1]]],
    [
      'neolens',
      { plan: 'developer' },
      'GET',
      '/',
      [
        ['requests', 1000, 60_000, 1],
        ['overload', 400, undefined, 1],
      ],
    ],
    [
      'neolens',
      { plan: 'public' },
      'POST',
      '/v1/batch/scan',
      [
        ['requests', 100, 60_000, 1],
        ['overload', 400, undefined, 1],
        ['batch', 10, 10_000, 1],
      ],
    ],
    [
      'neolens',
      { plan: 'hospital', role: 'emergency' },
      'GET',
      '/',
      [
        ['requests', 1000, 60_000, 1],
        ['overload', 500, undefined, 1],
      ],
    ],
    [
      'deepcreative',
      {},
      'POST',
      '/v1/predictions',
      [
        ['requests', 60, 60_000, 1],
        ['running', 5, undefined, 1],
      ],
    ],
    ['deepcreative', {}, 'GET', '/', [['requests', 60, 60_000, 1]]],
  ])('are those of %s for %j: %s %s', (name, subject, method, path, expected) => {
    expect(figures(limitsOf(shipped(name), subject), path, method)).toEqual(expected);
  });

  it('that cannot be told from outside are named, with the reason', () => {
    expect(limitsOf(shipped('aionvision'), {}).leftOut).toEqual([
      'requests: its amount depends on what only the server knows',
      ...['batch', 'image', 'document', 'video', 'stream'].map((name) => `${name}: a size is no rate`),
      'uploads: its amount depends on what only the server knows',
      'storage: a level is no rate',
      'ai: a quota is no rate',
      'chats: a quota is no rate',
    ]);
  });

  it.each([
    ['refused earlier', '{ at: 50%, deny: exceeded }', [['a', 30, 60_000, 1]]],
    ['refused later, or admitted', '[{ at: 100%, admit: true }, { at: 150%, deny: exceeded }]', [['a', 90, 60_000, 1]]],
    ['never refused', '{ at: 100%, shadow: true }', []],
  ])('are read with their ladders: %s', (_, past, expected) => {
    const policy = policyOf(
      `a: { rate: 60/minute, algorithm: fixed, per: key, past: ${past} }`,
      '{ of: a, dialect: ratelimit }',
    );
    expect(figures(limitsOf(policy), '/')).toEqual(expected);
  });

  it('that are held beyond their answer are counted as far as that, and named', () => {
    expect(limitsOf(shipped('deepcreative')).leftOut).toContain('running: what is held beyond its answer is not seen');
  });

  it('are kept to without one answer that tells them', async () => {
    const policy = policyOf(
      'a: { rate: 50/minute, per: key }, b: { rate: 2/s, algorithm: bucket, burst: 10, per: key }',
      '{ of: a, fields: { X-Hello: "1" } }',
    );
    const done = await run({ policy, requests: 150, client: () => ({ limits: limitsOf(policy) }) }, 777);
    expect(done).toMatchObject({ admitted: 150, refused: 0 });
    expect(done.ratio).toBeLessThan(1.06);
  });
});
