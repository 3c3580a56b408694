import { describe, expect, it } from 'vitest';
import { ask as askAt, type Answer } from '../packages/server/test/support.ts';
import { CREATE, running } from './running.ts';
import { bearer, limitFields, serve, START, TOKEN } from './served.ts';
import type { Studio } from './studio.ts';

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
      ['DELETE /v1/files/f1', 56],
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

  it('"enterprise plans include increased rate limits", and a refusal says where they are to be had', async () => {
    const { ask, exhaust } = await serve('deepcreative.yaml');
    const answer = await ask('GET /v1/models', bearer('dk_enterprise_demo'));
    expect(answer.headers['x-ratelimit-limit']).toBe('600');
    const { refusal } = await exhaust('GET /v1/models', KEY, 60);
    expect(refusal.headers['link']).toBe('<https://deepcreative.example/contact-sales>; rel="help"');
  });

  it('answers who shows no key in the page\u2019s envelope, and tells the limit that counted it', async () => {
    const { ask } = await serve('deepcreative.yaml');
    const answer = await ask('GET /v1/models');
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      401,
      { error: { type: 'authentication_error', code: 'INVALID_API_KEY' } },
    ]);
    expect(answer.headers['www-authenticate']).toContain('Bearer realm="Deep Creative API"');
    expect(limitFields(answer)).toMatchObject({ 'X-RateLimit-Limit': '600', 'X-RateLimit-Remaining': '599' });
  });
});

const HOUR_MS = 3_600_000;

describe('the concurrent prediction limit of the Deep Creative page', () => {
  it('"maximum running predictions at once", 5: the next is 429, with the page\u2019s body to the letter', async () => {
    const { create, exhaust } = await running();
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- each counts after the one before
      expect((await create()).status).toBe(201);
    }
    const refused = await create();
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      429,
      {
        error: {
          type: 'rate_limit_error',
          message: 'Concurrent prediction limit exceeded. 5/5 predictions running.',
          code: 'CONCURRENT_LIMIT_EXCEEDED',
          details: { limit: 5, active: 5 },
        },
      },
    ]);
    // The fields speak of the minute, which the refusal did not touch; nobody knows when a slot comes free, so the wait is a hint.
    expect(limitFields(refused)).toMatchObject({ 'X-RateLimit-Remaining': '55', 'Retry-After': '5' });
    expect((await exhaust('GET /v1/models', bearer('dk_2'), 0)).refusal.status).toBe(404);
  });

  it('"limits are applied per API key": another has five of its own', async () => {
    const { create, ask } = await running();
    await Promise.all([1, 2, 3, 4, 5].map(create));
    expect([(await create()).status, (await ask(CREATE, bearer('dk_2'))).status]).toEqual([429, 201]);
  });

  it('"from creation until completion": parallel creations cannot pass it, and one that polls sees its slot come free', async () => {
    const { create, ask, set } = await running();
    const answers = await Promise.all(Array.from({ length: 12 }, create));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const poll = (): Promise<Answer> => ask('GET /v1/predictions/p1', bearer('dk_1'));
    await poll();
    expect((await create()).status, 'still processing').toBe(429);
    set('p1', 'succeeded');
    expect((await create()).status, 'over, but nobody has seen it').toBe(429);
    await poll();
    await poll();
    expect([(await create()).status, (await create()).status], 'one slot, however often it is seen').toEqual([
      201, 429,
    ]);
  });

  it.each(['failed', 'canceled'])('a prediction that %s frees its slot too', async (status) => {
    const { create, ask, set } = await running();
    await Promise.all([1, 2, 3, 4, 5].map(create));
    set('p3', status);
    await ask('GET /v1/predictions/p3', bearer('dk_1'));
    expect((await create()).status).toBe(201);
  });

  it('is freed by a cancel, unless the API refuses that', async () => {
    const { create, ask, set } = await running();
    await Promise.all([1, 2, 3, 4, 5].map(create));
    set('p2', 'succeeded');
    const cancels = [await ask('POST /v1/predictions/p2/cancel', bearer('dk_1')), await create()];
    expect(cancels.map(({ status }) => status)).toEqual([409, 429]);
    expect((await ask('POST /v1/predictions/p1/cancel', bearer('dk_1'))).status).toBe(200);
    expect((await create()).status).toBe(201);
  });

  it('counts no prediction that the API did not begin', async () => {
    const api = await running();
    const { create } = api;
    for (const failure of [422, 500, 402]) {
      api.failure = failure;
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect((await create()).status).toBe(failure);
    }
    expect((await Promise.all(Array.from({ length: 6 }, create))).filter(({ status }) => status === 201)).toHaveLength(
      5,
    );
  });

  it('is freed by the API itself, by the id that it was handed, and once', async () => {
    const { create, reservations, gateway } = await running();
    await Promise.all([1, 2, 3, 4, 5].map(create));
    const release = (): Promise<Answer> =>
      askAt(`${gateway.settleUrl}/v1/reservations/${reservations[0]}/cancel`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
      });
    expect([(await release()).status, (await release()).status]).toEqual([200, 404]);
    expect([(await create()).status, (await create()).status]).toEqual([201, 429]);
  });

  it('comes free by itself when nobody ever tells of the end, after an hour', async () => {
    const { create, gateway } = await running();
    await Promise.all([1, 2, 3, 4, 5].map(create));
    gateway.clock.nowMs += HOUR_MS - 1;
    expect((await create()).status).toBe(429);
    gateway.clock.nowMs += 1;
    expect((await create()).status).toBe(201);
  });
});

describe('spending on the Deep Creative page', () => {
  const spends = async (api: Studio, create: () => Promise<Answer>, dollars: readonly number[]): Promise<number[]> => {
    const statuses: number[] = [];
    for (const price of dollars) {
      api.price = price;
      // oxlint-disable-next-line no-await-in-loop -- each counts after the one before
      statuses.push((await create()).status);
      api.set(`p${statuses.length}`, 'succeeded');
    }
    return statuses;
  };

  it('"No limit": a key that has set none spends what it likes', async () => {
    const api = await running();
    expect(await spends(api, api.create, [1000, 1000, 1000])).toEqual([201, 201, 201]);
  });

  it('"optional, configurable per key": a day\u2019s and a month\u2019s budget, answered in the page\u2019s envelope', async () => {
    const api = await running('dk_budget_demo');
    const { create, gateway } = api;
    expect(await spends(api, create, [1, 0.6])).toEqual([201, 201]);
    const refused = await create();
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      429,
      {
        error: {
          type: 'rate_limit_error',
          message: 'Daily spending limit exceeded. $1.6 of $2 spent.',
          code: 'SPENDING_LIMIT_EXCEEDED',
          details: { limit: 2, spent: 1.6, currency: 'USD', reset_at: '2026-04-12T00:00:00Z' },
        },
      },
    ]);
    expect(refused.headers['retry-after']).toBe(String(Math.ceil((Date.UTC(2026, 3, 12) - START) / 1000)));
    gateway.clock.nowMs = Date.UTC(2026, 3, 12);
    expect(await spends(api, create, [1])).toEqual([201]);
    const month = await create();
    expect([month.status, JSON.parse(month.body)]).toMatchObject([
      429,
      { error: { message: 'Monthly spending limit exceeded. $2.6 of $3 spent.' } },
    ]);
    gateway.clock.nowMs = Date.UTC(2026, 4, 1);
    expect(await spends(api, create, [1])).toEqual([201]);
  });

  it('a failure is free, and what is under way counts as it may cost', async () => {
    const api = await running('dk_budget_demo');
    api.failure = 500;
    await api.create();
    const answers = await Promise.all(Array.from({ length: 9 }, api.create));
    expect(
      answers.filter(({ status }) => status === 201),
      '4 of 50 cents',
    ).toHaveLength(4);
    expect((await api.create()).body).toContain('Daily spending limit exceeded. $2 of $2 spent.');
  });
});

describe('polls on the Deep Creative page', () => {
  it('"don\u2019t poll predictions more than once per second" is advice, until it is made a limit', async () => {
    const { create, ask, gateway } = await running();
    await create();
    await create();
    const poll = async (key: string, id: string): Promise<number> =>
      (await ask(`GET /v1/predictions/${id}`, bearer(key))).status;
    expect([await poll('dk_1', 'p1'), await poll('dk_1', 'p1')]).toEqual([200, 200]);
    expect([await poll('dk_calm_demo', 'p1'), await poll('dk_calm_demo', 'p1')]).toEqual([200, 429]);
    const { body } = await ask('GET /v1/predictions/p1', bearer('dk_calm_demo'));
    expect(body, 'of polls, and not of requests').toContain('Polls of a prediction: 1 per second. Retry after');
    expect(await poll('dk_calm_demo', 'p2'), 'each prediction has its own second').toBe(200);
    gateway.clock.nowMs += 999;
    expect(await poll('dk_calm_demo', 'p1')).toBe(429);
    gateway.clock.nowMs += 1;
    expect(await poll('dk_calm_demo', 'p1')).toBe(200);
    gateway.clock.nowMs += 1000;
    expect(await poll('dk_calm_demo', 'p1'), 'every second, to the millisecond').toBe(200);
  });
});
