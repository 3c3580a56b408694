import { describe, expect, it } from 'vitest';
import { dial, until, type Answer } from '../packages/server/test/support.ts';
import { bearer, limitFields, serve, START, type Served } from './served.ts';
import { uploads, type Uploads } from './uploads.ts';

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

  it('"enterprise customers can request custom rate limits": while one is written, it holds and is told', async () => {
    const { gateway, ask } = await serve('aionvision.yaml');
    const limit = async (): Promise<unknown> =>
      (await ask('GET /v1/files', bearer('custom-demo'))).headers['x-ratelimit-limit'];
    expect(await limit()).toBe('2000');
    gateway.clock.nowMs = Date.UTC(2027, 0, 1);
    expect(await limit()).toBe('500');
  });

  it('"contact your account manager or email enterprise@aionvision.tech": a refusal says where', async () => {
    const { exhaust } = await serve('aionvision.yaml');
    const { refusal } = await exhaust('GET /v1/files', bearer('starter-demo'), 30);
    expect(refusal.headers['link']).toBe('<mailto:enterprise@aionvision.tech>; rel="help"');
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

const STREAM = 'POST /v1/upload/stream';
const FREE = { Cookie: 'session=free-demo' };

async function uploading(): Promise<Uploads & Served> {
  const api = uploads();
  return Object.assign(api, await serve('aionvision.yaml', START, api.listener));
}

describe('upload limits of the Aionvision page', () => {
  it.each([
    ['FREE, whose users have the dashboard alone', FREE, 10],
    ['STARTER', bearer('starter-demo'), 20],
    ['PROFESSIONAL', bearer('professional-demo'), 30],
    ['ENTERPRISE', bearer('enterprise-demo'), 50],
  ] as const)('"concurrent uploads" of %s: %j has %i, and 429 with a wait for the next', async (_, key, amount) => {
    const { ask, waiting, finish } = await uploading();
    const running = Array.from({ length: amount }, () => ask(STREAM, key));
    await until(() => waiting() === amount);
    const refused = await ask('POST /v1/upload/stream-batch', key);
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      429,
      '5',
      {
        error: 'Too Many Requests',
        message: `${amount} of ${amount} concurrent uploads are under way. Retry after 5 seconds.`,
        retry_after: 5,
      },
    ]);
    finish();
    await Promise.race(running);
    const next = ask(STREAM, key);
    await until(() => waiting() === amount);
    for (let i = 0; i < amount; i++) finish();
    expect((await Promise.all([...running, next])).every(({ status }) => status === 201)).toBe(true);
  });

  it('an upload gives its place back however it ends: refused by the API, or left by its caller', async () => {
    const { ask, waiting, finish, gateway } = await uploading();
    const nine = Array.from({ length: 9 }, () => ask(STREAM, FREE));
    const line = await dial(gateway.url);
    line.socket.write(
      'POST /v1/upload/stream HTTP/1.1\r\nHost: a\r\nCookie: session=free-demo\r\nContent-Length: 1000\r\n\r\nhalf',
    );
    await until(() => waiting() === 10);
    expect((await ask(STREAM, FREE)).status).toBe(429);
    line.socket.destroy();
    await until(() => waiting() === 9);
    const after = ask(STREAM, FREE);
    await until(() => waiting() === 10);
    finish(500);
    expect((await Promise.race(nine)).status).toBe(500);
    for (let i = 0; i < 9; i++) finish();
    expect((await after).status).toBe(201);
  });

  it('accounts do not share their uploads, keys and sessions of one account do', async () => {
    const { ask, waiting, finish } = await uploading();
    const running = Array.from({ length: 10 }, () => ask(STREAM, FREE));
    await until(() => waiting() === 10);
    const other = ask(STREAM, SESSION);
    await until(() => waiting() === 11);
    expect((await ask(STREAM, FREE)).status).toBe(429);
    for (let i = 0; i < 11; i++) finish();
    await Promise.all([...running, other]);
  });
});

describe('storage on the Aionvision page', () => {
  /** Declares so many bytes, on the way that larger files take, of which the API wants none before it answers; the answer's status line and body. */
  async function put({ gateway }: Served, bytes: number): Promise<string> {
    const line = await dial(gateway.url);
    line.socket.write(
      `PUT /v1/upload/presigned/one HTTP/1.1\r\nHost: a\r\nCookie: session=free-demo\r\nContent-Length: ${bytes}\r\n\r\nthe first of it`,
    );
    await until(() => line.heard().includes('}'));
    line.socket.destroy();
    return line.heard();
  }

  it('"storage quota" of FREE is 1GB: what was stored counts until it is deleted, a failed upload never', async () => {
    const api = await uploading();
    api.atOnce = 500;
    expect(await put(api, 600_000_000)).toMatch(/^HTTP\/1.1 500/);
    api.atOnce = 201;
    expect(await put(api, 600_000_000)).toMatch(/^HTTP\/1.1 201[^]*"id":"f1"/);
    const refused = await put(api, 400_000_001);
    expect(refused).toMatch(/^HTTP\/1.1 429/);
    expect(refused).toMatch(/\r\nRetry-After: 60\r\n/i);
    expect(refused).toContain('"storage":{"used":600000000,"limit":1000000000,"requested":400000001}');
    expect(await put(api, 400_000_000)).toMatch(/^HTTP\/1.1 201/);
    const removal: Answer = await api.ask('DELETE /v1/files/f1', FREE);
    expect(removal.status).toBe(204);
    await api.ask('DELETE /v1/files/f1', FREE);
    expect(await put(api, 600_000_001)).toMatch(/^HTTP\/1.1 429/);
    expect(await put(api, 600_000_000)).toMatch(/^HTTP\/1.1 201/);
  });

  it('what could never be stored is told no wait', async () => {
    const api = await uploading();
    const refused = await put(api, 1_000_000_001);
    expect(refused).toMatch(/^HTTP\/1.1 429/);
    expect(refused).not.toMatch(/retry-after/i);
  });
});
