import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { systemClock } from 'headgate';
import {
  createCourier,
  createHolds,
  createHttpGate,
  guardStore,
  placeOf,
  type CompiledPolicy,
  type HttpGate,
} from 'headgate/http';
import { createMetrics } from '../admin/metrics.ts';
import { startBeside, type Place } from './beside.ts';
import { BOUNDS, type Bounds } from './bounds.ts';
import { createDoor, type Door } from './door.ts';
import { Gateway } from './gateway.ts';
import { createHttp1 } from './http1/server.ts';
import { createHttp2 } from './http2/server.ts';
import { urlOf } from './listening.ts';
import { createLog } from './log.ts';
import { createMail } from './mail.ts';
import { Meters } from './meters.ts';
import { createOutsideFetch } from './outside-fetch.ts';
import { createNoticeLog, createOverageLog, createReports, createStoreLog } from './reports.ts';
import type { Running, StartOptions } from './running.ts';
import { sha256 } from './sha256.ts';
import { openState } from './state.ts';
import { createUpstream } from './upstream.ts';

/**
 * Starts a gateway in this process, with its state in this process's memory or in a file.
 * @throws the system's error when it cannot listen, or when the certificate cannot be used; HeadgateError `ERR_STORE…`
 */
export async function startGateway(options: StartOptions): Promise<Running> {
  const { clock = systemClock(), log = createLog() } = options;
  const bounds: Bounds = { ...BOUNDS, ...options.bounds };
  const state = await (options.state?.(clock) ?? openState(options.data, clock));
  const salt = randomBytes(32).toString('hex');
  const nowMs = (): number => performance.now();
  const meters = new Meters();
  const onReport = createReports(log, meters, clock);
  const mail = options.mail && createMail(options.mail);
  const outside = createOutsideFetch();
  const courier = createCourier(
    (url, detail) =>
      onReport({ is: 'webhook', limit: '', operation: '', subject: '', detail: `${placeOf(url)}: ${detail}` }),
    { fetchOutside: outside.fetch, ...(mail && { mail: mail.send }) },
  );
  const store = guardStore(state.store, { clock, nowMs, onChange: createStoreLog(log) });
  const parts = {
    store,
    clock,
    sha256,
    salt,
    holds: createHolds(),
    onReport,
    courier,
    onOverage: createOverageLog(log, meters, (text) => sha256(`${salt} ${text}`).slice(0, 16)),
    onNotice: createNoticeLog(log, meters),
    maxBodyBytes: bounds.bodyBytes,
    // Who is held back has to have time left for an answer of the API's.
    maxDelayMs: options.timeoutMs,
    ...(options.places !== undefined && { places: options.places }),
  };
  const gateOf = (policy: CompiledPolicy): HttpGate => createHttpGate({ policy, ...parts });
  const upstream = createUpstream(options.upstream, options.timeoutMs);
  const gateway = new Gateway({ gate: gateOf(options.policy), upstream, bounds, log, meters, nowMs });
  const http1 = createHttp1({ bounds, onExchange: gateway.serve, onMalformed: gateway.malformed });
  const http2 = createHttp2({ bounds, onExchange: gateway.serve, onFlood: gateway.flooded, nowMs });
  const door = createDoor({
    bounds,
    http1,
    http2,
    certificate: options.certificate,
    proofs: {
      isAsked: () => gateway.gate.asksCertificates,
      wallMs: () => clock.wallMs(),
      authorities: options.authorities,
    },
    networkOf: (address) => gateway.gate.networkOf(address),
    isTrusted: (address) => gateway.gate.trusts(address),
    onTurnedAway: () => void meters.turnedAway++,
  });
  let [isOpen, draining]: [boolean, Promise<void> | undefined] = [false, undefined];
  const gauges = {
    underWay: () => gateway.underWay,
    connections: () => door.connections,
    records: state.records,
    overflowed: state.overflowed,
    leases: state.leases,
    messages: () => courier.stats(),
    reservations: () => parts.holds.stats().reservations,
    guard: () => store.stats(),
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
    courier.close();
    mail?.close();
    await outside.close();
    await upstream.clients.close(!ended);
    await state.close();
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
