/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ANY_TEXT,
  ask,
  matching,
  policyText,
  start,
  startApi,
  type Answer,
  type Api,
  type Started,
} from '../packages/server/test/support.ts';

const START = Date.UTC(2026, 3, 11, 13, 0, 0, 250);
const HOUR = 3_600_000;
const KEY = { 'X-API-Key': 'vk_test_1' };

let api: Api;
let gateway: Started;

beforeEach(async () => {
  api = await startApi((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    // An API that tells limits of its own: the published ones are the gateway's.
    response.setHeader('X-RateLimit-Limit', '7');
    response.setHeader('RateLimit', '"inner";r=1');
    response.end(JSON.stringify({ method: request.method, url: request.url }));
  });
  gateway = await start({ policy: policyText('vetigen.yaml'), upstream: api.url, nowMs: START });
});

afterEach(async () => {
  await gateway.stop(1000);
  await api.close();
});

function get(path: string, headers: Record<string, string> = KEY, method = 'GET'): Promise<Answer> {
  return ask(gateway.url + path, { headers, method });
}

async function times(count: number, one: (i: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i++) answers.push(await one(i));
  return answers;
}

/** Spends `count` requests on eleven endpoints, never more than 50 in 10 s. */
async function spend(count: number): Promise<Answer[]> {
  return times(count, (i) => {
    if (i > 0 && i % 50 === 0) gateway.clock.nowMs += 10_000;
    return get(`/spent/${i % 11}`);
  });
}

function figures({ headers }: Answer): unknown[] {
  return [headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']];
}

interface Envelope {
  readonly success: boolean;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly severity: string;
    readonly details: { readonly retry_after?: number; readonly reset_at?: string };
  };
}

function envelope(answer: Answer): Envelope {
  // Asserted field by field where it is used.
  return JSON.parse(answer.body) as Envelope;
}

/** Header, message and both figures of one denial must be one figure, told at one instant. */
function agrees(answer: Answer): number {
  const { error } = envelope(answer);
  const seconds = Number(answer.headers['retry-after']);
  expect(error.details.retry_after).toBe(seconds);
  expect(error.message).toBe(`Too many requests. Please retry after ${seconds} seconds.`);
  const resetAtMs = Date.parse(error.details.reset_at ?? '');
  expect(error.details.reset_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Math.ceil((resetAtMs - gateway.clock.nowMs) / 1000)).toBeGreaterThanOrEqual(seconds);
  expect(Math.floor((resetAtMs - gateway.clock.nowMs) / 1000)).toBeLessThanOrEqual(seconds);
  return seconds;
}

describe('Rate Limit Headers', () => {
  it('tells the key’s hourly limit on every answer, counting down to the end of the window', async () => {
    const resetAt = String(Math.ceil((START + HOUR) / 1000));
    const answers = await times(3, (i) => get(`/v1/items?page=${i}`));
    expect(answers.map(figures)).toEqual([
      ['1000', '999', resetAt],
      ['1000', '998', resetAt],
      ['1000', '997', resetAt],
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('tells it once: what the API says of limits does not pass', async () => {
    const { rawHeaders } = await get('/v1/items');
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name.includes('ratelimit'))).toEqual([
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
    ]);
  });

  it('tells the same reset until the window ends, and a new one after it', async () => {
    const first = await get('/a');
    gateway.clock.nowMs += HOUR - 1;
    expect(figures(await get('/a'))).toEqual(['1000', '998', first.headers['x-ratelimit-reset']]);
    gateway.clock.nowMs += 1;
    expect(figures(await get('/a'))).toEqual(['1000', '999', String(Math.ceil((START + 2 * HOUR) / 1000))]);
  });

  it('tells it on answers of the API that are no success, too', async () => {
    await api.close();
    const answer = await get('/v1/items');
    expect([answer.status, ...figures(answer).slice(0, 2)]).toEqual([502, '1000', '999']);
    api = await startApi((_, response) => response.end());
  });
});

describe('who a key is', () => {
  it('answers no key with 401 in the page’s envelope', async () => {
    const answer = await get('/v1/items', {});
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(envelope(answer)).toMatchObject({
      success: false,
      error: { code: ANY_TEXT, message: ANY_TEXT, severity: 'error' },
    });
  });

  it('takes X-API-Key and a bearer token as the same key', async () => {
    await get('/v1/items', { 'X-API-Key': 'k' });
    expect(figures(await get('/v1/items', { Authorization: 'Bearer k' }))[1]).toBe('998');
  });

  it('counts two keys apart', async () => {
    await times(3, () => get('/v1/items', { 'X-API-Key': 'k1' }));
    expect(figures(await get('/v1/items', { 'X-API-Key': 'k2' }))[1]).toBe('999');
  });

  it('refuses two keys at once', async () => {
    expect((await get('/v1/items', { 'X-API-Key': 'k1', Authorization: 'Bearer k2' })).status).toBe(400);
  });

  it('limits an address that shows no key, and then does not look at its keys', async () => {
    const guesses = await times(601, () => get('/v1/items', {}));
    expect(guesses.slice(0, 600).every(({ status }) => status === 401)).toBe(true);
    expect(guesses[600]?.status).toBe(429);
    const valid = await get('/v1/items');
    expect(valid.status).toBe(429);
    // 600 a minute in any minute: units are freed a slice, a sixteenth of the minute, after they are a minute old.
    expect(agrees(valid)).toBe(64);
    gateway.clock.nowMs += (gateway.log.denials.at(-1)?.retryAfterMs ?? 0) - 1;
    expect((await get('/v1/items')).status).toBe(429);
    gateway.clock.nowMs += 1;
    expect((await get('/v1/items')).status).toBe(200);
  });
});

describe('When You Hit a Rate Limit', () => {
  it('refuses the 51st request within 10 seconds, in the page’s words', async () => {
    const admitted = await times(50, (i) => get(`/v1/items/${i}`));
    expect(admitted.every(({ status }) => status === 200)).toBe(true);
    gateway.clock.nowMs += 1500;
    const answer = await get('/v1/items/50');
    expect(answer.status).toBe(429);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.body)).toEqual({
      success: false,
      error: {
        code: 'RATE_LIMIT.EXCEEDED',
        message: 'Too many requests. Please retry after 9 seconds.',
        severity: 'warning',
        details: { retry_after: 9, reset_at: '2026-04-11T13:00:11Z' },
      },
    });
    expect(agrees(answer)).toBe(9);
  });

  it('admits fifty of a hundred at once, and tells each of them another figure', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => get(`/v1/items/${i}`)));
    const admitted = answers.filter(({ status }) => status === 200);
    expect(admitted.map((answer) => Number(figures(answer)[1])).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => 950 + i),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map((answer) => figures(answer)[1])).toEqual(Array.from({ length: 50 }, () => '950'));
  });

  it('admits exactly at the advertised time, and not 1 ms before', async () => {
    await times(50, (i) => get(`/v1/items/${i}`));
    gateway.clock.nowMs += 9999;
    expect((await get('/v1/items')).headers['retry-after']).toBe('1');
    gateway.clock.nowMs += 1;
    expect((await get('/v1/items')).status).toBe(200);
  });

  it('refuses the 101st request a minute to one endpoint, and no other endpoint', async () => {
    await times(100, (i) => {
      if (i === 50) gateway.clock.nowMs += 10_000;
      return get(`/v1/items?page=${i}`);
    });
    gateway.clock.nowMs += 10_000;
    const refused = await get('/v1/items');
    expect(refused.status).toBe(429);
    expect(agrees(refused)).toBe(40);
    expect((await get('/v1/items', KEY, 'POST')).status).toBe(200);
    expect((await get('/v1/other')).status).toBe(200);
    expect((await get('/v1/items', KEY, 'HEAD')).status).toBe(429);
    expect((await get('//v1/./x/../items/')).status).toBe(429);
    expect((await get('/v1/%69tems')).status).toBe(429);
    expect(gateway.log.denials.map(({ limit }) => limit)).toEqual(['endpoint', 'endpoint', 'endpoint', 'endpoint']);
  });

  it('refuses the 1001st request an hour, until the window resets', async () => {
    const spent = await spend(1000);
    expect(spent.every(({ status }) => status === 200)).toBe(true);
    expect(figures(spent[999]!)[1]).toBe('0');
    gateway.clock.nowMs += 10_000;
    const refused = await get('/v1/items');
    expect(refused.status).toBe(429);
    expect(figures(refused)).toEqual(['1000', '0', String(Math.ceil((START + HOUR) / 1000))]);
    expect(agrees(refused)).toBe(3400);
    gateway.clock.nowMs = START + HOUR;
    expect((await get('/v1/items')).status).toBe(200);
  });

  it('lowers none of the three counters by a refusal', async () => {
    await times(50, () => get('/v1/items'));
    const refused = await times(20, () => get('/v1/items'));
    expect(refused.map((answer) => [answer.status, figures(answer)[1]])).toEqual(
      Array.from({ length: 20 }, () => [429, '950']),
    );
    gateway.clock.nowMs += 10_000;
    const after = await times(50, () => get('/v1/items'));
    // All fifty pass: the burst began anew, and the endpoint's hundred and the key's thousand lost nothing to the twenty.
    expect(after.every(({ status }) => status === 200)).toBe(true);
    expect(figures(after[49]!)[1]).toBe('900');
  });

  it('reports the longest wait when several limits refuse', async () => {
    await times(50, () => get('/v1/items'));
    gateway.clock.nowMs += 10_000;
    await times(50, () => get('/v1/items'));
    const refused = await get('/v1/items');
    expect(agrees(refused)).toBe(50);
    expect(gateway.log.denials[0]).toMatchObject({
      limit: 'endpoint',
      operation: 'GET /v1/items',
      retryAfterMs: 50_000,
    });
  });

  it('"if your integration requires higher rate limits, contact developer support": a refusal says where', async () => {
    await times(50, () => get('/v1/items'));
    expect((await get('/v1/items')).headers['link']).toBe('<https://vetigen.example/support>; rel="help"');
  });

  it('logs a refusal with the subject’s hash, never its key', async () => {
    await times(51, () => get('/v1/items'));
    expect(gateway.log.denials).toEqual([
      {
        status: 429,
        limit: 'burst',
        operation: 'GET /v1/items',
        subject: matching(/^[0-9a-f]{16}$/),
        retryAfterMs: 10_000,
      },
    ]);
  });
});
