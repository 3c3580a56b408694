import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serve, startedApi, VETIGEN } from './cli-support.ts';

const SIZE = 1024 ** 3;
const CHUNK = Buffer.alloc(1024 * 1024, 'x');
/** A process that held a quarter of it would show. In bytes. */
const MAX_GROWTH = 256 * 1024 ** 2;
const LIMIT_MS = 60_000;

/** The most memory that a process has had, in bytes. */
function peak(pid: number | undefined): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

async function send(to: NodeJS.WritableStream): Promise<void> {
  for (let sent = 0; sent < SIZE; sent += CHUNK.length) {
    // oxlint-disable-next-line no-await-in-loop -- what is sent next waits for what was sent before
    if (!to.write(CHUNK)) await once(to, 'drain');
  }
  to.end();
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length; // no encoding is set
  return bytes;
}

async function answerOf(
  url: string,
  method: string,
  body?: (to: NodeJS.WritableStream) => Promise<void>,
): Promise<IncomingMessage> {
  const sent = request(url, { method, headers: { 'X-API-Key': 'k' }, agent: false });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>; // what "response" is emitted with
  if (body === undefined) sent.end();
  else await body(sent);
  return (await answered)[0];
}

/** `VmHWM` is Linux's own word. */
describe.runIf(process.platform === 'linux')('a gigabyte', () => {
  it(
    'goes up and down, and the gateway holds little of it',
    async () => {
      const { url } = await startedApi((incoming: IncomingMessage, response: ServerResponse) => {
        if (incoming.method === 'GET') void send(response);
        else void bytesOf(incoming).then((bytes) => response.end(String(bytes)));
      });
      const serving = await serve(VETIGEN, url);
      (await answerOf(serving.url, 'PUT', async (to) => void to.end('warm'))).resume();
      const before = peak(serving.child.pid);
      const upload = await answerOf(serving.url, 'PUT', send);
      expect(String((await upload.toArray())[0])).toBe(String(SIZE));
      const download = await answerOf(serving.url, 'GET');
      expect(await bytesOf(download)).toBe(SIZE);
      expect(peak(serving.child.pid) - before).toBeLessThan(MAX_GROWTH);
    },
    LIMIT_MS,
  );
});
