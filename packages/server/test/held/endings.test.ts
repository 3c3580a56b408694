/* oxlint-disable no-await-in-loop -- one exchange after another */
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { dial2, session } from '../http2-support.ts';
import { ask as asked, begin, reset } from '../attack/streams.ts';
import { dial, startApi, until } from '../support.ts';
import { rawApi, watched, type Watched } from './watched.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789';
const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234';
const WHOLE = `${HALF}56789`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n';

/** A permit for each caller, whom a function knows. */
const SLOW = `
headgate: 1
identify: { key: { header: X-API-Key, find: slow } }
limits: { running: { concurrency: 1, per: key } }
`;

/** An API that answers with these bytes and does nothing more, or hangs up behind them. */
const answers =
  (bytes: string, hangsUp = false) =>
  (socket: Socket): void => {
    socket.on('data', () => (hangsUp ? socket.end(bytes) : socket.write(bytes)));
  };
const never = (socket: Socket): void => void socket.resume();
const hangsUp = (socket: Socket): void => void socket.on('data', () => socket.destroy());

/** Every request that was admitted has ended, and was told of once. */
async function settled(gateway: Watched): Promise<void> {
  await until(() => gateway.underWay() === 0);
  expect(gateway.times()).toEqual(gateway.times().map(() => 1));
}

/** A caller that sends this, waits for as much of an answer as there is, and leaves. */
async function sendAndLeave(url: string, bytes: string | Buffer, hears: number): Promise<void> {
  const line = await dial(url);
  line.socket.write(bytes);
  await until(() => line.heard().length >= hears || line.socket.destroyed);
  line.socket.destroy();
  await line.closed;
}

type Case = readonly [
  what: string,
  api: (socket: Socket) => void,
  how: string,
  status: number | undefined,
  bytes: number,
];

const ENDS: readonly Case[] = [
  ['an answer that is whole', answers(WHOLE), 'whole', 200, 10],
  ['an answer that is chunked', answers(`${CHUNKED}0\r\n\r\n`), 'whole', 200, 5],
  ['an answer that ends with its connection', answers('HTTP/1.1 200 OK\r\n\r\n01234', true), 'whole', 200, 5],
  ['an answer without a body', answers('HTTP/1.1 204 No Content\r\n\r\n'), 'whole', 204, 0],
  ['an API that hangs up', hangsUp, 'failed', undefined, 0],
  ['an API that answers what is no HTTP', answers('nonsense\r\n\r\n'), 'failed', undefined, 0],
  ['an API that says nothing', never, 'timed-out', undefined, 0],
  ['an answer that breaks off at once', answers(HALF, true), 'failed', 200, 0],
];

describe.each([
  ['1.1', over1],
  ['2', over2],
])('over HTTP/%s, the gate is told once of', (_, send) => {
  it.each(ENDS)('%s', async (_what, api, how, status, bytes) => {
    const gateway = await watched(await rawApi(api), how === 'timed-out' ? { timeoutMs: 150 } : {});
    await send(gateway.url);
    await settled(gateway);
    expect(gateway.endings()).toMatchObject([{ status, sentBytes: bytes }]);
    expect(gateway.unfinished()).toEqual(how === 'whole' ? {} : { [how]: 1 });
  });

  it('an answer that goes on for ever', async () => {
    const gateway = await watched(await rawApi(answers(CHUNKED)), { bounds: { totalMs: 400 } });
    // On a busy machine the time may be over before the answer has begun: then it is asked for again.
    do {
      await send(gateway.url);
      await settled(gateway);
    } while (gateway.endings().at(-1)?.status === undefined && gateway.admitted() < 20);
    expect(gateway.endings().at(-1)).toMatchObject({ status: 200, sentBytes: 5 });
    expect(gateway.unfinished()).toEqual({ 'timed-out': gateway.admitted() });
  });

  it('an answer that breaks off once it has been passed on', async () => {
    const sockets: Socket[] = [];
    const api = (socket: Socket): void => void sockets.push(socket.on('data', () => socket.write(HALF)));
    const gateway = await watched(await rawApi(api));
    await send(gateway.url, () => {
      for (const socket of sockets) socket.destroy();
    });
    await settled(gateway);
    expect(gateway.endings()).toMatchObject([{ status: 200, sentBytes: 5, torn: true }]);
    expect(gateway.unfinished()).toEqual({ torn: 1 });
  });

  it('a drain that cuts it off', async () => {
    const gateway = await watched(await rawApi(never));
    const sent = send(gateway.url);
    await until(() => gateway.underWay() === 1);
    gateway.cut();
    await sent;
    await settled(gateway);
    expect(gateway.unfinished()).toEqual({ cut: 1 });
  });

  it('an API that is not there', async () => {
    const gateway = await watched('http://127.0.0.1:9');
    await send(gateway.url);
    await settled(gateway);
    expect(gateway.unfinished()).toEqual({ failed: 1 });
  });
});

/** One request, whatever becomes of it. `onHead`: an answer has begun. */
async function over1(url: string, onHead: () => void = () => undefined): Promise<void> {
  const sent = request(url, { agent: false }).on('error', () => undefined);
  sent.on('response', (answer) => {
    onHead();
    answer.on('error', () => undefined).resume();
  });
  sent.end();
  await new Promise((resolve) => sent.on('close', resolve));
}

async function over2(url: string, onHead: () => void = () => undefined): Promise<void> {
  const client = session(url);
  const stream = client.request({ ':path': '/' }).on('error', () => undefined);
  stream.on('response', onHead).resume();
  await new Promise((resolve) => stream.on('close', resolve));
  client.destroy();
}

describe.each([
  ['1.1', over1],
  ['2', over2],
])('over HTTP/%s, the gate is told before the caller has the last byte', (_, send) => {
  const large = 'x'.repeat(300_000);
  it.each([
    ['of a short answer', WHOLE],
    ['of an answer in chunks', `${CHUNKED}0\r\n\r\n`],
    ['of a long answer', `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`],
    ['of an answer without a body', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    let written = -1;
    const gateway = await watched(await rawApi(answers(bytes)), {
      onEnding: () => (written = gateway.writtenBytes()),
    });
    await send(gateway.url);
    await settled(gateway);
    expect(written).toBeGreaterThanOrEqual(0);
    expect(written).toBeLessThan(gateway.writtenBytes() - (bytes === WHOLE ? 5 : 0));
  });
});

describe('a web socket', () => {
  it.each(['caller', 'API'])('is over when the %s closes it, and the gate is told once', async (who) => {
    const api = await startApi(() => undefined);
    const sockets: WebSocket[] = [];
    new WebSocketServer({ server: api.server }).on('connection', (socket) => sockets.push(socket));
    const gateway = await watched(api.url);
    const caller = new WebSocket(gateway.url.replace('http', 'ws'));
    await once(caller, 'open');
    await until(() => sockets.length === 1);
    expect([gateway.times(), gateway.endings()]).toEqual([[0], []]);
    if (who === 'caller') caller.terminate();
    else sockets[0]?.terminate();
    await settled(gateway);
    expect(gateway.endings()).toMatchObject([{ status: 101, torn: false }]);
    await api.close();
  });
});

describe('a caller that leaves', () => {
  const apis: readonly (readonly [string, (socket: Socket) => void, number])[] = [
    ['before an answer', never, 0],
    ['in the middle of one', answers(CHUNKED), 60],
    ['when it has read one', answers(WHOLE), WHOLE.length],
  ];

  it.each(apis)('%s, at each byte of a request, ends it once', async (_, api, hears) => {
    const gateway = await watched(await rawApi(api));
    for (let at = 1; at <= POST.length; at++)
      await sendAndLeave(gateway.url, POST.slice(0, at), at === POST.length ? hears : 0);
    await settled(gateway);
    expect(gateway.admitted()).toBeGreaterThan(0);
  });

  it('at each byte of an answer ends it once', async () => {
    const bytes =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n';
    let at = 0;
    const api = await rawApi((socket) => socket.on('data', () => socket.write(bytes.slice(0, at))));
    const gateway = await watched(api);
    for (at = 0; at <= bytes.length; at++) {
      const line = await dial(gateway.url);
      line.socket.write(GET);
      await until(() => gateway.underWay() > 0 || gateway.admitted() > at);
      line.socket.destroy();
      await line.closed;
    }
    await settled(gateway);
    expect(gateway.admitted()).toBe(bytes.length + 1);
  });

  it('at each byte of a stream of HTTP/2 ends it once', async () => {
    const frames = Buffer.concat([begin(1), Buffer.from([0, 0, 3, 0, 1, 0, 0, 0, 1, 97, 98, 99])]);
    const gateway = await watched(await rawApi(answers(CHUNKED)));
    for (let at = 1; at <= frames.length; at++) {
      const line = await dial2(gateway.url);
      line.socket.write(frames.subarray(0, at));
      if (at === frames.length) await until(() => line.heard().some(([type]) => type === 0));
      line.socket.destroy();
      await line.closed;
    }
    await settled(gateway);
    expect(gateway.admitted()).toBeGreaterThan(0);
  });

  it('by a reset of its stream, before an answer or within it, ends it once', async () => {
    for (const api of [never, answers(CHUNKED)]) {
      const gateway = await watched(await rawApi(api));
      const line = await dial2(gateway.url);
      line.socket.write(asked(1));
      if (api !== never) await until(() => line.heard().some(([type]) => type === 0));
      line.socket.write(reset(1));
      await until(() => gateway.endings().length === 1);
      await settled(gateway);
      expect(gateway.unfinished()).toEqual({ left: 1 });
      line.socket.destroy();
    }
  });

  it('while somebody is asked who it is ends it once, and the API hears nothing of it', async () => {
    const told: (() => void)[] = [];
    const slow = (): Promise<{ account: string }> =>
      new Promise((resolve) => told.push(() => resolve({ account: 'a' })));
    const heard: Socket[] = [];
    const api = await rawApi((socket) => void heard.push(socket));
    const gateway = await watched(api, { policy: SLOW, finders: { slow } });
    const line = await dial(gateway.url);
    line.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    await until(() => told.length === 1);
    line.socket.destroy();
    await until(() => gateway.underWay() === 0);
    told[0]?.();
    await until(() => gateway.endings().length === 1);
    expect([gateway.times(), gateway.reservations(), heard]).toEqual([[1], 0, []]);
    expect(gateway.endings()).toMatchObject([{ status: undefined, reached: false }]);
  });

  it('with a hundred requests on one connection ends each once', async () => {
    const gateway = await watched(await rawApi(never));
    const client = session(gateway.url);
    for (let i = 0; i < 100; i++) client.request({ ':path': '/' }).on('error', () => undefined);
    await until(() => gateway.underWay() === 100);
    client.destroy();
    await settled(gateway);
    expect(gateway.unfinished()).toEqual({ left: 100 });
  });
});
