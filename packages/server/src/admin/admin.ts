import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { urlOf } from '../gateway/listening.ts';
import type { WriteMetrics } from './metrics.ts';

/** Nobody who scrapes or probes needs longer. */
const MAX_REQUEST_MS = 10_000;

export interface AdminOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly metrics: WriteMetrics;
  /** Whether requests are taken: not any more while draining. */
  readonly isReady: () => boolean;
}

/** Where the people and machines that run the gateway ask it: apart from where its callers come in. */
export interface Admin {
  readonly url: string;
  close(): void;
}

/** @throws the system's error when it cannot listen */
export async function startAdmin({ listen, metrics, isReady }: AdminOptions): Promise<Admin> {
  const pages: Readonly<Record<string, WriteMetrics>> = {
    '/healthz': (_, response) => say(response, 200, 'ok'),
    '/readyz': (_, response) => (isReady() ? say(response, 200, 'ready') : say(response, 503, 'draining')),
    '/metrics': metrics,
  };
  const server = createServer({ requestTimeout: MAX_REQUEST_MS, headersTimeout: MAX_REQUEST_MS }, (request, response) =>
    serve(pages, request, response),
  );
  server.timeout = MAX_REQUEST_MS;
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  return {
    url: urlOf('http', server.address()),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function serve(
  pages: Readonly<Record<string, WriteMetrics>>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  request.resume();
  if (page === undefined) say(response, 404, `expected one of ${Object.keys(pages).join(', ')}`);
  else if (request.method === 'GET' || request.method === 'HEAD') page(request, response);
  else say(response.setHeader('Allow', 'GET, HEAD'), 405, 'expected GET');
}

function say(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(`${text}\n`);
}
