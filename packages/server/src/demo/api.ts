import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setInterval } from 'node:timers/promises';

/** The API that the demo puts a gateway before: it knows nothing of limits. */
export interface DemoApi {
  readonly url: URL;
  readonly server: Server;
}

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const ARTICLES = [
  { id: 1, title: 'How a headgate divides a river' },
  { id: 2, title: 'Fixed windows, and what happens at their edges' },
  { id: 3, title: 'Why Retry-After should be true' },
];
/** Bytes of a new article that are read. */
const MAX_ARTICLE = 64 * 1024;

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['GET /v1/articles', (_, response) => send(response, 200, { articles: ARTICLES })],
  ['POST /v1/articles', createArticle],
  ['GET /v1/status', (_, response) => send(response, 200, { status: 'ok' })],
  ['GET /v1/ticks', ticks],
]);

/** Starts it on a free port of this machine. */
export async function startApi(): Promise<DemoApi> {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}`), server };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const endpoint = ENDPOINTS.get(`${method} ${path}`) ?? articleById(method, path) ?? notFound;
  await endpoint(request, response);
}

function articleById(method: string, path: string): Endpoint | undefined {
  const id = /^\/v1\/articles\/(\d{1,9})$/.exec(path)?.[1];
  const article = ARTICLES.find((each) => each.id === Number(id));
  return method !== 'GET' || article === undefined ? undefined : (_, response) => send(response, 200, article);
}

async function createArticle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length; // a request without an encoding gives buffers
  if (bytes > MAX_ARTICLE) send(response, 413, { error: 'an article has at most 64 KiB' });
  else send(response, 201, { id: ARTICLES.length + 1, bytes });
}

/** A stream: one line a second, five in all. */
async function ticks(_: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  let tick = 0;
  for await (const _second of setInterval(1000)) {
    response.write(`tick ${++tick}\n`);
    if (tick === 5 || response.destroyed) break;
  }
  response.end();
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  send(response, 404, { error: 'there is nothing here; try /v1/articles' });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
