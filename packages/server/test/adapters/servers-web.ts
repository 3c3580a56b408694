import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { fetch } from 'headgate/fetch';
import { hono } from 'headgate/hono';
import { find, NOT_FOUND, ROUTES, type Reply } from './api.ts';
import { listening, optionsOf, type Served, type ServeSpec } from './serving.ts';

/** What a server hands on beside a Web request, here as on Node. */
interface Connection {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string } };
}

function responseOf({ status, fields, body }: Reply): Response {
  return new Response(status === 204 ? null : body, { status, headers: fields });
}

export function serveHono(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const app = new Hono();
  app.use(hono(spec.policy, optionsOf(spec)));
  app.use(async (c, next) => {
    handled.push(`${c.req.method} ${c.req.path}`);
    await next();
  });
  for (const { method, path, reply } of ROUTES)
    app.on(method, path, async (c) => responseOf(reply(await c.req.text())));
  app.notFound(() => responseOf(NOT_FOUND));
  return listening(createServer(getRequestListener(app.fetch)), handled);
}

/** A route handler of no framework: what Next.js, Remix and SvelteKit call. */
export function serveFetch(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const gate = fetch(spec.policy, {
    ...optionsOf(spec),
    peer: (_request: Request, { incoming }: Connection) => incoming.socket.remoteAddress,
  });
  const handler = gate(async (request: Request, _connection: Connection) => {
    const path = decodeURI(new URL(request.url).pathname);
    handled.push(`${request.method} ${path}`);
    return responseOf(find(request.method, path)?.reply(await request.text()) ?? NOT_FOUND);
  });
  return listening(
    createServer(getRequestListener((request, connection) => handler(request, connection as Connection))), // as on Node
    handled,
  );
}
