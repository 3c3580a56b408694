import fc from 'fast-check';
import { request } from 'node:http';
import { constants } from 'node:http2';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { session } from '../http2-support.ts';
import { until } from '../support.ts';
import { rawApi, watched } from './watched.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
limits: { running: { concurrency: 1000, per: address } }
`;
const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n01234';
const PART = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n';

/** What an API does with a request, by its path. */
const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  whole: (socket) => socket.write(WHOLE),
  chunked: (socket) => socket.write(`${PART}0\r\n\r\n`),
  late: (socket) => setTimeout(() => socket.write(WHOLE), 20),
  torn: (socket) => socket.end(PART),
  closing: (socket) => socket.end(WHOLE),
  nonsense: (socket) => socket.write('nonsense\r\n\r\n'),
  nothing: (socket) => socket.destroy(),
  never: () => undefined,
  endless: (socket) => socket.write(PART),
};

function answer(socket: Socket): void {
  socket.on('data', (chunk: Buffer) =>
    ANSWERS[/^(?:GET|POST) \/(\w+)/.exec(chunk.toString('latin1'))?.[1] ?? '']?.(socket),
  );
}

interface Call {
  readonly path: string;
  readonly version: '1.1' | '2';
  /** When its caller leaves: at once, after a while, when an answer begins, or not before it ends. */
  readonly leaves: 'at once' | 'soon' | 'on head' | 'never';
  readonly uploads: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  path: fc.constantFrom(...Object.keys(ANSWERS)),
  version: fc.constantFrom('1.1', '2'),
  leaves: fc.constantFrom('at once', 'soon', 'on head', 'never'),
  uploads: fc.boolean(),
});

/** Makes a call, and leaves it as it says. */
async function make(url: string, { path, version, leaves, uploads }: Call): Promise<void> {
  const method = uploads ? 'POST' : 'GET';
  const { stream, leave } = version === '2' ? over2(url, `/${path}`, method) : over1(url, `/${path}`, method);
  stream.on('error', () => undefined).on('response', () => leaves === 'on head' && leave());
  if (uploads) stream.write('some of a body');
  else stream.end();
  if (uploads && leaves === 'never') stream.end();
  if (leaves === 'soon') setTimeout(leave, 10);
  if (leaves === 'at once') setImmediate(leave);
  await new Promise((resolve) => stream.on('close', resolve));
  leave();
}

type Made = { readonly stream: NodeJS.WritableStream; readonly leave: () => void };

function over1(url: string, path: string, method: string): Made {
  const stream = request(`${url}${path}`, { method, agent: false });
  stream.on('response', (incoming) => incoming.on('error', () => undefined).resume());
  return { stream, leave: () => stream.destroy() };
}

function over2(url: string, path: string, method: string): Made {
  const client = session(url);
  const stream = client.request({ ':path': path, ':method': method }, { endStream: false });
  stream.resume().on('close', () => client.destroy());
  return { stream, leave: () => stream.close(constants.NGHTTP2_CANCEL) };
}

describe('whatever callers and an API do at the same time', () => {
  it('the gate is told once of each request, and all permits are back when all is over', async () => {
    const gateway = await watched(await rawApi(answer), {
      policy: POLICY,
      timeoutMs: 200,
      bounds: { totalMs: 500 },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 100, maxLength: 200 }), async (calls) => {
        await Promise.all(calls.map((one) => make(gateway.url, one)));
        await until(() => gateway.underWay() === 0);
        expect(gateway.times()).toEqual(gateway.times().map(() => 1));
      }),
      { numRuns: 4 },
    );
    expect([gateway.reservations(), gateway.admitted()]).toEqual([0, gateway.endings().length]);
  });
});
