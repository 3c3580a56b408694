/* oxlint-disable no-await-in-loop -- one request after another */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { file, serve, serveIn, startedApi } from '../cli-support.ts';
import { ask, dial, until, type Line } from '../support.ts';
import { KEY, studio, studioBefore, STUDIO } from './studio.ts';
import { rawApi } from './watched.ts';

const JOBS = 10_000;
const LEASE_MS = 3_600_000;
/** By how much more a lease that ended may go unnoticed: it is over all the same. */
const LATE_MS = 1000;

/** Begins prediction after prediction. */
function beginning(): RequestListener {
  let nth = 0;
  return (_, response) => void response.writeHead(201, { 'Content-Type': 'application/json' }).end(`{"id":${nth++}}`);
}

const BEGIN = 'POST /v1/predictions HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 0\r\n\r\n';
const LINES = 20;
/** On one of them. */
const AT_ONCE = 25;

/** Begins so many predictions, many at once; how many were answered by each status. */
async function flood(url: string, count: number): Promise<Readonly<Record<string, number>>> {
  const shares = Array.from({ length: LINES }, (_, at) => Math.floor((count + at) / LINES));
  const all = (await Promise.all(shares.map((share) => floodOne(url, share)))).flat();
  return Object.fromEntries(
    Array.from(
      Map.groupBy(all, (status) => status),
      ([of, found]) => [of, found.length],
    ),
  );
}

async function floodOne(url: string, count: number): Promise<readonly string[]> {
  const { socket } = await dial(url);
  const statuses: string[] = [];
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) statuses.push(...(/(?<=HTTP\/1\.1 )\d+/.exec(line) ?? []));
  });
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    socket.write(BEGIN.repeat(Math.min(AT_ONCE, count - sent)));
    await until(() => statuses.length >= Math.min(count, sent + AT_ONCE));
  }
  socket.destroy();
  return statuses;
}

describe('ten thousand permits', () => {
  it('that nobody gives back are all back when their leases end, and the log says so in few words', async () => {
    const { gateway, used } = await studio(beginning(), { timeoutMs: 60_000 });
    expect(await flood(gateway.url, JOBS + 10)).toEqual({ 201: JOBS, 429: 10 });
    gateway.clock.nowMs += LEASE_MS + LATE_MS;
    expect(await used('running')).toBe(0);
    const metrics = async (): Promise<string> => (await ask(`${gateway.adminUrl}/metrics`)).body;
    await expect
      .poll(metrics)
      .toMatch(/^headgate_held_reports_total\{is="lapsed"\} 10000$[^]*^headgate_reservations 0$/m);
    expect(gateway.log.lines.length).toBe(60);
    expect(await flood(gateway.url, 100)).toEqual({ 201: 100 });
    gateway.clock.nowMs += LEASE_MS + LATE_MS;
    await until(() => gateway.log.lines.length > 60);
    expect(gateway.log.lines[60]?.[1]).toMatchObject({ is: 'lapsed', limit: 'running', unsaid: JOBS - 60 });
  });
});

describe('a gateway that is killed with a hundred permits out', () => {
  it('leaves none behind: what takes its place begins with all of them, in flight and in predictions', async () => {
    const waiting: ServerResponse[] = [];
    const begin = beginning();
    const api = await startedApi((incoming, response) => {
      if (incoming.url === '/v1/quick') waiting.push(response);
      else begin(incoming, response);
    });
    const policy = file('studio.yaml', STUDIO.replace('concurrency: 10000', 'concurrency: 100'));
    const first = await serve(policy, api.url);
    const lines = await takeAll(first.url, () => waiting.length === 100);
    expect((await ask(`${first.url}/v1/quick`, { headers: KEY })).status).toBe(429);
    expect(await flood(first.url, 101)).toEqual({ 201: 100, 429: 1 });
    first.child.kill('SIGKILL');
    await Promise.all(lines.map(({ closed }) => closed));
    const second = await serve(policy, api.url);
    waiting.length = 0;
    for (const line of await takeAll(second.url, () => waiting.length === 100)) line.socket.destroy();
    expect(await flood(second.url, 101)).toEqual({ 201: 100, 429: 1 });
  });
});

describe('a gateway that is killed with a hundred permits out, and takes its file up again', () => {
  it('has those of requests back at once, since nobody is there any more, and counts the jobs', async () => {
    const waiting: ServerResponse[] = [];
    const begin = beginning();
    const api = await startedApi((incoming, response) => {
      if (incoming.url === '/v1/quick') waiting.push(response);
      else begin(incoming, response);
    });
    const policy = file('again.yaml', STUDIO.replace('concurrency: 10000', 'concurrency: 100'));
    const first = await serve(policy, api.url);
    const lines = await takeAll(first.url, () => waiting.length === 100);
    expect(await flood(first.url, 99)).toEqual({ 201: 99 });
    first.child.kill('SIGKILL');
    await Promise.all([first.ended, ...lines.map(({ closed }) => closed)]);
    const second = await serveIn(first.cwd, policy, api.url);
    waiting.length = 0;
    const more = await takeAll(second.url, () => waiting.length === 100);
    expect((await ask(`${second.url}/v1/quick`, { headers: KEY })).status).toBe(429);
    expect(await flood(second.url, 2)).toEqual({ 201: 1, 429: 1 });
    for (const line of more) line.socket.destroy();
  });
});

async function takeAll(url: string, areTaken: () => boolean): Promise<readonly Line[]> {
  const lines = await Promise.all(Array.from({ length: 100 }, () => dial(url)));
  for (const { socket } of lines) socket.write('GET /v1/quick HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
  await until(areTaken);
  return lines;
}

describe('a caller that leaves at each byte', () => {
  const CHAT = 'POST /v1/chat HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 2\r\n\r\n{}';
  const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"cost":1}';

  it('of a request is charged what it reserved if the API may have seen it, and the reserve is never lost', async () => {
    let seen = 0;
    const url = await rawApi((socket) => socket.once('data', () => seen++).resume());
    const { gateway, used } = await studioBefore(url);
    for (let at = 1; at <= CHAT.length; at++) {
      const line = await dial(gateway.url);
      line.socket.write(CHAT.slice(0, at));
      if (at === CHAT.length) await until(() => seen > 0);
      line.socket.destroy();
      await line.closed;
    }
    const idle = async (): Promise<string> => (await ask(`${gateway.adminUrl}/metrics`)).body;
    await expect.poll(idle).toMatch(/^headgate_reservations 0$/m);
    expect(await used('day')).toBeGreaterThanOrEqual(0.5 * seen);
    expect(await used('day')).toBeLessThanOrEqual(0.5 * CHAT.length);
  });

  it('of an answer is charged what the API told when its end was seen, else what was reserved', async () => {
    let [at, seen] = [0, 0];
    const answer = (socket: Socket): void => {
      seen++;
      socket.write(ANSWER.slice(0, at));
    };
    const url = await rawApi((socket) => socket.on('data', () => answer(socket)));
    const { gateway, used } = await studioBefore(url);
    for (at = 0; at <= ANSWER.length; at++) {
      const before = await used('day');
      const line = await dial(gateway.url);
      line.socket.write(CHAT);
      await until(() => (at === ANSWER.length ? line.heard().endsWith('{"cost":1}') : seen > at));
      line.socket.destroy();
      await line.closed;
      const charged = at === ANSWER.length ? 1 : 0.5;
      await expect.poll(() => used('day')).toBe(before + charged);
    }
  });
});
