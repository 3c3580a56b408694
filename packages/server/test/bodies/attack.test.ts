import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { session } from '../http2-support.ts';
import { setUp } from '../set-up.ts';
import { ask, dial, until } from '../support.ts';
import { BOUNDARY, form, FORM } from './form.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations: { upload: { match: POST /upload }, chat: { match: POST /chat }, rest: { match: ANY /** } }
limits:
  running: { concurrency: 3, per: key, on: upload }
  batch: { size: 100000, of: request.files, on: upload }
  any: { size: 1MB, of: file.bytes, on: upload, past: { status: 413 } }
  tokens: { rate: 1M/hour, per: key, on: chat, cost: request.body.n }
`;
const KEY = { 'X-API-Key': 'k' };
const HEADERS = { ...KEY, 'Content-Type': FORM };
const MB = 1_000_000;

/** Reads all, and answers; what broke off is nobody's fault. */
const reading: RequestListener = (incoming, response) => {
  incoming.on('error', () => undefined).resume();
  incoming.on('end', () => response.end('read'));
};

describe('an upload that means harm', () => {
  it('of a hundred thousand parts is cut off, and others go on', async () => {
    const { gateway } = await setUp(reading, POLICY);
    const parts = Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n`.repeat(100_000),
    );
    const body = Buffer.concat([parts, Buffer.from(`--${BOUNDARY}--`)]);
    const answer = await ask(`${gateway.url}/upload`, { method: 'POST', headers: HEADERS, body });
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      400,
      { detail: expect.stringContaining('10000 parts') as unknown },
    ]);
    expect(
      (await ask(`${gateway.url}/upload`, { method: 'POST', headers: HEADERS, body: form([{ content: 'x' }]) })).status,
    ).toBe(200);
  });

  it('leaves room on its HTTP/2 connection, however much of it was never read', async () => {
    const { gateway } = await setUp(reading, POLICY);
    const client = session(gateway.url);
    // More than the connection's window holds, were it not given back.
    for (let i = 0; i < 5; i++) {
      const stream = client.request({ ':path': '/upload', ':method': 'POST', ...KEY });
      stream.on('error', () => undefined);
      const ended = once(stream, 'end');
      stream.end(Buffer.alloc(2 * MB));
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
      expect(head[':status']).toBe(413);
      // oxlint-disable-next-line no-await-in-loop -- one after another
      stream.resume();
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await ended;
    }
    const stream = client.request({ ':path': '/upload', ':method': 'POST', ...KEY });
    stream.end(Buffer.alloc(MB));
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
    expect(head[':status']).toBe(200);
    client.close();
  });

  it('gives its permit back, whether it is cut, broken off or answered', async () => {
    const { gateway } = await setUp(reading, POLICY);
    for (let i = 0; i < 10; i++) {
      // oxlint-disable-next-line no-await-in-loop -- more than may run at once
      const cut = await ask(`${gateway.url}/upload`, {
        method: 'POST',
        headers: HEADERS,
        body: form([{ content: Buffer.alloc(2 * MB) }]),
      });
      expect(cut.status).toBe(413);
      // oxlint-disable-next-line no-await-in-loop -- more than may run at once
      const line = await dial(gateway.url);
      line.socket.write(
        `POST /upload HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: ${FORM}\r\nContent-Length: 5000\r\n\r\n--${BOUNDARY}`,
      );
      line.socket.destroy();
      // oxlint-disable-next-line no-await-in-loop -- more than may run at once
      await line.closed;
    }
    const body = form([{ content: 'x' }]);
    const again = async (): Promise<number> =>
      (await ask(`${gateway.url}/upload`, { method: 'POST', headers: HEADERS, body })).status;
    let status = 0;
    while (status !== 200) status = await again(); // oxlint-disable-line no-await-in-loop -- until the last has been heard of
    expect(status).toBe(200);
  });

  it('in single bytes is measured all the same', async () => {
    const { gateway } = await setUp(reading, POLICY);
    const body = form([{ content: 'x'.repeat(300), name: 'a.png' }]);
    const line = await dial(gateway.url);
    line.socket.setNoDelay(true);
    line.socket.write(
      `POST /upload HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    for (const byte of body) line.socket.write(Uint8Array.of(byte));
    await until(() => line.heard().includes('read'));
    expect(line.heard()).toMatch(/^HTTP\/1\.1 200 /);
    line.socket.destroy();
  });

  it('that waits to be told to send its body is not told where it is refused by its length', async () => {
    const { gateway } = await setUp(reading, POLICY);
    const line = await dial(gateway.url);
    line.socket.write(
      `POST /chat HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n`,
    );
    await until(() => line.heard().includes('\r\n\r\n'));
    expect(line.heard()).toMatch(/^HTTP\/1\.1 413 /);
    line.socket.destroy();
  });

  it('of many bodies at once that are read holds no more than it may, and lets all of it go', async () => {
    const { gateway } = await setUp(reading, POLICY, 5000, { bodiesBytes: 300_000 });
    const body = JSON.stringify({ n: 1, pad: 'x'.repeat(100_000) });
    const send = async (): Promise<number> =>
      (await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body })).status;
    const statuses = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set([...statuses, 200, 503])).toEqual(new Set([200, 503]));
    expect(await Promise.all([send(), send()])).toEqual([200, 200]);
  });
});
