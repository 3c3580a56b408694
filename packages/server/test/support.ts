/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Clock } from 'headgate';
import type { Denial } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import type { Bounds } from '../src/gateway/bounds.ts';
import type { Certificate } from '../src/gateway/certificate.ts';
import type { Log } from '../src/gateway/log.ts';
import type { Running, StartOptions } from '../src/gateway/running.ts';
import { startGateway } from '../src/gateway/start.ts';
import type { State } from '../src/gateway/state.ts';

/** Longest a test waits for something real to happen. */
export const DEADLINE_MS = 30_000;

/** Time that passes only when it is told to. */
export interface ManualClock extends Clock {
  nowMs: number;
}

function manualClock(nowMs: number): ManualClock {
  const clock = { nowMs, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  return clock;
}

/** A log that is kept instead of written. */
export interface KeptLog extends Log {
  readonly denials: (Denial & { readonly status: number })[];
  readonly failures: string[];
  /** What is said beside requests, with its details. */
  readonly lines: (readonly [message: string, details: object | undefined])[];
}

export function keptLog(): KeptLog {
  const denials: KeptLog['denials'] = [];
  const failures: string[] = [];
  const lines: KeptLog['lines'] = [];
  const nothing = (): void => undefined;
  return {
    denials,
    failures,
    lines,
    denied: (_request, status, denial) => void denials.push({ status, ...denial }),
    failed: (_request, status, error) => void failures.push(`${status} ${error.message}`),
    fault: (_request, error) => void failures.push(String(error)),
    served: nothing,
    info: (message, details) => void lines.push([message, details]),
    warn: (message, details) => void lines.push([message, details]),
    error: (message, details) => void lines.push([message, details]),
    flush: nothing,
  };
}

export interface Api {
  readonly url: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** A real API on a free port of this machine. */
export async function startApi(listener: RequestListener): Promise<Api> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A gateway in this process, before a real API, on real sockets. */
export interface Started extends Running {
  readonly clock: ManualClock;
  readonly log: KeptLog;
}

export interface StartSpec {
  readonly policy: string;
  readonly upstream: string;
  readonly nowMs?: number;
  readonly timeoutMs?: number;
  readonly bounds?: Partial<Bounds>;
  readonly certificate?: Certificate;
  /** Health and metrics too. */
  readonly admin?: boolean;
  /** Lets the API settle, by these tokens. */
  readonly tokens?: readonly string[];
  readonly mail?: StartOptions['mail'];
  readonly authorities?: StartOptions['authorities'];
}

let stateOf: ((clock: Clock) => Promise<State>) | undefined;

/** Has every gateway from now on keep what it counts elsewhere: the same cases, on another store. */
export function keepStateIn(state: (clock: Clock) => Promise<State>): void {
  stateOf = state;
}

export async function start({
  policy,
  upstream,
  nowMs = Date.UTC(2026, 3, 11, 13, 0, 0),
  timeoutMs = 5000,
  bounds = {},
  certificate,
  admin = false,
  tokens,
  mail,
  authorities,
}: StartSpec): Promise<Started> {
  const clock = manualClock(nowMs);
  const log = keptLog();
  const listen = { host: '127.0.0.1', port: 0 };
  const running = await startGateway({
    policy: parsePolicy(policy),
    upstream: new URL(upstream),
    listen,
    timeoutMs,
    bounds,
    certificate,
    admin: admin ? listen : undefined,
    settle: tokens && { ...listen, tokens },
    mail,
    authorities,
    clock,
    state: stateOf,
    log,
  });
  return { ...running, clock, log };
}

export function policyText(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../policies/${file}`, import.meta.url)), 'utf8');
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** One request on a connection of its own. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  const sent = request(url, { method, headers: headers as Record<string, string>, agent: false }); // Node takes lists too
  // Of what is sent after the answer has come, nobody need hear.
  sent.on('error', () => undefined);
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    rawHeaders: answer.rawHeaders,
    body: await text(answer),
  };
}

/** Sends bytes as they are and returns whatever comes back until the other side ends, or the deadline. */
export async function sendRaw(url: string, bytes: string, waitMs = DEADLINE_MS): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setTimeout(waitMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.write(bytes);
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  await once(socket, 'close');
  return received;
}

/** A connection that keeps what it is told. */
export interface Line {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly closed: Promise<unknown>;
}

export async function dial(url: string): Promise<Line> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString('latin1')));
  socket.on('error', () => socket.destroy());
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await once(socket, 'connect');
  return { socket, heard: () => heard, closed };
}

/** Waits for something real, under a deadline. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// vitest types its matchers as any; a test that compares them needs no more than unknown.
export const ANY_TEXT: unknown = expect.any(String);
export const ANY_NUMBER: unknown = expect.any(Number);
export const containing = (part: string): unknown => expect.stringContaining(part);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
