/* oxlint-disable no-await-in-loop -- one request after another is what is measured */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { file, serve, type Serving } from '../cli-support.ts';
import { dial2, frame, FRAME, GET } from '../http2-support.ts';
import { ask, DEADLINE_MS } from '../support.ts';
import { OK, startRecorder, type Recorder } from './recorder.ts';
import { ask as streamed, many, u32 } from './streams.ts';

const EACH = 1000;
/** On one connection of HTTP/2. */
const STREAMS = 100;
const REQUESTS = 300;
/** The one figure that is promised for a real clock: what a healthy caller may wait beside all of these. */
const P99_MS = 250;
/** What the process may have grown by: several thousand connections, each with its buffers. */
const GROWTH_MB = 400;
const LARGE = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n${'x'.repeat(600_000)}`);
const OPEN = file(
  'open.yaml',
  'headgate: 1\nidentify: { anonymous: true }\nlimits: { calls: { rate: 1000000/minute, per: address } }\n',
);
const TEST_MS = 60_000;

let api: Recorder;
let attackers: Socket[] = [];

afterEach(async () => {
  for (const socket of attackers) socket.destroy();
  attackers = [];
  await api.close();
});

async function served(): Promise<Serving> {
  api = await startRecorder((socket, { first }) => void socket.write(first.includes('/large') ? LARGE : OK));
  return serve(OPEN, api.url, '--admin', '127.0.0.1:0');
}

/** So many connections at once, each of which says something, and then a byte a second. */
async function drip({ url }: Serving, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: EACH }, () => connect(Number(port), hostname).on('error', () => undefined));
  attackers.push(...sockets);
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) {
    const timer = setInterval(() => socket.write('x'), 1000);
    socket.write(bytes);
    socket.on('close', () => clearInterval(timer));
  }
}

/**
 * Streams whose readers grant no window. Readers of HTTP/1 that read nothing are held up by no more than their own kernel,
 * which takes some megabytes each for them.
 */
async function readNothing({ url }: Serving): Promise<void> {
  const lines = await Promise.all(Array.from({ length: EACH / STREAMS }, () => dial2(url)));
  const path = GET.map(([name, value]) => [name, name === ':path' ? '/large' : value] as const);
  attackers.push(...lines.map(({ socket }) => socket));
  for (const { socket } of lines) {
    socket.write(frame(FRAME.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), u32(0)])));
    socket.write(many(STREAMS, (i) => streamed(2 * i + 1, path)));
  }
}

interface Attack {
  readonly begin: (serving: Serving) => Promise<void>;
  readonly requests: number;
  readonly connections: number;
}

const ATTACKS: Readonly<Record<'heads' | 'bodies' | 'reads', Attack>> = {
  heads: { begin: (serving) => drip(serving, 'GET / HTTP/1.1\r\nHost: a\r\nX-A: '), requests: 0, connections: EACH },
  bodies: {
    begin: (serving) => drip(serving, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx'),
    requests: EACH,
    connections: EACH,
  },
  reads: { begin: readNothing, requests: EACH, connections: EACH / STREAMS },
};

/** 99 of 100 requests of a healthy caller, on a connection that it keeps, take no longer than this. */
async function p99Ms({ url }: Serving): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const took: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const began = performance.now();
    socket.write('GET /healthy HTTP/1.1\r\nHost: a\r\n\r\n');
    let heard = '';
    while (!heard.endsWith('\r\n\r\nok')) heard += String((await once(socket, 'data'))[0]);
    took.push(performance.now() - began);
  }
  socket.destroy();
  return took.toSorted((one, other) => one - other)[Math.floor(REQUESTS * 0.99)] ?? Infinity;
}

async function metric({ adminUrl }: Serving, name: string): Promise<number> {
  const { body } = await ask(`${adminUrl}/metrics`);
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body)?.[1]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

const residentMb = ({ child }: Serving): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024;

describe('beside a thousand slow', () => {
  it.each([
    ['heads', ['heads']],
    ['bodies', ['bodies']],
    ['reads', ['reads']],
    ['of each', ['heads', 'bodies', 'reads']],
  ] as const)(
    '%s, a healthy caller is served',
    async (_, kinds) => {
      const serving = await served();
      const [before, mbBefore] = [await p99Ms(serving), residentMb(serving)];
      const attacks = kinds.map((kind) => ATTACKS[kind]);
      for (const { begin } of attacks) await begin(serving);
      const held = sum(attacks.map(({ requests }) => requests));
      await expect.poll(() => metric(serving, 'headgate_requests_under_way'), { timeout: DEADLINE_MS }).toBe(held);
      const open = sum(attacks.map(({ connections }) => connections));
      await expect.poll(() => metric(serving, 'headgate_connections'), { timeout: DEADLINE_MS }).toBe(open);
      const beside = await p99Ms(serving);
      expect(residentMb(serving) - mbBefore).toBeLessThan(GROWTH_MB);
      expect(beside, `p99 was ${before.toFixed(1)} ms before, and is ${beside.toFixed(1)} ms`).toBeLessThan(P99_MS);
      for (const socket of attackers) socket.destroy();
      await expect.poll(() => metric(serving, 'headgate_requests_under_way'), { timeout: DEADLINE_MS }).toBe(0);
    },
    TEST_MS,
  );
});
