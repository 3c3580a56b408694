import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startRedis } from '../../packages/headgate/test/redis/server.ts';
import { root, temporaryFolder, write } from './temporary.ts';

interface Report {
  readonly done: number;
  readonly refused: number;
}

const children: ChildProcess[] = [];
const closing: (() => void)[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const close of closing.splice(0)) close();
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

/** The first line that a process prints. */
async function line(child: ChildProcess): Promise<string> {
  const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer]; // what "data" is emitted with
  return text.toString();
}

async function gateway(folder: string): Promise<string> {
  const api = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(api, 'listening');
  closing.push(() => api.close());
  write(folder, {
    'policy.yaml': `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: 20/2s, algorithm: fixed, per: key } }
respond: { headers: { of: calls, dialect: ratelimit } }
`,
  });
  const { port } = api.address() as AddressInfo; // a TCP server's
  const upstream = `http://127.0.0.1:${port}`;
  const policy = join(folder, 'policy.yaml');
  const child = start(
    'packages/server/bin/headgate.mjs',
    'serve',
    policy,
    '--upstream',
    upstream,
    '--listen',
    '127.0.0.1:0',
  );
  return /http:\/\/\S+/.exec(await line(child))?.[0] ?? '';
}

/** Where processes meet, and which of them the worker is told. */
const MEDIA: readonly (readonly [name: string, place: (folder: string) => Promise<string>])[] = [
  ['socket', (folder) => Promise.resolve(join(folder, 's'))],
  ['ioredis', redis],
  ['node-redis', redis],
];

async function redis(): Promise<string> {
  const server = await startRedis();
  closing.push(() => void server[Symbol.asyncDispose]());
  return String(server.port);
}

describe.each(MEDIA)('four processes on one key, through %s', (medium, meet) => {
  test('are refused nothing', async () => {
    const folder = temporaryFolder();
    const [url, place] = [await gateway(folder), await meet(folder)];
    const work = Array.from({ length: 4 }, () => start('test/house/share-worker.mjs', url, medium, place, '15'));
    const reports = await Promise.all(work.map(async (child) => JSON.parse(await line(child)) as Report));
    expect(reports).toEqual(Array.from({ length: 4 }, () => ({ done: 15, refused: 0 })));
  });

  test('go on when the one that leads is killed', async () => {
    const folder = temporaryFolder();
    const [url, place] = [await gateway(folder), await meet(folder)];
    const first = start('test/house/share-worker.mjs', url, medium, place, '1');
    expect(JSON.parse(await line(first))).toEqual({ done: 1, refused: 0 });
    const others = [1, 2].map(() => start('test/house/share-worker.mjs', url, medium, place, '30'));
    setTimeout(() => first.kill('SIGKILL'), 1500);
    const reports = await Promise.all(others.map(async (child) => JSON.parse(await line(child)) as Report));
    expect(reports.map(({ done }) => done)).toEqual([30, 30]);
    // What was under way when it died nobody knows of.
    expect(reports.reduce((sum, { refused }) => sum + refused, 0)).toBeLessThanOrEqual(5);
  });
});
