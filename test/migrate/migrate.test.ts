/* oxlint-disable no-await-in-loop -- one after another */
import { describe, expect, onTestFinished, test } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { fragments, migrations, type Program } from './page.ts';
import { started } from './program.ts';
import { redisOverHttp } from './upstash.ts';

/** What a page of 100 a minute tells at the first request, and at the first that is refused. */
interface Told {
  readonly first: Readonly<Record<string, string | RegExp>>;
  readonly refused: Readonly<Record<string, string | RegExp>>;
  readonly body: string | RegExp;
  /** Requests for `/` that pass. */
  readonly passes: number;
  /** What other paths say then, and how many of such requests pass. */
  readonly after?: Readonly<Record<string, number>>;
}

const OURS: Told = {
  first: { ratelimit: /^"limit";r=99;t=\d+$/, 'ratelimit-policy': '"limit";q=100;w=60' },
  // A minute, and a sixteenth of it, but for the time that a busy machine took to get there.
  refused: { 'content-type': 'application/problem+json', 'retry-after': /^[3-6]\d$/ },
  body: /"violated-policies":\["limit"\]/,
  passes: 100,
};

const PAGES: Readonly<Record<string, { readonly before: Told; readonly after: Told }>> = {
  'express-rate-limit': {
    before: {
      first: { ratelimit: '"100-in-1min"; r=99; t=60' },
      refused: { 'content-type': /^text\/html/, 'retry-after': /^\d+$/ },
      body: 'Too many requests, please try again later.',
      passes: 100,
    },
    after: { ...OURS, after: { '/nothing': 0 } },
  },
  'rate-limiter-flexible': {
    before: { first: {}, refused: { 'retry-after': /^\d+$/ }, body: 'Too Many Requests', passes: 50 },
    after: { first: {}, refused: { 'retry-after': /^\d+$/ }, body: 'Too Many Requests', passes: 50 },
  },
  '@fastify/rate-limit': {
    before: {
      first: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' },
      refused: { 'content-type': /^application\/json/, 'retry-after': /^\d+$/ },
      body: /Rate limit exceeded/,
      passes: 100,
      after: { '/search': 10 },
    },
    after: { ...OURS, after: { '/search': 0, '/nothing': 0 } },
  },
  '@nestjs/throttler': {
    before: {
      first: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' },
      refused: { 'content-type': /^application\/json/, 'retry-after': /^\d+$/ },
      body: /ThrottlerException/,
      passes: 100,
      after: { '/search': 10, '/health': 20 },
    },
    after: { ...OURS, after: { '/search': 0, '/health': 20 } },
  },
  'hono-rate-limiter': {
    before: {
      first: { 'ratelimit-limit': '100', 'ratelimit-remaining': '99' },
      refused: { 'content-type': /^text\/plain/, 'retry-after': /^\d+$/ },
      body: 'Too many requests, please try again later.',
      passes: 100,
    },
    after: OURS,
  },
  '@upstash/ratelimit': {
    before: {
      first: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' },
      refused: { 'x-ratelimit-remaining': '0' },
      body: 'Too Many Requests',
      passes: 100,
    },
    after: OURS,
  },
};

/** More than any page lets through. */
const MANY = 120;
const FIELDS = { 'X-API-Key': 'k', 'X-Real-IP': '203.0.113.7' };

/** How many pass, one after another, and the first answer and the last. */
async function passing(url: string, most = MANY): Promise<{ passes: number; first: Response; last: Response }> {
  const first = await fetch(url, { headers: FIELDS });
  let [passes, last] = [0, first];
  for (; last.status !== 429 && passes < most; passes++) {
    if (last !== first) await last.text();
    last = passes + 1 < most ? await fetch(url, { headers: FIELDS }) : last;
  }
  return { passes, first, last };
}

async function check(program: Program, told: Told): Promise<void> {
  const redis = await redisOverHttp();
  onTestFinished(redis.close);
  const url = await started(program, { UPSTASH_REDIS_REST_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: 'any' });
  const { passes, first, last } = await passing(`${url}/`);
  expect([passes, last.status]).toEqual([told.passes, 429]);
  expect(Object.fromEntries(first.headers)).toMatchObject(patterns(told.first));
  expect(Object.fromEntries(last.headers)).toMatchObject(patterns(told.refused));
  expect(await last.text()).toMatch(told.body);
  for (const [path, count] of Object.entries(told.after ?? {}))
    expect([path, (await passing(url + path, 20)).passes]).toEqual([path, count]);
  // Whoever shows no key is a caller as well, and nothing to warn of.
  expect((await fetch(url, { headers: { 'X-Real-IP': FIELDS['X-Real-IP'] } })).status).toBeLessThan(500);
  await expect(fetch(url, { headers: { 'X-Real-IP': FIELDS['X-Real-IP'] } })).resolves.toHaveProperty('ok');
}

const patterns = (fields: Told['first']): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : expect.stringMatching(value),
    ]),
  );

test('the page tells of every limiter that is tried here', () => {
  expect([...migrations().keys()]).toEqual(Object.keys(PAGES));
});

describe.each([...migrations()])('from %s', (from, { before, after }) => {
  test('what was there does what the page says', async () => {
    await expect(check(before, PAGES[from]!.before)).resolves.toBeUndefined();
  });
  test('what takes its place does what the page says', async () => {
    await expect(check(after, PAGES[from]!.after)).resolves.toBeUndefined();
  });
});

describe('what the tables write of a policy', () => {
  test('is there', () => expect(fragments().length).toBeGreaterThan(6));

  test.each(fragments())('is read: $yaml', ({ of, yaml }) => {
    const limits = `
limits:
  calls: { rate: 9/minute, algorithm: bucket, per: address }
  other: { rate: 9/minute, per: address${of === 'limit' ? `, ${yaml}` : ''} }`;
    const policy = `headgate: 1\nidentify: { anonymous: true }${limits}\n${of === 'policy' ? yaml : ''}`;
    expect(parsePolicy(policy).limits).toHaveLength(2);
  });
});
