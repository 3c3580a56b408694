import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { onTestFinished } from 'vitest';
import { root, temporaryFolder, write } from '../house/temporary.ts';
import type { Program } from './page.ts';

/** How long a program may take until it listens. */
const START_MS = 20_000;

/** What a framework such as Next.js does with a route handler: here, behind a server that speaks HTTP. */
const ROUTE_SERVER = `
import { serve } from '@hono/node-server';
import { GET } from './program.mjs';
serve({ fetch: (request, env) => GET(request, env), hostname: '127.0.0.1', port: Number(process.env.PORT) });
`;

/** A program of somebody who has installed what it imports: plain JavaScript, with Nest's decorators compiled. */
function folderOf({ language, code }: Program): { folder: string; main: string } {
  const folder = temporaryFolder();
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const text = language === 'ts' ? transformSync(code, { loader: 'ts', tsconfigRaw }).code : code;
  write(folder, { 'program.mjs': text, 'serve.mjs': ROUTE_SERVER });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return { folder, main: /^export .*GET\b/m.test(text) ? 'serve.mjs' : 'program.mjs' };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // Of a server that listens on a port.
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs the program until the test ends; resolves with where it listens. @throws what it printed, when it ends before */
export async function started(program: Program, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { folder, main } = folderOf(program);
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'test', PORT: new URL(url).port, ...env },
  });
  onTestFinished(() => void child.kill());
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const untilMs = Date.now() + START_MS;
  // oxlint-disable-next-line no-await-in-loop -- one look after another
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > untilMs) throw new Error(`the program does not listen:\n${printed}`);
  }
  return url;
}

/** Whether somebody listens there. A bare connection: a request would be counted. */
async function answers(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const connected = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 25))),
  ]).catch(() => false);
  socket.destroy();
  return connected;
}
