import type { Forward, HttpGate } from 'headgate/http';
import type { Exchange } from './exchange.ts';
import type { FieldRules } from './field-rules.ts';
import { EVENT_STREAM } from './socket/connection.ts';
import { isReadable } from './tap.ts';

/** What asks for a part of a body: one that is read, or written into, must be whole. */
const PARTIAL: ReadonlySet<string> = new Set(['range', 'if-range']);
/** What would keep us from reading what is said on a connection: compression, of messages and of answers. */
const UNHEARD: ReadonlySet<string> = new Set(['sec-websocket-extensions', 'accept-encoding']);
const NONE: ReadonlySet<string> = new Set();

/**
 * The fields an upstream gets: the caller's, less what was about the caller's connection and what the policy strips, and where it
 * came from. An answer that is read is asked for whole, in a coding that is known here; one that is written into, in none.
 */
export function upstreamFields(
  exchange: Exchange,
  { rewrite, reads, hands }: Pick<Forward, 'rewrite' | 'reads' | 'hands'>,
  gate: HttpGate,
  rules: FieldRules,
): string[] {
  const { names, spelt } = exchange;
  const raw = exchange.fields();
  const named = namedByConnection(exchange);
  const trusted = gate.trusts(exchange.peer);
  const passes = trusted ? rules.passesFromProxy : rules.passesFromCaller;
  const isRead = rewrite !== undefined || reads !== undefined;
  const isHeard = gate.channel !== undefined && isConnection(exchange);
  const fields: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const lower = names[i] ?? '';
    if (!passes(lower)) continue;
    // The API must see who was judged, whatever the caller says that its connection is about.
    if (named !== NONE && named.has(lower) && !gate.identifies(lower)) continue;
    if (isRead && (PARTIAL.has(lower) || lower === 'accept-encoding')) continue;
    if (isHeard && UNHEARD.has(lower)) continue;
    fields.push(spelt[i] ?? '', raw[2 * i + 1] ?? '');
  }
  if (isRead || isHeard)
    fields.push('Accept-Encoding', rewrite === undefined && !isHeard ? readable(exchange) : 'identity');
  fields.push(...hands);
  addForwarding(fields, exchange, trusted);
  return fields;
}

/** Whether it may become a connection on which something happens: a web socket, or a stream of events. */
function isConnection(exchange: Exchange): boolean {
  return exchange.upgrade !== undefined || exchange.headers('accept').join().toLowerCase().includes(EVENT_STREAM);
}

/** The codings that the caller takes and that are known here (RFC 9110 12.5.3). */
function readable(exchange: Exchange): string {
  const codings = exchange.headers('accept-encoding').join(',').split(',');
  const known = codings.filter((each) => isReadable((each.split(';', 1)[0] ?? '').trim().toLowerCase()));
  return known.join(',').trim() || 'identity';
}

function addForwarding(fields: string[], exchange: Exchange, trusted: boolean): void {
  const { peer, scheme, id, version } = exchange;
  const host = exchange.header('host') ?? '';
  const element = forwardedElement(peer, scheme, host);
  // What anybody else says of where a request came from is not even looked at.
  if (trusted) addBehindProxy(fields, exchange, host, element);
  else
    fields.push('X-Forwarded-For', peer, 'X-Forwarded-Proto', scheme, 'X-Forwarded-Host', host, 'Forwarded', element);
  // RFC 9110 7.6.3: whoever forwards a request says so.
  fields.push('Via', `${version} headgate`, 'X-Request-Id', id);
}

function addBehindProxy(fields: string[], exchange: Exchange, host: string, element: string): void {
  const { peer, scheme } = exchange;
  fields.push('X-Forwarded-For', appended(joined(exchange, 'x-forwarded-for'), peer));
  fields.push('X-Forwarded-Proto', joined(exchange, 'x-forwarded-proto') ?? scheme);
  fields.push('X-Forwarded-Host', joined(exchange, 'x-forwarded-host') ?? host);
  fields.push('Forwarded', appended(joined(exchange, 'forwarded'), element));
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

/** The fields a caller gets of an upstream's answer, less the connection's own and those that are ours to write. */
export function downstreamFields(
  status: number,
  headers: NodeJS.Dict<string | string[]>,
  { passesDown }: FieldRules,
): string[] {
  const named = namesIn(headers['connection']);
  const fields: string[] = [];
  // V8 reads what it names this way by its place, and not by its name. They are undici's own: nothing is inherited.
  for (const name in headers) {
    const value = headers[name];
    // RFC 9110 8.6: a 204 has no length, not even none.
    if (status === 204 && name === 'content-length') continue;
    if (value === undefined || !passesDown(name) || (named !== NONE && named.has(name))) continue;
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
