import type { HttpGate } from 'headgate/http';
import type { Exchange } from './exchange.ts';

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
/** What makes a body other than the plain, whole one in which something is to be written. */
const PARTIAL: ReadonlySet<string> = new Set(['accept-encoding', 'range', 'if-range']);
const DROPPED_DOWN: ReadonlySet<string> = new Set(HOP_BY_HOP);
/** Fields by which the API speaks to this gateway: callers never see them. */
const OURS = 'x-headgate-';
const NONE: ReadonlySet<string> = new Set();

/**
 * The fields an upstream gets: the caller's, less what was about the caller's connection and what the policy strips, and where it
 * came from. `isPlain`: the answer is wanted whole, and not encoded.
 */
export function upstreamFields(exchange: Exchange, gate: HttpGate, isPlain: boolean): string[] {
  const { names } = exchange;
  const raw = exchange.fields();
  const named = namedByConnection(exchange);
  const trusted = gate.trusts(exchange.peer);
  const fields: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const lower = names[i] ?? '';
    if (DROPPED_UP.has(lower) || gate.strips(lower, trusted)) continue;
    // The API must see who was judged, whatever the caller says that its connection is about.
    if (named.has(lower) && !gate.identifies(lower)) continue;
    if (lower.includes('_') && isLookalike(lower, gate)) continue;
    if (isPlain && PARTIAL.has(lower)) continue;
    fields.push(raw[2 * i] ?? '', raw[2 * i + 1] ?? '');
  }
  if (isPlain) fields.push('Accept-Encoding', 'identity');
  addForwarding(fields, exchange, trusted);
  return fields;
}

/**
 * Servers that know fields by CGI's names (RFC 3875 4.1.18) cannot tell `X_Forwarded_For` from `X-Forwarded-For`. A policy may
 * well read a field with an underscore: then it is no lookalike, but the one that was judged.
 */
function isLookalike(lower: string, { identifies }: HttpGate): boolean {
  const twin = lower.replaceAll('_', '-');
  return !identifies(lower) && (twin === 'content-length' || DROPPED_UP.has(twin));
}

function addForwarding(fields: string[], exchange: Exchange, trusted: boolean): void {
  const { peer, scheme, id, version } = exchange;
  const said = (name: string): string | undefined => (trusted ? joined(exchange, name) : undefined);
  const host = exchange.header('host') ?? '';
  fields.push('X-Forwarded-For', appended(said('x-forwarded-for'), peer));
  fields.push('X-Forwarded-Proto', said('x-forwarded-proto') ?? scheme);
  fields.push('X-Forwarded-Host', said('x-forwarded-host') ?? host);
  fields.push('Forwarded', appended(said('forwarded'), forwardedElement(peer, scheme, host)));
  // RFC 9110 7.6.3: whoever forwards a request says so.
  fields.push('Via', `${version} headgate`, 'X-Request-Id', id);
}

/** RFC 7239 4 and 6: an IPv6 address, and a host with its port, stand in quotes. */
function forwardedElement(peer: string, scheme: string, host: string): string {
  const node = peer.includes(':') ? `"[${peer}]"` : peer;
  return `for=${node};host="${host}";proto=${scheme}`;
}

function appended(before: string | undefined, last: string): string {
  return before === undefined ? last : `${before}, ${last}`;
}

function joined(exchange: Exchange, name: string): string | undefined {
  const values = exchange.headers(name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The fields a caller gets of an upstream's answer, less the connection's own and those that `owns` says are ours. */
export function downstreamFields(
  status: number,
  headers: NodeJS.Dict<string | string[]>,
  owns: (name: string) => boolean,
): string[] {
  const named = namesIn(headers['connection']);
  const fields: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    // RFC 9110 8.6: a 204 has no length, not even none.
    if (status === 204 && name === 'content-length') continue;
    if (value === undefined || DROPPED_DOWN.has(name) || named.has(name) || name.startsWith(OURS) || owns(name))
      continue;
    if (typeof value === 'string') fields.push(name, value);
    else for (const each of value) fields.push(name, each);
  }
  return fields;
}

function namedByConnection(exchange: Exchange): ReadonlySet<string> {
  return exchange.names.includes('connection') ? namesIn(exchange.headers('connection')) : NONE;
}

/** Fields that `Connection` names are about the connection too. The body's length is not for it to remove. */
function namesIn(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  const text = typeof connection === 'string' ? connection : (connection?.join(',') ?? '');
  if (text === '' || text === 'keep-alive' || text === 'close') return NONE;
  const names = new Set(
    text
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  names.delete('content-length');
  return names;
}
