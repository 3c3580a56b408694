import type { HttpGate } from 'headgate/http';

/** Names that are remembered; callers may make up any number of them. */
const MAX_KNOWN = 512;

/** Fields about one connection, which a proxy takes for itself (RFC 9110 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];
/** Fields that tell the upstream where a request came from: only a trusted proxy's are believed. */
const FORWARDING = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'forwarded',
  'x-real-ip',
];
/** `Host` becomes the upstream's own name, `Expect` has been met here, and the request's id is ours. */
const DROPPED_UP: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...FORWARDING, 'host', 'expect', 'x-request-id']);
const DROPPED_DOWN: ReadonlySet<string> = new Set(HOP_BY_HOP);
/** Fields by which the API speaks to this gateway: callers never see them. */
const OURS = 'x-headgate-';

/** Which fields pass, by their lower-case names. What a name comes to is worked out once, for there are few of them. */
export class FieldRules {
  /** Whether a field of a request passes on to the API; from a trusted proxy, and from anybody else. */
  readonly passesFromProxy: (name: string) => boolean;
  readonly passesFromCaller: (name: string) => boolean;
  /** Whether a field of an answer passes on to the caller. */
  readonly passesDown: (name: string) => boolean;

  constructor(gate: HttpGate) {
    this.passesFromProxy = remembered((name) => passesUp(gate, name, true));
    this.passesFromCaller = remembered((name) => passesUp(gate, name, false));
    this.passesDown = remembered((name) => !DROPPED_DOWN.has(name) && !name.startsWith(OURS) && !gate.owns(name));
  }
}

function passesUp(gate: HttpGate, name: string, trusted: boolean): boolean {
  return !DROPPED_UP.has(name) && !gate.strips(name, trusted) && !isLookalike(gate, name);
}

/**
 * Servers that know fields by CGI's names (RFC 3875 4.1.18) cannot tell `X_Forwarded_For` from `X-Forwarded-For`. A policy may
 * well read a field with an underscore: then it is no lookalike, but the one that was judged.
 */
function isLookalike({ identifies }: HttpGate, name: string): boolean {
  if (!name.includes('_') || identifies(name)) return false;
  const twin = name.replaceAll('_', '-');
  return twin === 'content-length' || DROPPED_UP.has(twin);
}

function remembered(of: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = of(name);
    if (known.size < MAX_KNOWN) known.set(name, found);
    return found;
  };
}
