import { describe, expect, it } from 'vitest';
import { bearer, limitFields, serve, START } from './served.ts';

const SESSION = { Cookie: 'theme=dark; session=demo' };
const MONTH_END = Date.UTC(2026, 4, 1);

describe('the Aionvision page', () => {
  it.each([
    ['starter-demo', 30],
    ['professional-demo', 100],
    ['enterprise-demo', 500],
  ])('"API Requests/minute": %s has %i', async (key, amount) => {
    const { exhaust } = await serve('aionvision.yaml');
    const { admitted, refusal } = await exhaust('GET /v1/files', bearer(key), amount);
    expect([admitted, refusal.status]).toEqual([amount, 429]);
    expect(limitFields(refusal)).toEqual({
      'X-RateLimit-Limit': String(amount),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(Math.ceil((START + 60_000) / 1000)),
      'Retry-After': '60',
    });
  });

  it('"the FREE tier does not include API key access": 403, with the fields of its tier', async () => {
    const { ask } = await serve('aionvision.yaml');
    const answer = await ask('GET /v1/files', bearer('free-demo'));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([403, { error: 'Forbidden' }]);
    expect(limitFields(answer)).toMatchObject({ 'X-RateLimit-Limit': '10', 'X-RateLimit-Remaining': '10' });
  });

  it('"not subject to per-minute rate limits": a session has no such limit, and is told of none', async () => {
    const { ask } = await serve('aionvision.yaml');
    for (let i = 0; i < 40; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what would be limited
      const answer = await ask('GET /v1/files', SESSION);
      expect([answer.status, limitFields(answer)]).toEqual([200, {}]);
    }
  });

  it.each([
    ['POST /v1/describe', 300],
    ['POST /v1/chat', 200],
  ])('counts %s by the month for a session too: a STARTER account has %i', async (request, amount) => {
    const { gateway, ask, exhaust } = await serve('aionvision.yaml');
    const { admitted, refusal } = await exhaust(request, SESSION, amount);
    expect([admitted, refusal.status]).toEqual([amount, 429]);
    expect(refusal.headers['retry-after']).toBe(String(Math.ceil((MONTH_END - START) / 1000)));
    gateway.clock.nowMs = MONTH_END - 1;
    expect((await ask(request, SESSION)).status).toBe(429);
    gateway.clock.nowMs = MONTH_END;
    expect((await ask(request, SESSION)).status).toBe(200);
  });

  it('counts descriptions by the month for a key beside its requests by the minute', async () => {
    const { gateway, ask, exhaust } = await serve('aionvision.yaml');
    for (let minute = 0; minute < 10; minute++) {
      // oxlint-disable-next-line no-await-in-loop -- a minute after another
      expect((await exhaust('POST /v1/describe', bearer('starter-demo'), 30)).admitted).toBe(30);
      gateway.clock.nowMs += 60_000;
    }
    expect((await ask('POST /v1/describe', bearer('starter-demo'))).status).toBe(429);
    expect((await ask('POST /v1/chat', bearer('starter-demo'))).status).toBe(200);
  });

  it('"this counts as one API call": a batch costs one', async () => {
    const { ask } = await serve('aionvision.yaml');
    const answer = await ask('POST /v1/upload/stream-batch', bearer('starter-demo'));
    expect([answer.status, answer.headers['x-ratelimit-remaining']]).toEqual([200, '29']);
  });

  it('counts what is asked on all paths together, for each account apart', async () => {
    const { ask } = await serve('aionvision.yaml');
    await ask('GET /v1/files', bearer('starter-demo'));
    await ask('POST /v1/chat', bearer('starter-demo'));
    const [same, other] = [
      await ask('GET /v1/anything', bearer('starter-demo')),
      await ask('GET /v1/files', bearer('professional-demo')),
    ];
    expect([same, other].map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['27', '99']);
  });

  it('answers who shows neither key nor session', async () => {
    const { ask } = await serve('aionvision.yaml');
    const [nobody, stranger] = [await ask('GET /v1/files'), await ask('GET /v1/files', { Cookie: 'session=other' })];
    expect([nobody.status, stranger.status, JSON.parse(nobody.body)]).toMatchObject([
      401,
      401,
      { error: 'Unauthorized' },
    ]);
  });
});
