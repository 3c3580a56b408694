/* oxlint-disable no-await-in-loop -- one caller after another */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { session } from '../http2-support.ts';
import { ask, dial, start, startApi, until, type Api, type Started } from '../support.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
unidentified: unlimited
operations: { put: { match: POST /files }, delete: { match: DELETE /files/:id }, begin: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits:
  running: { concurrency: 2, per: key, on: begin, hold: { id: response.body.id, lease: 1h, until: [poll] } }
  stored: { level: 1000B, per: key, on: put, cost: request.bytes, hold: { id: response.body.id, until: delete } }
respond: { headers: { of: stored, fields: { X-Stored: '{used}' } } }
endpoints: { own: { match: GET /limits } }
`;
const HEAD = 'POST /files HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 900\r\n\r\n';

let api: Api;
let gateway: Started;
/** What the API has seen of uploads, which it never answers. */
let seen: { begun: boolean; whole: boolean; over: boolean };

beforeEach(async () => {
  seen = { begun: false, whole: false, over: false };
  api = await startApi((request, response) => {
    if (request.headers['content-length'] === '0') response.end('{}');
    else seen.begun = true;
    request.on('error', () => undefined).once('end', () => (seen.whole = true));
    request.resume();
    response.once('close', () => (seen.over = true));
  });
  gateway = await start({ policy: POLICY, upstream: api.url });
});

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

async function stored(): Promise<unknown> {
  const { headers } = await ask(`${gateway.url}/files`, {
    method: 'POST',
    body: '',
    headers: { 'X-API-Key': 'k', 'Content-Length': '0' },
  });
  return headers['x-stored'];
}

describe('an upload whose caller leaves', () => {
  it('in the middle of it leaves nothing, since nobody could take it away', async () => {
    const line = await dial(gateway.url);
    line.socket.write(`${HEAD}${'x'.repeat(899)}`);
    await until(() => seen.begun);
    line.socket.destroy();
    await until(() => seen.over);
    expect(await stored()).toBe('0');
  });

  it('in the middle of a stream of HTTP/2 leaves nothing', async () => {
    const connection = session(gateway.url);
    const fields = { ':method': 'POST', ':path': '/files', 'x-api-key': 'k', 'content-length': '900' };
    const stream = connection.request(fields, { endStream: false });
    stream.on('error', () => undefined).write('x'.repeat(899));
    await until(() => seen.begun);
    stream.close(8);
    await until(() => seen.over);
    connection.destroy();
    expect(await stored()).toBe('0');
  });

  it('after all of it, and before its answer, is charged: it may be there', async () => {
    const line = await dial(gateway.url);
    line.socket.write(`${HEAD}${'x'.repeat(900)}`);
    await until(() => seen.whole);
    line.socket.destroy();
    await until(() => seen.over);
    expect(await stored()).toBe('900');
  });
});

async function running(): Promise<unknown> {
  const { body } = await ask(`${gateway.url}/limits`, { headers: { 'X-API-Key': 'k' } });
  const { limits } = JSON.parse(body) as { limits: { name: string; used: number }[] }; // as documented
  return limits.find(({ name }) => name === 'running')?.used;
}

describe('a job whose caller leaves', () => {
  it('in the middle of its request holds its permit until its lease ends, since the API may have begun it', async () => {
    const line = await dial(gateway.url);
    line.socket.write(`${HEAD.replace('/files', '/jobs')}${'x'.repeat(899)}`);
    await until(() => seen.begun);
    line.socket.destroy();
    await until(() => seen.over);
    await expect.poll(running).toBe(1);
    gateway.clock.nowMs += 3_600_000 - 1;
    expect(await running()).toBe(1);
    gateway.clock.nowMs += 1;
    expect(await running()).toBe(0);
  });

  it('before the API has seen anything of it holds nothing', async () => {
    const head = HEAD.replace('/files', '/jobs');
    for (let at = 1; at < head.length; at += 10) {
      const line = await dial(gateway.url);
      line.socket.write(head.slice(0, at));
      line.socket.destroy();
      await line.closed;
    }
    expect([await running(), seen.begun]).toEqual([0, false]);
  });
});
