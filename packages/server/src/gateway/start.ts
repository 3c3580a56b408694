import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { memoryStore, systemClock, type Clock } from 'headgate';
import { createHolds, createHttpGate, type CompiledPolicy, type HttpGate } from 'headgate/http';
import { createMetrics } from '../admin/metrics.ts';
import { startBeside, type Place, type SettlePlace } from './beside.ts';
import { BOUNDS, type Bounds } from './bounds.ts';
import type { Certificate } from './certificate.ts';
import { createDoor, type Door } from './door.ts';
import { Gateway } from './gateway.ts';
import { createHttp1 } from './http1/server.ts';
import { createHttp2 } from './http2/server.ts';
import { urlOf } from './listening.ts';
import { createLog, type Log } from './log.ts';
import { Meters } from './meters.ts';
import { createReports } from './reports.ts';
import { sha256 } from './sha256.ts';
import { createUpstream } from './upstream.ts';

export interface StartOptions {
  readonly policy: CompiledPolicy;
  readonly upstream: URL;
  readonly listen: Place;
  /** Where to serve health and metrics; default: nowhere. */
  readonly admin?: Place | undefined;
  /** Where the API settles what it was handed; default: nowhere. */
  readonly settle?: SettlePlace | undefined;
  /** Speaks TLS with this; without it, plain text. */
  readonly certificate?: Certificate | undefined;
  /** How long the upstream may take until its answer begins. */
  readonly timeoutMs: number;
  /** Default: {@link BOUNDS}. */
  readonly bounds?: Partial<Bounds>;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** Default: JSON lines on stderr. */
  readonly log?: Log;
}

export interface Running {
  /** `http://host:port`, with the port that was taken. */
  readonly url: string;
  /** Of the admin listener, when there is one. */
  readonly adminUrl: string | undefined;
  /** Of the listener on which the API settles, when there is one. */
  readonly settleUrl: string | undefined;
  readonly log: Log;
  /** Judges by another policy from now on. What was counted stays counted: counters follow the limits' identity. */
  use(policy: CompiledPolicy): void;
  /** Proves itself by another certificate from the next connection on. */
  renew(certificate: Certificate): void;
  /** Knows the API that settles by other tokens from now on. */
  retoken(tokens: readonly string[]): void;
  /** Drains for at most `boundMs`, then ends whatever is left. */
  stop(boundMs: number): Promise<void>;
}

/**
 * Starts a gateway in this process, with its state in this process's memory.
 * @throws the system's error when it cannot listen, or when the certificate cannot be used
 */
export async function startGateway(options: StartOptions): Promise<Running> {
  const { clock = systemClock(), log = createLog() } = options;
  const bounds: Bounds = { ...BOUNDS, ...options.bounds };
  const store = memoryStore({ clock });
  const salt = randomBytes(32).toString('hex');
  const nowMs = (): number => performance.now();
  const meters = new Meters();
  const parts = { store, clock, sha256, salt, holds: createHolds(), onReport: createReports(log, meters, clock) };
  const gateOf = (policy: CompiledPolicy): HttpGate =>
    createHttpGate({ policy, maxBodyBytes: bounds.bodyBytes, ...parts });
  const upstream = createUpstream(options.upstream, options.timeoutMs);
  const gateway = new Gateway({ gate: gateOf(options.policy), upstream, bounds, log, meters, nowMs });
  const http1 = createHttp1({ bounds, onExchange: gateway.serve, onMalformed: gateway.malformed });
  const http2 = createHttp2({ bounds, onExchange: gateway.serve, onFlood: gateway.flooded, nowMs });
  const door = createDoor({
    bounds,
    http1,
    http2,
    certificate: options.certificate,
    networkOf: (address) => gateway.gate.networkOf(address),
    isTrusted: (address) => gateway.gate.trusts(address),
    onTurnedAway: () => void meters.turnedAway++,
  });
  let [isOpen, draining]: [boolean, Promise<void> | undefined] = [false, undefined];
  const gauges = {
    underWay: () => gateway.underWay,
    connections: () => door.connections,
    records: () => store.stats().records,
    overflowed: () => store.stats().overflowed,
    reservations: () => parts.holds.stats().reservations,
  };
  const beside = await startBeside({
    admin: options.admin,
    settle: options.settle,
    metrics: () => createMetrics(meters, gauges),
    isReady: () => isOpen && draining === undefined,
    gate: () => gateway.gate,
    clock,
    log,
    meters,
  });
  const url = await open(door, options.listen, options.certificate === undefined ? 'http' : 'https').catch((error) => {
    beside.close();
    throw error;
  });
  isOpen = true;

  async function stop(boundMs: number): Promise<void> {
    const closed = close(door, boundMs);
    door.drain();
    http1.drain();
    http2.drain();
    const ended = await closed;
    // Told before their connections end, so that it is known why they do.
    gateway.close();
    door.slam();
    beside.close();
    await upstream.clients.close(!ended);
    if (!ended) log.warn('requests were cut off at the end of the drain', { boundMs });
    log.flush();
  }

  return {
    url,
    adminUrl: beside.adminUrl,
    settleUrl: beside.settleUrl,
    log,
    use: (policy) => gateway.use(gateOf(policy)),
    renew: (certificate) => door.renew(certificate),
    retoken: (tokens) => beside.retoken(tokens),
    stop: (boundMs) => (draining ??= stop(boundMs)),
  };
}

async function open({ server }: Door, { host, port }: Place, scheme: 'http' | 'https'): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  return urlOf(scheme, server.address());
}

/** Takes no more connections. Resolves to whether all that were open ended within the bound. */
function close({ server }: Door, boundMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const bound = setTimeout(() => resolve(false), boundMs);
    server.close(() => {
      clearTimeout(bound);
      resolve(true);
    });
  });
}
