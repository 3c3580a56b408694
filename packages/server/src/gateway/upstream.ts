import { Pool } from 'undici';

/** Connections to the upstream at once; requests beyond them wait for one. */
const MAX_CONNECTIONS = 1024;
/** Idle connections are let go before most servers would (nginx: 75 s, Node: 5 s, which it announces and undici heeds). */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_MS = 5000;
/** Longest silence in the middle of an answer. */
const BODY_IDLE_MS = 300_000;

/** The API behind the gateway. */
export interface Upstream {
  readonly pool: Pool;
  /** Put before every path; empty or `/…` without a slash at its end. */
  readonly basePath: string;
  /** How long the API may be silent until its answer begins. */
  readonly timeoutMs: number;
}

/** @param timeoutMs how long the upstream may take until its answer begins */
export function createUpstream(url: URL, timeoutMs: number): Upstream {
  const pool = new Pool(url.origin, {
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_MS,
    headersTimeout: timeoutMs,
    bodyTimeout: BODY_IDLE_MS,
    allowH2: false,
  });
  return { pool, basePath: url.pathname.replace(/\/+$/, ''), timeoutMs };
}
