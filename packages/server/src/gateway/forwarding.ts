import type { IncomingMessage } from 'node:http';
import type { HttpGate } from 'headgate/http';

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
const FORWARDING = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip'];
/** `Host` becomes the upstream's own name, `Expect` has been met here. */
const DROPPED_UP: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...FORWARDING, 'host', 'expect']);
const DROPPED_DOWN: ReadonlySet<string> = new Set(HOP_BY_HOP);
const NONE: ReadonlySet<string> = new Set();

/**
 * The fields an upstream gets: the caller's, less what was about the caller's connection, and where it came from. Servers that know
 * fields by CGI's names cannot tell `X_API_Key` from `X-API-Key`, so what looks like a field that was judged or written here is dropped.
 */
export function upstreamFields(request: IncomingMessage, { identifies, trusts }: HttpGate): string[] {
  const raw = request.rawHeaders;
  const named = namedByConnection(request.headers.connection);
  const fields: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    const lower = name.toLowerCase();
    if (DROPPED_UP.has(lower) || named.has(lower) || isLookalike(lower, identifies)) continue;
    fields.push(name, value);
  }
  addForwarding(fields, request, trusts(request.socket.remoteAddress ?? ''));
  return fields;
}

function isLookalike(lower: string, identifies: HttpGate['identifies']): boolean {
  if (!lower.includes('_')) return false;
  const twin = lower.replaceAll('_', '-');
  // A policy may well read a field with an underscore: then it is no lookalike, but the one that was judged.
  return !identifies(lower) && (twin === 'content-length' || DROPPED_UP.has(twin) || identifies(twin));
}

function addForwarding(fields: string[], request: IncomingMessage, trusted: boolean): void {
  const { headers } = request;
  const peer = plainAddress(request.socket.remoteAddress);
  const before = trusted ? text(headers['x-forwarded-for']) : undefined;
  fields.push('X-Forwarded-For', before === undefined ? peer : `${before}, ${peer}`);
  fields.push('X-Forwarded-Proto', (trusted && text(headers['x-forwarded-proto'])) || 'http');
  const host = (trusted && text(headers['x-forwarded-host'])) || headers.host;
  if (host !== undefined) fields.push('X-Forwarded-Host', host);
  // RFC 9110 7.6.3: whoever forwards a request says so.
  fields.push('Via', `${request.httpVersion} headgate`);
}

/** The fields a caller gets of an upstream's answer, less the connection's own and those that `owns` says are ours. */
export function downstreamFields(
  status: number,
  headers: NodeJS.Dict<string | string[]>,
  owns: (name: string) => boolean,
): string[] {
  const named = namedByConnection(text(headers['connection']));
  const fields: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    // RFC 9110 8.6: a 204 has no length, not even none.
    if (status === 204 && name === 'content-length') continue;
    if (value === undefined || DROPPED_DOWN.has(name) || named.has(name) || owns(name)) continue;
    if (typeof value === 'string') fields.push(name, value);
    else for (const each of value) fields.push(name, each);
  }
  return fields;
}

/** Fields that `Connection` names are about the connection too. The body's length is not for it to remove. */
function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE;
  const names = new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  names.delete('content-length');
  return names;
}

function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
