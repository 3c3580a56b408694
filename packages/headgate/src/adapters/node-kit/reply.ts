import type { ServerResponse } from 'node:http';
import { isBodiless, type Fields, type Reply } from '../kit/index.ts';

/** The whole head of an answer, but what a server adds by itself. */
export function headOf({ status, fields, body }: Reply, id: string): Fields {
  const head = [...fields, 'X-Request-Id', id];
  return isBodiless(status) ? head : [...head, 'Content-Length', String(Buffer.byteLength(body))];
}

/** Answers a request. A body that was not read is left to Node, which takes it in before the next request. */
export function reply(response: ServerResponse, answer: Reply, id: string): void {
  if (response.headersSent || response.destroyed) return;
  if (answer.silent === true) return void response.destroy();
  const head = headOf(answer, id);
  // One by one: what middlewares have set stays, but where it is said here.
  for (let i = 0; i + 1 < head.length; i += 2) response.removeHeader(head[i] ?? '');
  for (let i = 0; i + 1 < head.length; i += 2) response.appendHeader(head[i] ?? '', head[i + 1] ?? '');
  response.statusCode = answer.status;
  if (response.req.httpVersionMajor < 2) response.statusMessage = ''; // RFC 9113 8.3.1: later versions have none, and Node warns
  response.end(response.req.method === 'HEAD' || isBodiless(answer.status) ? undefined : answer.body);
}
