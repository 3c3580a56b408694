import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { file, serve, startedApi, type Serving } from '../cli-support.ts';
import { ask } from '../support.ts';
import { KEY, STUDIO } from './studio.ts';

const MIB = 1024 ** 2;
const CHUNK = Buffer.alloc(MIB, '0');
/** What is read of an answer is at most 1 MiB; a process that held a quarter of one of these would show. */
const MAX_GROWTH = 64 * MIB;

/** JSON text that has no end, of so many MiB and nine bytes. */
function* endless(mib: number): Generator<Buffer> {
  yield Buffer.from('{"cost":"');
  for (let sent = 0; sent < mib; sent++) yield CHUNK;
}

/** How much of an answer came, reading no more than is asked for. */
async function read(url: string, path: string, mostBytes: number): Promise<number> {
  const sent = request(`${url}${path}`, { method: 'POST', headers: KEY, agent: false });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length; // no encoding is set
    if (bytes > mostBytes) break;
  }
  return bytes;
}

function peak({ child }: Serving): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** `VmHWM` is Linux's own word. */
describe.runIf(process.platform === 'linux')('an answer that is read and far too long', () => {
  it('passes whole, of 128 MiB in chunks or of 2 GiB declared; little of it is held, and what was reserved is charged', async () => {
    const api = await startedApi((incoming, response) => {
      response.setHeader('Content-Type', 'application/json');
      if (incoming.url === '/v1/chat?declared') response.setHeader('Content-Length', 2048 * MIB);
      Readable.from(endless(incoming.url === '/v1/chat?declared' ? 2047 : 128)).pipe(response);
    });
    const serving = await serve(file('large.yaml', STUDIO), api.url);
    // What passes unread makes the process as large as passing alone does.
    await read(serving.url, '/hooks', Infinity);
    const before = peak(serving);
    expect(await read(serving.url, '/v1/chat', Infinity)).toBe(128 * MIB + 9);
    expect(await read(serving.url, '/v1/chat?declared', 64 * MIB)).toBeGreaterThan(64 * MIB);
    expect(peak(serving) - before).toBeLessThan(MAX_GROWTH);
    const used = async (): Promise<unknown> => JSON.parse((await ask(`${serving.url}/limits`, { headers: KEY })).body);
    await expect.poll(used).toMatchObject({ limits: [{}, {}, { name: 'day', used: 1 }] });
  });
});
