/* oxlint-disable no-await-in-loop -- one request after another is what is tested */
import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestListener } from 'node:http';
import { constants } from 'node:http2';
import { Agent as AgentTls, request as requestTls } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { file, serve, startedApi } from '../cli-support.ts';
import { session } from '../http2-support.ts';
import { setUp } from '../set-up.ts';
import { ask, dial, until } from '../support.ts';
import { rawApi, watched } from './watched.ts';

const ONE = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
limits: { running: { concurrency: 1, per: address } }
`;
const SIZES = [0, 1, 16_384, 65_536, 1_000_000];

/** Answers with as many bytes as the path says, with their length or in chunks. */
const sized: RequestListener = (incoming, response) => {
  const [, size = '0', how] = (incoming.url ?? '').split('/');
  const body = Buffer.alloc(Number(size), 7);
  if (how === 'chunked') response.write(body.subarray(0, 1));
  response.end(how === 'chunked' ? body.subarray(1) : body);
};

const pem = (part: string): string => fileURLToPath(new URL(`../certificates/first.${part}.pem`, import.meta.url));
const TLS = ['--tls-cert', pem('cert'), '--tls-key', pem('key')];
/** Whoever it is: this is not about that. */
const UNPROVEN = { rejectUnauthorized: false };
const KEPT = { keepAlive: true, maxSockets: 1, ...UNPROVEN };

async function statusOf(agent: Agent, url: string): Promise<number | undefined> {
  const sent = url.startsWith('https') ? requestTls(url, { agent }) : request(url, { agent });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
  await buffer(answer);
  return answer.statusCode;
}

describe('a permit of a request under way', () => {
  it.each([
    ['plain text', [], Agent],
    ['TLS', TLS, AgentTls],
  ])('in %s is back before its caller can ask again, on the same connection and on another', async (_, words, Kind) => {
    const api = await startedApi(sized);
    const { url } = await serve(file('one.yaml', ONE), api.url, ...words);
    const agents = [new Kind(KEPT), new Kind(KEPT)];
    const seen = new Map<number | undefined, number>();
    for (let i = 0; i < 210; i++) {
      const size = SIZES[i % SIZES.length];
      const path = i % 2 === 0 ? `/${size}/plain` : `/${size}/chunked`;
      const status = await statusOf(agents[Math.floor(i / 7) % 2] ?? new Kind(), url + path);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    for (const agent of agents) agent.destroy();
    expect([...seen]).toEqual([[200, 210]]);
  });

  it.each([
    ['plain text', []],
    ['TLS', TLS],
  ])('over HTTP/2 in %s is back before its caller can ask again', async (_, words) => {
    const api = await startedApi(sized);
    const { url } = await serve(file('one-h2.yaml', ONE), api.url, ...words);
    const client = session(url, UNPROVEN);
    const seen = new Set<unknown>();
    for (let i = 0; i < 150; i++) {
      const stream = client.request({ ':path': `/${SIZES[i % SIZES.length]}/plain` });
      const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
      seen.add(head[':status']);
      await buffer(stream);
    }
    client.destroy();
    expect([...seen]).toEqual([200]);
  });

  it('is refused to another while it is out, and tells no instant at which it comes back', async () => {
    const { gateway } = await setUp((incoming) => incoming.resume(), ONE);
    const line = await dial(gateway.url);
    line.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(async () => (await ask(gateway.url)).status).toBe(429);
    line.socket.destroy();
    await line.closed;
  });

  it('is out for as long as its caller does not take the answer', async () => {
    const { gateway } = await setUp((_, response) => response.end(Buffer.alloc(50_000_000)), ONE);
    const line = await dial(gateway.url);
    line.socket.pause().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(async () => (await ask(gateway.url)).status).toBe(429);
    line.socket.resume();
    await expect.poll(async () => (await ask(gateway.url)).status).toBe(200);
    line.socket.destroy();
  });

  it.each<[what: string, arrive: (url: string) => Promise<() => void>]>([
    ['that hangs up', overHttp1],
    ['that resets its stream', overHttp2],
  ])('comes back from a caller %s, a hundred times over', async (_, arrive) => {
    const gateway = await watched(await rawApi((socket) => void socket.resume()), { policy: ONE });
    for (let i = 0; i < 100; i++) {
      const leave = await arrive(gateway.url);
      await until(() => gateway.admitted() === i + 1);
      leave();
      await until(() => gateway.underWay() === 0);
    }
    expect(gateway.times()).toEqual(Array.from({ length: 100 }, () => 1));
  });
});

async function overHttp1(url: string): Promise<() => void> {
  const { socket } = await dial(url);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  return () => socket.destroy();
}

async function overHttp2(url: string): Promise<() => void> {
  const client = session(url);
  const stream = client.request({ ':path': '/' }).on('error', () => undefined);
  await once(client, 'remoteSettings');
  stream.on('close', () => client.destroy());
  return () => stream.close(constants.NGHTTP2_CANCEL);
}
