import { describe, expect, it } from 'vitest';
import { bearer, limitFields, serve, START } from './served.ts';

const KEY = bearer('dk_1');
/** The first whole second after the end of a minute that began at the first request. */
const RESET = String(Math.ceil((START + 60_000) / 1000));

describe('the Deep Creative page', () => {
  it('"every response includes headers showing your current rate limit status"', async () => {
    const { ask } = await serve('deepcreative.yaml');
    for (const [request, left] of [
      ['POST /v1/predictions', 59],
      ['GET /v1/models', 58],
      ['GET /v1/predictions/p1', 57],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- each counts after the one before
      const answer = await ask(request, KEY);
      expect([answer.status, limitFields(answer)]).toEqual([
        200,
        { 'X-RateLimit-Limit': '60', 'X-RateLimit-Remaining': String(left), 'X-RateLimit-Reset': RESET },
      ]);
    }
  });

  it('"maximum API calls per minute", 60: the next is 429, with Retry-After and a code for the rate', async () => {
    const { exhaust } = await serve('deepcreative.yaml');
    const { admitted, refusal } = await exhaust('GET /v1/models', KEY, 60);
    expect([admitted, refusal.status]).toEqual([60, 429]);
    expect(limitFields(refusal)).toEqual({
      'X-RateLimit-Limit': '60',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': RESET,
      'Retry-After': '60',
    });
    expect(JSON.parse(refusal.body)).toEqual({
      error: {
        type: 'rate_limit_error',
        message: 'Rate limit exceeded. 60 requests per minute. Retry after 60 seconds.',
        code: 'RATE_LIMIT_EXCEEDED',
        details: { limit: 60, retry_after: 60 },
      },
    });
  });

  it('admits again exactly when the minute is over, which a refusal does not push on', async () => {
    const { gateway, ask, exhaust } = await serve('deepcreative.yaml');
    await exhaust('GET /v1/models', KEY, 60);
    gateway.clock.nowMs += 59_999;
    expect((await ask('GET /v1/models', KEY)).headers['retry-after']).toBe('1');
    gateway.clock.nowMs += 1;
    expect((await ask('GET /v1/models', KEY)).headers['x-ratelimit-remaining']).toBe('59');
  });

  it('"limits are applied per API key", whichever way it is shown', async () => {
    const { ask, exhaust } = await serve('deepcreative.yaml');
    await exhaust('GET /v1/models', KEY, 60);
    expect((await ask('GET /v1/models', { 'X-API-Key': 'dk_1' })).status).toBe(429);
    expect((await ask('GET /v1/models', bearer('dk_2'))).headers['x-ratelimit-remaining']).toBe('59');
  });

  it('answers who shows no key in the page\u2019s envelope, and tells the limit that counted it', async () => {
    const { ask } = await serve('deepcreative.yaml');
    const answer = await ask('GET /v1/models');
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      401,
      { error: { type: 'authentication_error', code: 'INVALID_API_KEY' } },
    ]);
    expect(limitFields(answer)).toMatchObject({ 'X-RateLimit-Limit': '600', 'X-RateLimit-Remaining': '599' });
  });
});
