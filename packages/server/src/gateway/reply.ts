import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem, PROBLEM_TYPE, type Fields } from 'headgate/http';
import { discard } from './upload.ts';

/** A declared body up to this size is read and dropped, and the connection kept; a larger one ends it. */
const SMALL_BODY = 64 * 1024;

/** Answers a request ourselves, whether or not its body was read, without ever reading the next request out of it. */
export function reply(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  fields: Fields,
  body: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const bodiless = status === 204 || status === 304;
  const head = bodiless ? [...fields] : [...fields, 'Content-Length', String(Buffer.byteLength(body))];
  const text = bodiless || request.method === 'HEAD' ? '' : body;
  if (request.complete || isSmall(request)) {
    response.writeHead(status, head).end(text);
    return;
  }
  response.writeHead(status, [...head, 'Connection', 'close']);
  response.flushHeaders();
  if (text !== '') response.write(text);
  discard(request, () => response.end());
}

/** Answers with an RFC 9457 problem of the gateway's own. */
export function replyProblem(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  detail: string,
  fields: Fields = [],
): void {
  reply(request, response, status, ['Content-Type', PROBLEM_TYPE, ...fields], problem(status, detail));
}

/** Nobody waits with a small body: unless the caller waits to be told to go on, in which case it may never send one. */
function isSmall({ headers }: IncomingMessage): boolean {
  if (headers.expect !== undefined) return false;
  if (headers['transfer-encoding'] !== undefined) return false;
  return Number(headers['content-length'] ?? 0) <= SMALL_BODY;
}
