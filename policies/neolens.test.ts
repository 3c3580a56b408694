import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { until, type Answer } from '../packages/server/test/support.ts';
import { bearer, limitFields, serve, START } from './served.ts';
import { uploads } from './uploads.ts';

const STUDIES = 'GET /v1/studies';

/** An API that sends images of half of what a hospital has in a minute. */
const imaging: RequestListener = (_, response) => void response.end(Buffer.alloc(50_000_000));

describe('the Neolens page', () => {
  it.each([
    ['public-demo', 100],
    ['developer-demo', 1000],
  ])('limits %s to %i requests a minute', async (key, amount) => {
    const { exhaust } = await serve('neolens.yaml');
    const { admitted, refusal } = await exhaust(STUDIES, bearer(key), amount);
    expect([admitted, refusal.status, refusal.headers['x-ratelimit-limit']]).toEqual([amount, 429, String(amount)]);
  });

  it('answers past it in the page\u2019s body, whose seconds are those of Retry-After', async () => {
    const { gateway, ask, exhaust } = await serve('neolens.yaml');
    await exhaust(STUDIES, bearer('public-demo'), 100);
    gateway.clock.nowMs += 50_000;
    const refusal = await ask(STUDIES, bearer('public-demo'));
    expect([refusal.headers['retry-after'], refusal.headers['content-type']]).toEqual(['10', 'application/json']);
    expect(JSON.parse(refusal.body)).toEqual({
      error: 'Too Many Requests',
      code: 429,
      message: 'Rate limit exceeded. Try again in 10 seconds.',
    });
    gateway.clock.nowMs += 10_000;
    expect((await ask(STUDIES, bearer('public-demo'))).status).toBe(200);
  });

  it('"custom rate limits per SLA": a hospital has what its contract says, while it runs', async () => {
    const { gateway, ask } = await serve('neolens.yaml');
    const limit = async (key: string): Promise<unknown> =>
      (await ask(STUDIES, bearer(key))).headers['x-ratelimit-limit'];
    expect([await limit('hospital-demo'), await limit('clinic-demo')]).toEqual(['5000', '1000']);
    gateway.clock.nowMs = Date.UTC(2028, 0, 1);
    expect(await limit('hospital-demo')).toBe('1000');
  });

  it('"higher thresholds for high-volume diagnostic tools": 5000 of a hospital pass, where others have a fifth', async () => {
    const { ask } = await serve('neolens.yaml');
    const limits = await Promise.all(
      ['hospital-demo', 'clinic-demo'].map(
        async (key) => (await ask(STUDIES, bearer(key))).headers['x-ratelimit-limit'],
      ),
    );
    expect(limits).toEqual(['5000', '1000']);
  });

  it('"specific bandwidth windows for emergency cases": a rate in bytes, ten times as wide while a window is open', async () => {
    const { gateway, ask } = await serve('neolens.yaml', START, imaging);
    const load = async (key: string): Promise<number> => (await ask('GET /v1/images/ct', bearer(key))).status;
    const [er, others] = ['hospital-er-demo', 'hospital-demo'];
    expect([await load(er), await load(er), await load(er)], 'closed').toEqual([200, 200, 429]);
    gateway.clock.nowMs = Date.UTC(2026, 3, 11, 18);
    expect([await load(er), await load(er), await load(er)], 'open').toEqual([200, 200, 200]);
    expect([await load(others), await load(others), await load(others)], 'of others').toEqual([200, 200, 429]);
    gateway.clock.nowMs = Date.UTC(2026, 3, 12, 6);
    expect([await load(er), await load(er), await load(er)], 'over').toEqual([200, 200, 429]);
  });

  it('"time-based throttling for batch jobs": slowed to one a second by day, after ten, and free by night', async () => {
    const { gateway, ask } = await serve('neolens.yaml');
    const post = (count: number): Promise<Answer>[] =>
      Array.from({ length: count }, () => ask('POST /v1/batch/reports', bearer('clinic-demo')));
    const told: Answer[] = [];
    // This gateway lets nobody wait for more than 5 s.
    const waiting = post(16).map(async (answer) => told.push(await answer));
    const passed = (): number => told.filter(({ status }) => status === 200).length;
    // Five of them wait, of which the first passes after a second; the last would wait for too long.
    await until(() => told.some(({ status }) => status === 429) && passed() > 10);
    expect(
      told.filter(({ status }) => status !== 200).map(({ status, headers }) => [status, headers['retry-after']]),
    ).toEqual([[429, '6']]);
    gateway.clock.nowMs = Date.UTC(2026, 3, 11, 22);
    expect((await Promise.all(post(40))).every(({ status }) => status === 200)).toBe(true);
    void Promise.allSettled(waiting); // they end with the gateway
  });

  it('"protecting infrastructure against overloads": 503 for all together, and the last fifth is for emergencies', async () => {
    const api = uploads();
    const { ask } = await serve('neolens.yaml', START, api.listener);
    const begin = (key: string, count: number): Promise<Answer>[] =>
      Array.from({ length: count }, () => ask(STUDIES, bearer(key)));
    const running = begin('developer-demo', 400);
    await until(() => api.waiting() === 400);
    const refused = await ask(STUDIES, bearer('hospital-demo'));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    running.push(...begin('hospital-er-demo', 100));
    await until(() => api.waiting() === 500);
    expect((await ask(STUDIES, bearer('hospital-er-demo'))).status).toBe(503);
    for (let i = 0; i < 500; i++) api.finish();
    expect(new Set((await Promise.all(running)).map(({ status }) => status))).toEqual(new Set([201]));
    api.atOnce = 200;
    expect((await ask(STUDIES, bearer('hospital-demo'))).status).toBe(200);
  });

  it('"preventing unauthorized access or scraping": fifty different studies a day, each as often as one likes', async () => {
    const { gateway, ask } = await serve('neolens.yaml');
    const look = async (study: number, key = 'public-demo'): Promise<number> =>
      (await ask(`GET /v1/studies/${study}`, bearer(key))).status;
    for (let i = 0; i < 50; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect([await look(i), await look(i)]).toEqual([200, 200]);
      if (i % 20 === 19) gateway.clock.nowMs += 60_000;
    }
    expect([await look(0), await look(49), await look(50), await look(51)]).toEqual([200, 200, 429, 429]);
    expect(await look(50, 'developer-demo')).toBe(200);
    gateway.clock.nowMs = START + 24 * 3_600_000;
    expect([await look(50), await look(0)]).toEqual([200, 200]);
  });

  it('"why am I getting 429 errors even when sending few requests?" One token of several clients is one caller', async () => {
    const { ask } = await serve('neolens.yaml');
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => ask(STUDIES, { ...bearer('public-demo'), 'User-Agent': `c${i}` })),
    );
    expect((await ask(STUDIES, bearer('public-demo'))).status).toBe(429);
  });

  it('"across different roles and institutions": keys of one institution\u2019s role share, others do not', async () => {
    const { ask } = await serve('neolens.yaml');
    const left = async (key: string): Promise<unknown> =>
      (await ask(STUDIES, bearer(key))).headers['x-ratelimit-remaining'];
    expect([
      await left('hospital-demo'),
      await left('hospital-demo-2'),
      await left('hospital-er-demo'),
      await left('clinic-demo'),
      await left('public-demo'),
    ]).toEqual(['4999', '4998', '4999', '999', '99']);
  });

  it('"you can monitor your usage via the response headers"', async () => {
    const { ask } = await serve('neolens.yaml');
    expect(Object.keys(limitFields(await ask(STUDIES, bearer('public-demo'))))).toEqual([
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
  });

  it('points to where a higher limit is to be had', async () => {
    const { exhaust } = await serve('neolens.yaml');
    const { refusal } = await exhaust(STUDIES, bearer('public-demo'), 100);
    expect(refusal.headers['link']).toBe('<mailto:support@neolens.ai>; rel="help"');
  });

  it.each([{}, bearer('unknown')])(
    'answers a caller that it does not know in the page\u2019s envelope: %j',
    async (headers) => {
      const { ask } = await serve('neolens.yaml');
      const answer = await ask(STUDIES, headers);
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([401, { error: 'Unauthorized', code: 401 }]);
    },
  );
});
