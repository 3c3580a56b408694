import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** No server of a test takes so long to come or to go. In ms. */
const PATIENCE_MS = 30_000;
const POLL_MS = 5;
/** What is tried: `HEADGATE_REDIS_SERVER=valkey-server` tries that. */
const PROGRAM = process.env['HEADGATE_REDIS_SERVER'] ?? 'redis-server';

/** Asks again and again until it is so. @throws Error when it never is */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const endsAtMs = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > endsAtMs) throw new Error(`expected ${what} within ${patienceMs} ms`);
    await sleep(POLL_MS);
  }
}

/** A port of the loopback that nobody had just now. */
export async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: got } = server.address() as { port: number }; // It listens on TCP.
  server.close();
  await once(server, 'close');
  return got;
}

/** How far above a cluster's node its bus listens. */
const BUS = 10_000;

/** A port for a node of a cluster: its bus must be free too. */
export async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + BUS > 65_535) continue;
    const bus = await freePort(port + BUS).catch(() => 0);
    if (bus > 0) return port;
  }
}

/** A redis-server of our own, in a folder that goes with it. */
export class RedisServer {
  readonly port: number;
  readonly folder: string = mkdtempSync(join(tmpdir(), 'headgate-redis-'));
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** `first` is what must come first: the file of a Sentinel. */
  async start(...first: readonly string[]): Promise<void> {
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--loglevel', 'warning'];
    const kept = first.length > 0 ? [] : ['--save', '', '--appendonly', 'no'];
    const started = spawn(PROGRAM, [...first, ...place, ...kept, ...this.#options], { stdio: 'ignore' });
    this.#process = started;
    await until(`a redis-server on port ${this.port}`, () => {
      if (started.exitCode !== null) throw new Error(`${PROGRAM}: expected a server, got exit ${started.exitCode}`);
      return answers(this.port);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Ends it at once, and everything that it kept. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), options);
  await server.start();
  return server;
}

/** Whether a server answers a PING, whatever it says. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.setTimeout(500, () => socket.destroy());
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(false));
  });
}
