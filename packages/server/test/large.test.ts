import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { BOUNDARY, FORM } from './bodies/form.ts';
import { file, serve, startedApi } from './cli-support.ts';

const SIZE = 1024 ** 3;
const CHUNK = Buffer.alloc(1024 * 1024, 'x');
/** A process that held a quarter of it would show. In bytes. */
const MAX_GROWTH = 256 * 1024 ** 2;
const LIMIT_MS = 60_000;
/** All that can be measured of what goes up. */
const MEASURED = `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits:
  body: { size: 2GiB, of: request.bytes }
  batch: { size: 2, of: request.files }
  video: { size: 1GiB, of: file.bytes, when: 'file.kind == "video"' }
`;
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a.mp4"\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;

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
}

/** A form of one file. */
async function sendForm(to: NodeJS.WritableStream): Promise<void> {
  to.write(HEAD);
  await send(to);
  to.end(TAIL);
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
  const sent = request(url, {
    method,
    headers: { 'X-API-Key': 'k', ...(body && { 'Content-Type': FORM }) },
    agent: false,
  });
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
        if (incoming.method === 'GET') void send(response).then(() => response.end());
        else void bytesOf(incoming).then((bytes) => response.end(String(bytes)));
      });
      const serving = await serve(file('measured.yaml', MEASURED), url);
      (await answerOf(serving.url, 'PUT', async (to) => void to.end(`--${BOUNDARY}--`))).resume();
      const before = peak(serving.child.pid);
      const upload = await answerOf(serving.url, 'PUT', sendForm);
      expect(String((await upload.toArray())[0])).toBe(String(SIZE + HEAD.length + TAIL.length));
      const download = await answerOf(serving.url, 'GET');
      expect(await bytesOf(download)).toBe(SIZE);
      expect(peak(serving.child.pid) - before).toBeLessThan(MAX_GROWTH);
    },
    LIMIT_MS,
  );
});
