/* oxlint-disable no-await-in-loop -- each counts after the one before */
import { effectiveLimits } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { describe, expect, it } from 'vitest';
import { ask as askAt, policyText, until, type Answer } from '../packages/server/test/support.ts';
import { bearer, serve, START, TOKEN, type Served } from './served.ts';
import { uploads, type Uploads } from './uploads.ts';

const POLICY = policyText('aionvision.yaml');
const DASHBOARD = { Cookie: 'session=demo' };
const STREAM = 'POST /v1/upload/stream';

async function uploading(): Promise<Uploads & Served> {
  const api = uploads();
  return Object.assign(api, await serve('aionvision.yaml', START, api.listener));
}

/** The account of the dashboard has another tier from now on. */
function move({ gateway }: Served, tier: string): void {
  gateway.use(
    parsePolicy(
      POLICY.replace('demo: { plan: STARTER, account: dashboard }', `demo: { plan: ${tier}, account: dashboard }`),
    ),
  );
}

async function adjust(
  { gateway }: Served,
  limit: string,
  plan: string,
  by: number,
  account = 'dashboard',
): Promise<number> {
  const answer = await askAt(`${gateway.settleUrl}/v1/limits/${limit}/adjust`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ subject: { account, plan }, by }),
  });
  return answer.status;
}

const put = ({ gateway }: Served, bytes: number): Promise<Answer> =>
  askAt(`${gateway.url}/v1/upload/presigned/f`, { method: 'PUT', headers: DASHBOARD, body: 'x'.repeat(bytes) });

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

describe('the table of tiers of the Aionvision page', () => {
  it('has its rows under the names that the page gives them, in what the page counts', () => {
    const rows = effectiveLimits(parsePolicy(POLICY), 'FREE').map(({ label, amount, unit }) => [label, amount, unit]);
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
    expect([refused.status, refused.body]).toEqual([429, expect.stringContaining(`"${label}: `)]);
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
