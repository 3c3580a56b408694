import { describe, expect, it } from 'vitest';
import { ask2 } from '../packages/server/test/http2-support.ts';
import { bearer, limitFields, serve } from './served.ts';

const EDIT = 'POST /v1/image/edit';
const KEY = bearer('ck_1');
const REFUSED = {
  detail: {
    error_code: '2001',
    error_type: 'general',
    error_message: 'Too Many Requests. Rate limit exceeded.',
  },
};

describe('the Claid page', () => {
  it('"every image processing response contains relevant headers": led by the minute, with the seconds until it ends', async () => {
    const { gateway, ask } = await serve('claid.yaml');
    await ask(EDIT, KEY);
    gateway.clock.nowMs += 28_000;
    const answer = await ask(EDIT, KEY);
    expect(answer.status).toBe(200);
    expect(limitFields(answer)).toEqual({
      'RateLimit-Limit': '120, 120;w=60, 4;w=1',
      'RateLimit-Remaining': '118',
      'RateLimit-Reset': '32',
    });
  });

  it('"4 request per second": the fifth is 429, with exactly the three fields and the body of the page', async () => {
    const { exhaust } = await serve('claid.yaml');
    const { admitted, refusal } = await exhaust(EDIT, KEY, 4);
    expect([admitted, refusal.status, refusal.headers['content-type']]).toEqual([4, 429, 'application/json']);
    expect(limitFields(refusal)).toEqual({
      'RateLimit-Limit': '4, 120;w=60, 4;w=1',
      'RateLimit-Remaining': '-1',
      'RateLimit-Reset': '1',
    });
    expect(JSON.parse(refusal.body)).toEqual(REFUSED);
  });

  it('"we will be able to process new images again in 1 second"', async () => {
    const { gateway, ask, exhaust } = await serve('claid.yaml');
    await exhaust(EDIT, KEY, 4);
    gateway.clock.nowMs += 999;
    expect((await ask(EDIT, KEY)).status).toBe(429);
    gateway.clock.nowMs += 1;
    expect((await ask(EDIT, KEY)).status).toBe(200);
  });

  it('"120 requests per minute": the next is 429 until the minute ends, and speaks of the minute', async () => {
    const { gateway, ask, exhaust } = await serve('claid.yaml');
    for (let second = 0; second < 30; second++) {
      // oxlint-disable-next-line no-await-in-loop -- a second after another
      for (let i = 0; i < 4; i++) await ask(EDIT, KEY);
      gateway.clock.nowMs += 1000;
    }
    const { admitted, refusal } = await exhaust(EDIT, KEY, 0);
    expect(admitted).toBe(0);
    expect(limitFields(refusal)).toEqual({
      'RateLimit-Limit': '120, 120;w=60, 4;w=1',
      'RateLimit-Remaining': '-1',
      'RateLimit-Reset': '30',
    });
    gateway.clock.nowMs += 30_000;
    expect((await ask(EDIT, KEY)).status).toBe(200);
  });

  it('counts every image operation together, each key apart, and nothing else', async () => {
    const { ask, exhaust } = await serve('claid.yaml');
    await exhaust(EDIT, KEY, 4);
    expect((await ask('POST /v1/image/generate', KEY)).status).toBe(429);
    expect((await ask(EDIT, bearer('ck_2'))).status).toBe(200);
    const account = await ask('GET /v1/account', KEY);
    expect([account.status, limitFields(account)]).toEqual([200, {}]);
  });

  it('"if you need to expand the limits, please contact us": a refusal says where', async () => {
    const { exhaust } = await serve('claid.yaml');
    const { refusal } = await exhaust(EDIT, KEY, 4);
    expect(refusal.headers['link']).toBe('<mailto:sales@claid.ai>; rel="help"');
  });

  it('says the same over HTTP/2', async () => {
    const { gateway, exhaust } = await serve('claid.yaml');
    const url = `${gateway.url}/v1/image/edit`;
    const ask = (): ReturnType<typeof ask2> => ask2(url, { ':method': 'POST', authorization: 'Bearer ck_1' }, '{}');
    const answer = await ask();
    expect([answer.status, answer.headers['ratelimit-limit'], answer.headers['ratelimit-remaining']]).toEqual([
      200,
      '120, 120;w=60, 4;w=1',
      '119',
    ]);
    await exhaust(EDIT, KEY, 3);
    const refusal = await ask();
    expect(refusal.headers).toMatchObject({
      ':status': 429,
      'content-type': 'application/json',
      'ratelimit-limit': '4, 120;w=60, 4;w=1',
      'ratelimit-remaining': '-1',
      'ratelimit-reset': '1',
    });
    expect(refusal.headers).not.toHaveProperty('retry-after');
    expect(JSON.parse(refusal.body)).toEqual(REFUSED);
  });

  it('answers who shows no key in the page\u2019s envelope', async () => {
    const { ask } = await serve('claid.yaml');
    const answer = await ask(EDIT);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      401,
      { detail: { error_code: '1001', error_type: 'auth' } },
    ]);
  });
});
