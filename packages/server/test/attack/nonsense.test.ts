import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { session } from '../http2-support.ts';
import { ask, matching, sendRaw, until } from '../support.ts';
import { NO_ANSWER, SOME_ANSWER } from './nonsense.ts';
import { OK } from './recorder.ts';
import { setUpRaw } from './set-up-raw.ts';
import { readAll, valuesOf } from './wire.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const TIMEOUT_MS = 500;

type Answer = { readonly status: number; readonly body: string } | 'torn' | 'none';

/** Asks over HTTP/1, and reads what comes back as the strictest of readers does. */
async function over1(url: string): Promise<Answer> {
  const bytes = await sendRaw(url, GET);
  if (bytes === '') return 'none';
  const { messages, rest, fault } = readAll(bytes, (first) => /^HTTP\/1\.1 (?:204|304)/.test(first));
  expect([fault, messages.length]).toEqual([undefined, rest === '' ? 1 : 0]);
  const [answer] = messages;
  return answer === undefined ? 'torn' : { status: Number(answer.first.split(' ')[1]), body: answer.body };
}

async function over2(url: string): Promise<Answer> {
  const client = session(url, { maxHeaderListPairs: 5000, settings: { maxHeaderListSize: 1_000_000 } });
  const stream = client.request({ ':path': '/' });
  let [status, body, torn] = [0, '', false];
  stream.on('response', (head) => (status = Number(head[':status'])));
  stream.on('data', (chunk) => (body += String(chunk))).on('error', () => (torn = true));
  await new Promise((resolve) => stream.on('close', resolve));
  client.destroy();
  if (torn) return status === 0 ? 'none' : 'torn';
  return { status, body };
}

function named(answer: Answer): string {
  return typeof answer === 'string' ? answer : String(answer.status);
}

const VERSIONS = [
  ['HTTP/1', over1],
  ['HTTP/2', over2],
] as const;

describe.each(VERSIONS)('an API that says, over %s,', (_, over) => {
  it.each(NO_ANSWER)('%s has said nothing: 502, with a body', async (_what, bytes) => {
    const { gateway, api } = await setUpRaw({ script: (socket) => void socket.end(Buffer.from(bytes, 'latin1')) });
    const answer = await over(gateway.url);
    expect(answer).toMatchObject({ status: 502 });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({ status: 502 });
    await until(() => api.open() === 0);
  });

  it.each(SOME_ANSWER)('%s is read as far as it is an answer', async (_what, bytes, becomes) => {
    const { gateway, api } = await setUpRaw({ script: (socket) => void socket.end(Buffer.from(bytes, 'latin1')) });
    const answer = await over(gateway.url);
    // Torn before any of it was sent on, it is a whole 502.
    expect(becomes === 'torn' ? named(answer) : answer).toEqual(
      becomes === 'torn' ? matching(/^(?:torn|502)$/) : { status: becomes[0], body: becomes[1] },
    );
    await until(() => api.open() === 0);
  });

  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nX-A'],
    ['1xx alone', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['100 alone', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('%s and stays is answered for with 504', async (_what, bytes) => {
    const { gateway, api } = await setUpRaw({ timeoutMs: TIMEOUT_MS, script: (socket) => void socket.write(bytes) });
    expect(await over(gateway.url)).toMatchObject({ status: 504 });
    await until(() => api.open() === 0);
  });

  it.each([
    ['a head, byte after byte without end,', 504, 'HTTP/1.1 200 OK\r\nX-A: ', 'a'],
    ['1xx without end', 502, '', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(10)],
  ])('%s is answered for with %i', async (_what, status, first, more) => {
    const { gateway, api } = await setUpRaw({ timeoutMs: TIMEOUT_MS, script: (socket) => drip(socket, first, more) });
    expect(await over(gateway.url)).toMatchObject({ status });
    await until(() => api.open() === 0);
  });

  it('the beginning of an answer and breaks off, after whichever byte, tears it or is 502', async () => {
    const whole = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
    const headEnds = whole.indexOf('\r\n\r\n') + 4;
    let cut = 0;
    const { gateway, api } = await setUpRaw({
      script: (socket) =>
        void socket.write(whole.slice(0, cut), () => (cut % 2 === 0 ? socket.destroy() : socket.resetAndDestroy())),
    });
    const seen: Answer[] = [];
    // oxlint-disable-next-line no-await-in-loop -- the script is told where to stop
    for (; cut < whole.length; cut++) seen.push(await over(gateway.url));
    expect(seen.map(named)).toEqual(seen.map((_each, at) => (at < headEnds ? '502' : matching(/torn|none|502/))));
    await until(() => api.open() === 0);
  });
});

/** Writes a little every few ms, for as long as somebody listens. */
function drip(socket: Socket, first: string, more: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(more), 20);
  socket.on('close', () => clearInterval(timer));
}

async function dripOut(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const letter of text) {
    socket.write(letter);
    // oxlint-disable-next-line no-await-in-loop -- each a packet of its own
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const OK_ANSWER = { status: 200, body: 'ok' };

describe('what an API says', () => {
  it('of a status beyond 599 passes in HTTP/1, and cannot be said in HTTP/2', async () => {
    const { gateway } = await setUpRaw({ script: (socket) => void socket.write(OK.replace('200 OK', '999 Odd')) });
    expect([await over1(gateway.url), await over2(gateway.url)]).toMatchObject([{ status: 999 }, { status: 502 }]);
  });

  it('in Latin-1 passes byte for byte', async () => {
    const { gateway } = await setUpRaw({
      script: (socket) =>
        void socket.write(Buffer.from(OK.replace('Content', 'X-A: caf\u00e9\u00ff\r\nContent'), 'latin1')),
    });
    expect(await sendRaw(gateway.url, GET)).toContain('x-a: caf\u00e9\u00ff\r\n');
  });

  it('in our own fields, or about its connection, does not pass', async () => {
    const fields = 'X-Headgate-Subject: k\r\nX-RateLimit-Remaining: 99\r\nConnection: X-Hop\r\nX-Hop: a\r\n';
    const { gateway } = await setUpRaw({
      script: (socket) => void socket.write(OK.replace('Content', `${fields}Content`)),
    });
    const [answer] = readAll(await sendRaw(gateway.url, GET.replace('Host', 'X-API-Key: k\r\nHost'))).messages;
    expect(
      ['x-headgate-subject', 'x-hop', 'x-ratelimit-remaining'].map((name) => valuesOf(answer ?? { fields: [] }, name)),
    ).toEqual([[], [], ['4']]);
  });

  it('100 Continue to each of several on one connection, byte after byte, passes what follows it', async () => {
    const { gateway, api } = await setUpRaw({
      script: (socket) => void dripOut(socket, `HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 100\r\n\r\n${OK}`),
    });
    const seen = [
      await ask(gateway.url),
      await ask(gateway.url, { method: 'POST', body: 'x' }),
      await ask(gateway.url),
    ];
    expect(seen).toMatchObject([OK_ANSWER, OK_ANSWER, OK_ANSWER]);
    expect(api.streams()).toHaveLength(1);
  });

  it('to nobody is not the next one’s answer', async () => {
    const { gateway } = await setUpRaw({
      script: (socket, _request, nth) => {
        socket.write(OK);
        if (nth === 0) setTimeout(() => socket.write(OK.replace('200 OK', '403 No')), 30);
      },
    });
    await ask(gateway.url);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('to a HEAD, with a body, is not the next one’s answer', async () => {
    const { gateway } = await setUpRaw({ script: (socket) => void socket.write(OK) });
    expect([await ask(gateway.url, { method: 'HEAD' }), await ask(gateway.url)]).toMatchObject([
      { status: 200, body: '' },
      { status: 200, body: 'ok' },
    ]);
  });

  it('before an upload is complete ends the upload, and nothing is sent twice', async () => {
    const { gateway, api } = await setUpRaw({
      onConnect: (socket) => socket.once('data', () => socket.write(OK.replace('200 OK', '413 Too Large'))),
      script: () => undefined,
    });
    const received = await sendRaw(
      gateway.url,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(10_000)}`,
    );
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    expect(api.streams()).toHaveLength(1);
    await until(() => api.open() === 0);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'GET'])(
    'by hanging up on a %s with a body is 502, and the body is sent once',
    async (method) => {
      const { gateway, api } = await setUpRaw({ script: (socket) => void socket.destroy() });
      expect(await ask(gateway.url, { method, body: 'hello', headers: { 'Content-Length': '5' } })).toMatchObject({
        status: 502,
      });
      expect(api.heard().requests.map(({ body }) => body)).toEqual(['hello']);
    },
  );

  it('by hanging up on a GET is asked again once, and no more', async () => {
    const { gateway, api } = await setUpRaw({ script: (socket) => void socket.destroy() });
    expect(await ask(gateway.url)).toMatchObject({ status: 502 });
    expect(api.heard().requests).toHaveLength(2);
  });
});
