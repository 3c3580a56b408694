import { Pool } from 'undici';

/** Idle connections are let go before most servers would (nginx: 75 s, Node: 5 s, which it announces and undici heeds). */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_MS = 5000;
/** Bytes of an answer's head. */
const MAX_HEAD_BYTES = 64 * 1024;

/** The API behind the gateway. */
export interface Upstream {
  readonly pool: Pool;
  /** Put before every path; empty or `/…` without a slash at its end. */
  readonly basePath: string;
  /** How long the API may be silent until its answer begins. */
  readonly timeoutMs: number;
  /** Requests handed to the pool that it has not done with: also of callers that have gone, while it waits for a connection. */
  asked: number;
}

/**
 * @param timeoutMs how long the upstream may take until its answer begins
 * @param connections to it at once; requests beyond them wait for one
 */
export function createUpstream(url: URL, timeoutMs: number, connections: number): Upstream {
  const pool = new Pool(url.origin, {
    connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_MS,
    // Its clocks would run while the API reads, or the caller does, and cost a timer each: silence is seen to by the relays.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD_BYTES,
    allowH2: false,
  });
  return { pool, basePath: url.pathname.replace(/\/+$/, ''), timeoutMs, asked: 0 };
}
