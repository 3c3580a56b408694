/** What the gateway lets anybody take of it. Every one is a flag of `headgate serve`. */
export interface Bounds {
  /** Time to send a request's head, and to finish a TLS handshake. */
  readonly headMs: number;
  /** Time between two requests on one connection. */
  readonly keepAliveMs: number;
  /** Longest silence in the middle of a request, an answer or a web socket. */
  readonly silenceMs: number;
  /** Longest that one request and its answer may take together. Web sockets are not bound by it. */
  readonly totalMs: number;
  /** Bytes of a request's head. */
  readonly headBytes: number;
  /** Fields of a request's head. */
  readonly headFields: number;
  /** Bytes of a request's body that limits read. */
  readonly bodyBytes: number;
  /** Time for such a body to come. */
  readonly bodyMs: number;
  /** Bytes of all such bodies at once. */
  readonly bodiesBytes: number;
  /** Connections at once. */
  readonly connections: number;
  /** Connections at once from one address (IPv6: one /64). Trusted proxies are not bound by it. */
  readonly connectionsAnAddress: number;
  /** Requests at the API at once, and connections to it. Beyond, they are turned away unjudged. */
  readonly underWay: number;
  /** Of those, from one address. Trusted proxies are not bound by it. */
  readonly underWayAnAddress: number;
  /** Bytes kept of all answers together, of those that limits read: what is beyond is not read, and passes all the same. */
  readonly readBytes: number;
}

export const BOUNDS: Bounds = {
  headMs: 15_000,
  keepAliveMs: 65_000,
  silenceMs: 300_000,
  totalMs: 3_600_000,
  headBytes: 16_384,
  headFields: 100,
  bodyBytes: 1024 ** 2,
  bodyMs: 30_000,
  bodiesBytes: 128 * 1024 ** 2,
  connections: 16_384,
  connectionsAnAddress: 4096,
  underWay: 4096,
  underWayAnAddress: 2048,
  readBytes: 268_435_456,
};

/** Requests at once on one HTTP/2 connection. */
export const MAX_STREAMS = 128;
/** How often what is bounded in time is looked at. */
export const LOOK_MS = 1000;
