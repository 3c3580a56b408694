import { createHash, randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Pieces } from '../../src/gateway/pieces.ts';
import { ask2 } from '../http2-support.ts';
import { setUp } from '../set-up.ts';
import { ask, dial } from '../support.ts';
import { form, FORM } from './form.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations: { measured: { match: POST /measured }, rest: { match: ANY /** } }
limits:
  any: { size: 20MB, of: file.bytes, on: measured, past: { status: 413 } }
`;
const HEADERS = { 'X-API-Key': 'k', 'Content-Type': FORM };
const KIB = 1024;
/** More than the system holds for a connection whose other end does not read. */
const BODY = form([{ content: randomBytes(16 * KIB ** 2), name: 'a.mp4' }]);
const SENT = 'undici:request:bodyChunkSent';

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Tells the hash of what came. `slowly`: it takes a piece only after others have had several turns. */
function hashing(slowly: boolean): RequestListener {
  return (incoming, response) => {
    const hash = createHash('sha256');
    incoming.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      if (slowly) rest(incoming, 5);
    });
    incoming.on('end', () => response.end(hash.digest('hex')));
  };
}

function rest(incoming: IncomingMessage, turns: number): void {
  incoming.pause();
  if (turns > 0) setImmediate(() => rest(incoming, turns - 1));
  else incoming.resume();
}

const send = async (url: string, chunked: boolean, body = BODY): Promise<string> =>
  (
    await ask(url, {
      method: 'POST',
      headers: chunked ? { ...HEADERS, 'Transfer-Encoding': 'chunked' } : HEADERS,
      body,
    })
  ).body;

/** Sends the first bytes of an upload, and goes. */
async function leave(url: string, bytes: number): Promise<void> {
  const { socket, closed } = await dial(url);
  socket.write(
    `POST /measured HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: ${FORM}\r\nContent-Length: ${BODY.length}\r\n\r\n`,
  );
  socket.write(BODY.subarray(0, bytes), () => socket.destroy());
  await closed;
}

/** Of everything that is sent up meanwhile, the memory, and whether it was whole when it was sent. */
const sent: { memory: ArrayBufferLike; whole: boolean }[] = [];
const listen = (message: unknown): void => {
  const { chunk } = message as { chunk: Buffer }; // what undici's documentation says that it publishes
  sent.push({ memory: chunk.buffer, whole: chunk.length > 0 });
};

afterEach(() => {
  unsubscribe(SENT, listen);
  sent.length = 0;
});

describe('the pieces of an upload', () => {
  it.each([
    ['of a declared length, to an API that reads fast', false, false],
    ['of a declared length, to an API that reads slowly', false, true],
    ['in chunks, to an API that reads fast', true, false],
    ['in chunks, to an API that reads slowly', true, true],
  ])('arrive as they were sent: %s', async (_, chunked, slowly) => {
    const { gateway } = await setUp(hashing(slowly), POLICY, 60_000);
    const bodies = [`${gateway.url}/measured`, `${gateway.url}/other`].map(async (url) => send(url, chunked));
    expect(await Promise.all(bodies)).toEqual([hashOf(BODY), hashOf(BODY)]);
  });

  it('arrive as they were sent: of several streams on one HTTP/2 connection, to an API that reads slowly', async () => {
    const { gateway } = await setUp(hashing(true), POLICY, 60_000);
    const body = BODY.subarray(0, 2 * KIB ** 2);
    const answers = ['/measured', '/other', '/other'].map(async (path) =>
      ask2(gateway.url, { ':method': 'POST', ':path': path, 'x-api-key': 'k' }, body),
    );
    expect(new Set((await Promise.all(answers)).map((answer) => answer.body))).toEqual(new Set([hashOf(body)]));
  });

  it('arrive as they were sent while others break off, in every way', async () => {
    const slowly = hashing(true);
    const { gateway } = await setUp(
      (incoming, response) => {
        if (incoming.url === '/base/early') response.end('early');
        else if (incoming.url === '/base/gone') incoming.once('data', () => incoming.socket.destroy());
        else slowly(incoming, response);
      },
      POLICY,
      60_000,
    );
    const { url } = gateway;
    const large = form([{ content: randomBytes(32 * KIB ** 2) }]);
    const answers = await Promise.allSettled([
      ...['/measured', '/other'].map(async (path) => send(url + path, false)),
      ...['/early', '/gone', '/early', '/gone'].map(async (path) => send(url + path, true)),
      ...[0, 1].map(async () => send(`${url}/measured`, true, large)),
      ...[100_000, 1_000_000].map(async (bytes) => leave(url, bytes)),
    ]);
    expect(answers.slice(0, 2)).toEqual([0, 1].map(() => ({ status: 'fulfilled', value: hashOf(BODY) })));
    expect(JSON.stringify(answers.slice(6, 8))).toMatch(/413.*413/);
    expect(await send(`${url}/measured`, false)).toBe(hashOf(BODY));
  });

  it('are out of memory once they are sent, without the collector of garbage', async () => {
    const { gateway } = await setUp(hashing(true), POLICY, 60_000);
    subscribe(SENT, listen);
    expect(await send(`${gateway.url}/measured`, false)).toBe(hashOf(BODY));
    expect(sent.every(({ whole }) => whole)).toBe(true);
    const kept = sent.filter(({ memory }) => memory.byteLength > 4 * KIB);
    // The last may be on their way when the stream of them ends; nothing comes behind them.
    expect([sent.length > 100, kept.length < 5]).toEqual([true, true]);
  });
});

describe('the memory of pieces', () => {
  const piece = (bytes = 32 * KIB): Buffer => Buffer.from(new ArrayBuffer(bytes));
  const isGone = ({ buffer }: Buffer): boolean => buffer.byteLength === 0;

  it('is let go in their order, as far as they have been sent whole', () => {
    const pieces = new Pieces();
    const three = [piece(), piece(), piece()];
    for (const each of three) pieces.add(each);
    pieces.sent(32 * KIB + 1);
    expect(three.map(isGone)).toEqual([true, false, false]);
    pieces.sent(0);
    expect(three.map(isGone)).toEqual([true, true, true]);
  });

  it('is left where it is of something else, too', () => {
    const memory = new ArrayBuffer(64 * KIB);
    const pieces = new Pieces();
    const slices = [Buffer.from(memory, 0, 32 * KIB), Buffer.from(memory, 32 * KIB)];
    for (const each of slices) pieces.add(each);
    pieces.sent(0);
    expect(memory.byteLength).toBe(64 * KIB);
  });

  it('is not kept track of without end', () => {
    const pieces = new Pieces();
    const many = Array.from({ length: 100 }, () => piece());
    for (const each of many) pieces.add(each);
    pieces.sent(0);
    expect(many.filter(isGone)).toHaveLength(64);
  });
});
