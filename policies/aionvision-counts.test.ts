/* oxlint-disable no-await-in-loop -- each counts after the one before */
import { effectiveLimits } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { describe, expect, it } from 'vitest';
import { until, type Answer } from '../packages/server/test/support.ts';
import { adjust, AIONVISION, DASHBOARD, STREAM, uploading } from './accounts.ts';
import { bearer, serve, START, type Served } from './served.ts';

describe('the table of tiers of the Aionvision page', () => {
  it('has its rows under the names that the page gives them, in what the page counts', () => {
    const rows = effectiveLimits(parsePolicy(AIONVISION), 'FREE').map(({ label, amount, unit }) => [
      label,
      amount,
      unit,
    ]);
    expect(rows).toEqual([
      ['API Requests/minute', '10/1m', 'requests'],
      ['Batch upload size', '10', 'files'],
      ['Max file size (images)', '25MB', 'bytes'],
      ['Max file size (documents)', '50MB', 'bytes'],
      ['Max file size (videos)', '1GB', 'bytes'],
      ['Per-File Limit', '100MB', 'bytes'],
      ['Concurrent uploads', '10', 'uploads'],
      ['Storage quota', '1GB', 'bytes'],
      ['AI descriptions/month', '15/month', 'descriptions'],
      ['Chat messages/month', '10/month', 'messages'],
    ]);
  });
});

describe('who shows neither key nor session to the Aionvision API', () => {
  it('is asked for one, and told to wait once there were too many', async () => {
    const { ask, gateway } = await serve('aionvision.yaml');
    gateway.use(parsePolicy(`unidentified: 1/minute\n${AIONVISION}`));
    const told = ({ status, headers, body }: Answer): unknown[] => [status, headers['retry-after'], JSON.parse(body)];
    expect(told(await ask('GET /v1/files'))).toEqual([
      401,
      undefined,
      { error: 'Unauthorized', message: 'A valid API key or session is required.' },
    ]);
    expect(told(await ask('GET /v1/files'))).toEqual([
      429,
      '64',
      { error: 'Too Many Requests', message: 'Too many requests without a valid API key.', retry_after: 64 },
    ]);
  });
});

describe('custom limits on the Aionvision page', () => {
  it('hold from their day on: 2,000 requests a minute, and 100 uploads at once', async () => {
    const api = await uploading();
    const custom = bearer('custom-demo');
    const running = Array.from({ length: 100 }, () => api.ask(STREAM, custom));
    await until(() => api.waiting() === 100);
    const { body, headers } = await api.ask(STREAM, custom);
    expect(body).toContain('100 of 100 concurrent uploads are under way.');
    const reset = String(Math.ceil((START + 60_000) / 1000));
    expect([headers['x-ratelimit-limit'], headers['x-ratelimit-reset']]).toEqual(['2000', reset]);
    for (let i = 0; i < 100; i++) api.finish();
    await Promise.all(running);
  });

  it.each([
    [Date.UTC(2026, 0, 1) - 1, '500'],
    [Date.UTC(2026, 0, 1), '2000'],
  ])('at %i it is %s', async (nowMs, limit) => {
    const { ask } = await serve('aionvision.yaml', nowMs);
    expect((await ask('GET /v1/files', bearer('custom-demo'))).headers['x-ratelimit-limit']).toBe(limit);
  });
});

describe('what uploads at once are, on the Aionvision page', () => {
  it('those of a stream, of a batch and of a presigned URL; nothing else waits for them', async () => {
    const api = await uploading();
    const kinds = [STREAM, 'POST /v1/upload/stream-batch', 'PUT /v1/upload/presigned/a'];
    const running = Array.from({ length: 20 }, (_, i) => api.ask(kinds[i % 3] ?? STREAM, DASHBOARD));
    await until(() => api.waiting() === 20);
    for (const kind of kinds) expect([kind, (await api.ask(kind, DASHBOARD)).status]).toEqual([kind, 429]);
    expect((await api.ask('DELETE /v1/files/f1', DASHBOARD)).status).toBe(204);
    const others = ['GET /v1/files', 'POST /v1/chat', 'GET /v1/upload/presigned/a'].map((one) =>
      api.ask(one, DASHBOARD),
    );
    await until(() => api.waiting() === 23);
    for (let i = 0; i < 23; i++) api.finish();
    await Promise.all([...running, ...others]);
  });
});

/** All that an account of STARTER may have in a month is used up. */
async function spent(): Promise<Served> {
  const served = await serve('aionvision.yaml');
  for (const [limit, by] of [
    ['ai', 300],
    ['chats', 200],
  ] as const)
    expect(await adjust(served, limit, 'STARTER', by, 'starter')).toBe(200);
  return served;
}

describe('what counts by the month on the Aionvision page', () => {
  it.each([
    ['AI descriptions/month', 'POST /v1/describe'],
    ['AI descriptions/month', 'GET /v1/describe'],
    ['AI descriptions/month', 'POST /v1/files/f1/describe'],
    ['Chat messages/month', 'POST /v1/chat'],
    ['Chat messages/month', 'PUT /v1/chat'],
    ['Chat messages/month', 'POST /v1/chat/messages'],
    ['Chat messages/month', 'GET /v1/chat/1/messages'],
  ])('"%s": %s', async (label, request) => {
    const { ask } = await spent();
    const refused = await ask(request, bearer('starter-demo'));
    const wait = Math.ceil((Date.UTC(2026, 4, 1) - START) / 1000);
    const used = label.startsWith('Chat') ? 200 : 300;
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      429,
      String(wait),
      {
        error: 'Too Many Requests',
        message: `${label}: ${used} used. Retry after ${wait} seconds.`,
        retry_after: wait,
      },
    ]);
  });

  it.each(['POST /v1/describe', 'POST /v1/chat'])('of each account by itself: %s', async (request) => {
    const { ask } = await spent();
    expect([(await ask(request, bearer('starter-demo'))).status, (await ask(request, DASHBOARD)).status]).toEqual([
      429, 200,
    ]);
  });

  it.each([
    'GET /v1/files',
    'POST /v1/files',
    'GET /v1/files/f1',
    'GET /v1/files/f1/describe',
    'PATCH /v1/files/f1',
    'DELETE /v1/files/f1',
    'GET /v1/chats',
    'POST /v1/upload/stream',
  ])('neither of them: %s', async (request) => {
    const { ask } = await spent();
    expect((await ask(request, bearer('starter-demo'))).status).toBe(200);
  });
});
