/* oxlint-disable no-await-in-loop -- one round after another */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Ahead } from '../../src/gateway/http1/ahead.ts';
import { Http1Exchange } from '../../src/gateway/http1/exchange.ts';
import { Http2Exchange } from '../../src/gateway/http2/exchange.ts';
import { Relay } from '../../src/gateway/relay.ts';
import { Upload } from '../../src/gateway/upload.ts';
import { file, serve, type Serving } from '../cli-support.ts';
import { dial2, session } from '../http2-support.ts';
import { ask, dial, DEADLINE_MS, until } from '../support.ts';
import { PASSED, REFUSED, TORN } from './framings.ts';
import { NO_ANSWER, SOME_ANSWER } from './nonsense.ts';
import { startRecorder, type Script } from './recorder.ts';
import { setUpRaw } from './set-up-raw.ts';
import { ask as streamed, PASSED as PASSED_2, REFUSED as REFUSED_2 } from './streams.ts';

const OPEN = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
limits: { calls: { rate: 1000000/minute, per: address } }
`;
const POLICY = file('leaks.yaml', OPEN);
const NONSENSE = [...NO_ANSWER, ...SOME_ANSWER]
  .map(([, bytes]) => Buffer.from(bytes, 'latin1'))
  .filter(({ length }) => length < 100_000);
const BYTES = [...REFUSED, ...TORN, ...PASSED].map(([, bytes]) => Buffer.from(bytes, 'latin1'));
const FRAMES = [...REFUSED_2, ...PASSED_2].map(([, bytes]) => bytes);
const [WARM, ROUNDS] = [3, 6];
/** What the collector may leave lying about, whatever the rounds. */
const GROWTH_MB = 60;
const ROUND_MS = 15_000;

/** Everything that was tried, once each, and each on a connection that is left when it has been heard. */
async function round(url: string): Promise<void> {
  const leave = async (
    line: { socket: { destroy(): void; destroyed: boolean } },
    isHeard: () => boolean,
  ): Promise<void> => {
    const deadline = Date.now() + 200;
    while (!isHeard() && !line.socket.destroyed && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    line.socket.destroy();
  };
  await inLots(BYTES, async (bytes) => {
    const line = await dial(url);
    line.socket.write(bytes);
    await leave(line, () => line.heard() !== '');
  });
  await inLots(FRAMES, async (bytes) => {
    const line = await dial2(url);
    line.socket.write(bytes);
    await leave(line, () => line.heard().length > 2);
  });
  await inLots([...NONSENSE, ...NONSENSE], async (_, at) => {
    const line = at % 2 === 0 ? await dial(url) : await dial2(url);
    line.socket.write(at % 2 === 0 ? 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' : streamed(1));
    await leave(line, () => line.heard().length > 2);
  });
}

async function inLots<T>(all: readonly T[], each: (one: T, at: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 20)
    await Promise.all(all.slice(at, at + 20).map((one, i) => each(one, at + i)));
}

/** Until nothing is open or under way: then what the process holds. */
async function held({ adminUrl, child }: Serving): Promise<{ mb: number; files: number }> {
  const figure = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await ask(`${adminUrl}/metrics`)).body)?.[1]);
  await expect.poll(() => figure('headgate_connections'), { timeout: DEADLINE_MS }).toBe(0);
  await expect.poll(() => figure('headgate_requests_under_way'), { timeout: DEADLINE_MS }).toBe(0);
  const folder = `/proc/${child.pid}/fd`;
  return {
    mb: Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024,
    files: existsSync(folder) ? readdirSync(folder).length : 0,
  };
}

describe('after all of it, again and again', () => {
  it(
    'no connection is open, nothing is under way, and the process is no larger',
    async () => {
      let nth = 0;
      const api = await startRecorder((socket) => void socket.end(NONSENSE[nth++ % NONSENSE.length] ?? ''));
      const serving = await serve(POLICY, api.url, '--admin', '127.0.0.1:0', '--timeout', '1s');
      for (let i = 0; i < WARM; i++) await round(serving.url);
      const before = await held(serving);
      for (let i = 0; i < ROUNDS; i++) await round(serving.url);
      const after = await held(serving);
      await until(() => api.open() === 0);
      expect(after.mb - before.mb, `${before.mb.toFixed(0)} MB before, ${after.mb.toFixed(0)} MB after`).toBeLessThan(
        GROWTH_MB,
      );
      expect(after.files - before.files, `${before.files} files before, ${after.files} after`).toBeLessThan(5);
      expect([serving.child.exitCode, serving.stderr().match(/"level":"error"/g)]).toEqual([null, null]);
      await api.close();
    },
    ROUND_MS * (WARM + ROUNDS),
  );

  it('nothing that stood for a request, an answer or a connection is alive', async () => {
    let nth = 0;
    const script: Script = (socket) => void socket.end(NONSENSE[nth++ % NONSENSE.length] ?? '');
    const { gateway, api } = await setUpRaw({ policy: OPEN, timeoutMs: 1000, script });
    const client = session(gateway.url);
    // Node does not tell this class; a client's is one of its kind.
    const Http2Session = Object.getPrototypeOf(client.constructor) as new () => unknown;
    client.destroy();
    const kinds = [Http1Exchange, Http2Exchange, Relay, Upload, Ahead, Socket, Http2Session];
    const alive = (): number[] => kinds.map((kind) => queryObjects(kind, { format: 'count' }));
    const before = alive();
    for (let i = 0; i < WARM; i++) await round(gateway.url);
    await until(() => api.open() === 0);
    // Some are the collector's to find a second later; far fewer than there were.
    await expect
      .poll(() => Math.max(...alive().map((count, at) => count - (before[at] ?? 0))), {
        timeout: DEADLINE_MS,
      })
      .toBeLessThan(30);
  });
});
