/* oxlint-disable no-await-in-loop -- it is looked again and again */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HOST = '127.0.0.1';
const COMMAND = fileURLToPath(new URL('../../../bin/headgate.mjs', import.meta.url));
/** Another program that speaks the same, such as valkey-server. */
const REDIS = process.env['HEADGATE_REDIS_SERVER'] ?? 'redis-server';
/** Nothing here takes so long to come. In ms. */
const PATIENCE_MS = 15_000;
const POLL_MS = 10;

/** A process that may be killed, and must not outlive the demo. */
export class Machine {
  readonly name: string;
  readonly #child: ChildProcess;

  constructor(name: string, command: string, words: readonly string[]) {
    this.name = name;
    this.#child = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    // What cannot be started has ended; who waits for it says so.
    this.#child.on('error', () => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves with the first group of a pattern, as soon as what it writes matches. */
  async says(pattern: RegExp): Promise<string> {
    let said = '';
    this.#child.stdout?.on('data', (chunk) => (said += String(chunk)));
    await this.#until(() => pattern.test(said));
    return pattern.exec(said)?.[1] ?? '';
  }

  /** Resolves when somebody listens on its port. */
  async listensOn(port: number): Promise<void> {
    await this.#until(() => isOpen(port));
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const endsAtMs = Date.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (this.hasEnded) throw new Error(`${this.name} could not be started`);
      if (Date.now() > endsAtMs) throw new Error(`${this.name} did not come within ${PATIENCE_MS} ms`);
      await sleep(POLL_MS);
    }
  }
}

/** A redis-server that writes each change to a file before it answers, so that it knows all of them when it starts anew. */
export function redisIn(folder: string, port: number): Machine {
  const place = ['--bind', HOST, '--port', String(port), '--dir', folder, '--loglevel', 'warning'];
  const kept = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  return new Machine(REDIS, REDIS, [...place, ...kept]);
}

/** `headgate serve`, as a process of its own. */
export function gatewayOf(name: string, words: readonly string[]): Machine {
  return new Machine(name, process.execPath, [COMMAND, 'serve', ...words, '--listen', `${HOST}:0`]);
}

/** Where a gateway is, as it says itself. */
export async function urlOf(gateway: Machine): Promise<URL> {
  return new URL(await gateway.says(/listening on (http:\S+)\n/));
}

/** A port of the loopback that nobody had just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  server.close();
  await once(server, 'close');
  return port;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: HOST });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
