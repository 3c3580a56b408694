/* oxlint-disable no-await-in-loop -- what was opened last is closed first */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { memoryStore, systemClock } from 'headgate';
import { createHttpGate, type Ending, type Finder, type Handled, type HttpGate } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { afterEach } from 'vitest';
import { BOUNDS, type Bounds } from '../../src/gateway/bounds.ts';
import { createDoor } from '../../src/gateway/door.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import type { How } from '../../src/gateway/how.ts';
import { createHttp1 } from '../../src/gateway/http1/server.ts';
import { createHttp2 } from '../../src/gateway/http2/server.ts';
import { Meters } from '../../src/gateway/meters.ts';
import { sha256 } from '../../src/gateway/sha256.ts';
import { createUpstream } from '../../src/gateway/upstream.ts';
import { keptLog } from '../support.ts';

/** A gateway of the parts that `startGateway` puts together, that tells what its gate was told. */
export interface Watched {
  readonly url: string;
  /** Requests that were admitted. */
  readonly admitted: () => number;
  /** Every ending that the gate was told, in order; and how often each request's was. */
  readonly endings: () => readonly Ending[];
  readonly times: () => readonly number[];
  /** How those ended that did not end with a whole answer. */
  readonly unfinished: () => Partial<Record<How, number>>;
  readonly underWay: () => number;
  /** Requests that hold something. */
  readonly reservations: () => number;
  /** Bytes that all callers together have been sent. */
  readonly writtenBytes: () => number;
  /** Cuts off whatever is under way, as the end of a drain does. */
  readonly cut: () => void;
}

const OPEN = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
limits: { calls: { rate: 1000000/minute, per: address } }
`;

let closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

export interface WatchedSpec {
  readonly policy?: string;
  readonly timeoutMs?: number;
  readonly bounds?: Partial<Bounds>;
  /** Functions that know callers. */
  readonly finders?: Readonly<Record<string, Finder>>;
  /** Called as the gate is told of an ending. */
  readonly onEnding?: () => void;
}

/** Until the test ends. */
export async function watched(upstream: string, spec: WatchedSpec = {}): Promise<Watched> {
  const { policy = OPEN, timeoutMs = 5000, onEnding = () => undefined } = spec;
  const bounds: Bounds = { ...BOUNDS, ...spec.bounds };
  const clock = systemClock();
  const nowMs = (): number => performance.now();
  const gate = createHttpGate({
    policy: parsePolicy(policy),
    store: memoryStore({ clock }),
    clock,
    sha256,
    salt: 'of the test',
    finders: spec.finders ?? {},
  });
  const seen = { endings: [] as Ending[], times: [] as number[] };
  const parts = { upstream: createUpstream(new URL(upstream), timeoutMs), meters: new Meters(), log: keptLog() };
  const gateway = new Gateway({ gate: observed(gate, seen, onEnding), bounds, nowMs, ...parts });
  const http1 = createHttp1({ bounds, onExchange: gateway.serve, onMalformed: gateway.malformed });
  const http2 = createHttp2({ bounds, onExchange: gateway.serve, onFlood: gateway.flooded, nowMs });
  const door = createDoor({
    bounds,
    http1,
    http2,
    networkOf: gate.networkOf,
    isTrusted: gate.trusts,
    onTurnedAway: () => undefined,
  });
  const callers: Socket[] = [];
  door.server.on('connection', (socket: Socket) => callers.push(socket));
  door.server.listen(0, '127.0.0.1');
  await once(door.server, 'listening');
  const cut = (): void => {
    gateway.close();
    door.slam();
  };
  closing.push(() => {
    door.server.close();
    http2.drain();
    cut();
    return parts.upstream.clients.close(true);
  });
  return {
    url: `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`, // of a server that listens on TCP
    admitted: () => seen.times.length,
    endings: () => seen.endings,
    times: () => seen.times,
    unfinished: () => Object.fromEntries(parts.meters.unfinished),
    underWay: () => gateway.underWay,
    reservations: () => gate.held().reservations,
    writtenBytes: () => callers.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    cut,
  };
}

/** The gate itself, with an ear on what it is told. */
function observed(gate: HttpGate, seen: { endings: Ending[]; times: number[] }, onEnding: () => void): HttpGate {
  const listen = (handled: Handled): Handled => {
    if (handled.kind === 'answer') return handled;
    const nth = seen.times.push(0) - 1;
    const end = (ending: Ending): void => {
      seen.endings.push(ending);
      seen.times[nth] = (seen.times[nth] ?? 0) + 1;
      onEnding();
      handled.end(ending);
    };
    return { ...handled, end };
  };
  const handle = (view: Parameters<HttpGate['handle']>[0]): ReturnType<HttpGate['handle']> => {
    const handled = gate.handle(view);
    return handled instanceof Promise ? handled.then(listen) : listen(handled);
  };
  return { ...gate, handle };
}

/** An API that does with each connection what it is told to. Until the test ends. */
export async function rawApi(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a server that listens on TCP
}
