/* oxlint-disable no-await-in-loop -- each counts after the one before */
import { describe, expect, it } from 'vitest';
import { dial, until } from '../packages/server/test/support.ts';
import { adjust, DASHBOARD, move, put, STREAM, uploading } from './accounts.ts';
import { bearer, serve, type Served } from './served.ts';

describe('a tier of the Aionvision page that changes at runtime', () => {
  it('keeps what is stored: over a smaller quota nothing more is stored, and the body tells all that is', async () => {
    const api = await uploading();
    api.atOnce = 201;
    expect([(await put(api, 10)).status, await adjust(api, 'storage', 'STARTER', 3e9)]).toEqual([201, 200]);
    move(api, 'FREE');
    const refused = await put(api, 1);
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      429,
      '60',
      {
        error: 'Too Many Requests',
        message: 'Storage quota: 3000000010 of 1000000000 bytes used. Delete files, or upgrade your plan.',
        storage: { used: 3_000_000_010, limit: 1_000_000_000, requested: 1 },
      },
    ]);
    expect((await api.ask('DELETE /v1/files/f1', DASHBOARD)).status).toBe(204);
    expect((await put(api, 1)).body).toContain('3000000000 of 1000000000 bytes used');
    expect(await adjust(api, 'storage', 'FREE', -2_000_000_001)).toBe(200);
    expect([(await put(api, 2)).status, (await put(api, 1)).status]).toEqual([429, 201]);
    move(api, 'STARTER');
    expect((await put(api, 1000)).status).toBe(201);
    move(api, 'ENTERPRISE');
    expect((await put(api, 1000)).status).toBe(201);
  });

  it('cuts no upload off: the next begins once fewer are under way than the smaller tier has', async () => {
    const api = await uploading();
    const running = Array.from({ length: 12 }, () => api.ask(STREAM, DASHBOARD));
    await until(() => api.waiting() === 12);
    move(api, 'FREE');
    const message = async (): Promise<unknown> =>
      (JSON.parse((await api.ask(STREAM, DASHBOARD)).body) as { message: unknown }).message; // as the policy writes it
    for (const left of [12, 11, 10]) {
      expect(await message()).toBe(`${left} of 10 concurrent uploads are under way. Retry after 5 seconds.`);
      api.finish();
      await Promise.race(running.splice(0, 1));
    }
    const next = api.ask(STREAM, DASHBOARD);
    await until(() => api.waiting() === 10);
    for (let i = 0; i < 10; i++) api.finish();
    expect((await Promise.all([...running, next])).map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, () => 201),
    );
  });

  it('counts a month on: what was asked in one tier is used in the other', async () => {
    const served = await serve('aionvision.yaml');
    expect(await adjust(served, 'chats', 'STARTER', 9)).toBe(200);
    move(served, 'FREE');
    const say = async (): Promise<number> => (await served.ask('POST /v1/chat', DASHBOARD)).status;
    expect([await say(), await say()]).toEqual([200, 429]);
    move(served, 'STARTER');
    expect(await say()).toBe(200);
  });
});

describe('a "storage quota" of the Aionvision page', () => {
  /** Of a length that is not declared: how it was answered. */
  async function stream({ gateway }: Served): Promise<string> {
    const line = await dial(gateway.url);
    const head = 'POST /v1/upload/stream HTTP/1.1\r\nHost: a\r\nCookie: session=free-demo\r\n';
    line.socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n0\r\n\r\n`);
    await until(() => line.heard().includes('}'));
    line.socket.destroy();
    return line.heard();
  }

  it('is held for the most that a stream may bring, where nobody says how much comes, and counts what came', async () => {
    const api = await uploading();
    api.atOnce = 201;
    expect(await adjust(api, 'storage', 'FREE', 900_000_001, 'free')).toBe(200);
    expect(await stream(api)).toContain('"storage":{"used":900000001,"limit":1000000000,"requested":100000000}');
    expect(await adjust(api, 'storage', 'FREE', -1, 'free')).toBe(200);
    expect(await stream(api)).toMatch(/^HTTP\/1.1 201/);
    expect(await stream(api)).toContain('"storage":{"used":900000005,');
    api.gateway.clock.nowMs = Date.UTC(2036, 0, 1);
    expect(await stream(api), 'until it is deleted').toContain('"storage":{"used":900000005,');
  });

  it('is each account\u2019s own', async () => {
    const api = await uploading();
    api.atOnce = 201;
    expect(await adjust(api, 'storage', 'STARTER', 25e9, 'starter')).toBe(200);
    expect([(await api.ask(STREAM, bearer('starter-demo'))).status, (await put(api, 1000)).status]).toEqual([429, 201]);
  });
});
