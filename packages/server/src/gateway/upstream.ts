import { buildConnector } from 'undici';
import { Clients } from './clients.ts';
import { Line } from './line.ts';

/** Idle connections are let go before most servers would (nginx: 75 s, Node: 5 s, which it announces and undici heeds). */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_MS = 5000;
/** Bytes of an answer's head. */
const MAX_HEAD_BYTES = 64 * 1024;

/** The API behind the gateway. */
export interface Upstream {
  readonly clients: Clients;
  /** Put before every path; empty or `/…` without a slash at its end. */
  readonly basePath: string;
  /** How long the API may be silent until its answer begins. */
  readonly timeoutMs: number;
}

/** @param timeoutMs how long the upstream may take until its answer begins */
export function createUpstream(url: URL, timeoutMs: number): Upstream {
  const origin = withOrigin(url.origin);
  const connector = buildConnector({ timeout: CONNECT_MS, allowH2: false });
  const options = {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Their clocks would run while the API reads, or the caller does, and cost a timer each: silence is seen to by the relays.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD_BYTES,
    allowH2: false,
  };
  const make = (): Line => new Line(origin, options, connector);
  return { clients: new Clients(make), basePath: url.pathname.replace(/\/+$/, ''), timeoutMs };
}

/** Undici asks for it at each request, and a URL would put it together each time. */
function withOrigin(origin: string): URL {
  return Object.defineProperty(new URL(origin), 'origin', { value: origin });
}
