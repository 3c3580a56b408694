/* oxlint-disable no-await-in-loop -- what was opened last is closed first */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach } from 'vitest';
import { startApi, until, type Api } from './support.ts';

const BIN = fileURLToPath(new URL('../bin/headgate.mjs', import.meta.url));
export const VETIGEN: string = fileURLToPath(new URL('../../../policies/vetigen.yaml', import.meta.url));
/** Gone after the tests. */
export const folder: string = mkdtempSync(join(tmpdir(), 'headgate-cli-'));

let children: ChildProcess[] = [];
let apis: Api[] = [];

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const api of apis) await api.close();
  [children, apis] = [[], []];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command, run to its end. */
export async function run(...words: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** A file that is gone after the tests. */
export function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export interface Serving {
  readonly child: ChildProcess;
  /** Where it was started. */
  readonly cwd: string;
  readonly url: string;
  readonly adminUrl: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
}

/** `headgate serve`, until the test ends. */
export async function serve(policy: string, upstream: string, ...more: string[]): Promise<Serving> {
  // Each in a folder of its own, where it keeps what lasts when nobody says where.
  return serveIn(mkdtempSync(join(folder, 'serve-')), policy, upstream, ...more);
}

/** The same, in a folder that another was in. */
export async function serveIn(cwd: string, policy: string, upstream: string, ...more: string[]): Promise<Serving> {
  const words = ['serve', policy, '--upstream', upstream, '--listen', '127.0.0.1:0', ...more];
  const child = spawn(process.execPath, [BIN, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null); // what "close" is emitted with
  await until(() => /listening on .*\n/.test(stdout) || child.exitCode !== null);
  return {
    child,
    cwd,
    url: /^headgate: listening on (https?:\/\/127\.0\.0\.1:\d+)$/m.exec(stdout)?.[1] ?? '',
    adminUrl: /^headgate: admin on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(stdout)?.[1] ?? '',
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
  };
}

/** An API, until the test ends. */
export async function startedApi(listener: Parameters<typeof startApi>[0]): Promise<Api> {
  const started = await startApi(listener);
  apis.push(started);
  return started;
}
