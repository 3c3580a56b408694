import type { IncomingMessage } from 'node:http';
import { allOf, type Refusal } from '../exchange.ts';
import type { Shape } from './shape.ts';

/** A host and a port, and nothing that another reader could take for more (RFC 9110 7.2). */
const HOST = /^(?:[\w.~!$&'()*+;=-]+|\[[0-9a-fA-F:.]+\])(?::\d{0,5})?$/;

/**
 * Why a request is not for forwarding, though it is HTTP: what two readers could read in two ways. The parser refuses most
 * of this already; what is judged and forwarded are the raw fields, so they are looked at again.
 */
export function refusalOf(
  { httpVersion, rawHeaders }: IncomingMessage,
  { names, plainHostAt }: Shape,
  maxFields: number,
): Refusal | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return { status: 505, detail: 'HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here.' };
  if (names.length > maxFields) return { status: 431, detail: `A request has at most ${maxFields} header fields.` };
  if (plainHostAt >= 0) return unreadableHost(rawHeaders[2 * plainHostAt + 1]);
  return (
    hostRefusal(allOf(names, rawHeaders, 'host')) ??
    framingRefusal(httpVersion, names, rawHeaders) ??
    expectationRefusal(allOf(names, rawHeaders, 'expect'))
  );
}

/** Before Node 24.9 every wish for another protocol ends the parsing of this one: those that are not granted are refused. */
export function switchRefusal(request: IncomingMessage): Refusal | undefined {
  return isWebSocket(request) ? undefined : { status: 501, detail: 'The only other protocol known here is websocket.' };
}

/** RFC 9112 3.2: none, or two, or one that is no host, is for the server to refuse. */
export function hostRefusal(hosts: readonly string[]): Refusal | undefined {
  if (hosts.length !== 1) return bad(`The request names ${hosts.length === 0 ? 'no host' : 'more than one host'}.`);
  return unreadableHost(hosts[0]);
}

function unreadableHost(host = ''): Refusal | undefined {
  return HOST.test(host) ? undefined : bad('The host cannot be read.');
}

function framingRefusal(version: string, names: readonly string[], raw: readonly string[]): Refusal | undefined {
  const lengths = allOf(names, raw, 'content-length');
  if (lengths.length > 1 || !/^\d{1,15}$/.test(lengths[0] ?? '0')) return bad('The length of the body cannot be read.');
  const codings = allOf(names, raw, 'transfer-encoding');
  if (codings.length === 0) return undefined;
  // RFC 9112 6.1: a coding we do not undo must not be passed on as if we had, and HTTP/1.0 has none.
  if (version === '1.0') return bad('HTTP/1.0 has no transfer codings.');
  if (lengths.length > 0) return bad('The body has a length and a transfer coding.');
  if (codings.length === 1 && codings[0]?.toLowerCase() === 'chunked') return undefined;
  return { status: 501, detail: 'The only transfer coding known here is chunked.' };
}

/** RFC 9110 10.1.1. */
export function expectationRefusal(expectations: readonly string[]): Refusal | undefined {
  if (expectations.every((each) => each.toLowerCase() === '100-continue')) return undefined;
  return { status: 417, detail: 'The only expectation known here is 100-continue.' };
}

export function bad(detail: string): Refusal {
  return { status: 400, detail };
}

/** RFC 6455 4.1: a GET in HTTP/1.1 without a body that asks for this protocol alone. Other wishes may be ignored (RFC 9110 7.8), and are. */
export function isWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return method === 'GET' && httpVersion === '1.1' && !hasBody && headers.upgrade?.toLowerCase() === 'websocket';
}
