import { createServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { methodOverride } from 'hono/method-override';
import { fetch } from 'headgate/fetch';
import { hono } from 'headgate/hono';
import { listening, ROUTES, type MakeApp } from './app.ts';

const quiet = { onWarning: (): void => undefined };

function told(name: string, subject: Readonly<Record<string, unknown>>): Response {
  return new Response('', { headers: { 'X-Ran': name, 'X-Subject': String(subject['address']) } });
}

export const honoApp: MakeApp = (spec, options = {}) => {
  const ran: string[] = [];
  const app = new Hono();
  const gate = hono(spec, { ...quiet, ...options });
  const handle = (name: string) => (c: Context) => {
    ran.push(name);
    return told(name, c.get('headgate').subject);
  };
  app.use(gate);
  // Runs a request as another one, where it asks for it.
  app.use(methodOverride({ app, header: 'X-HTTP-Method-Override' }), methodOverride({ app, query: '_method' }));
  for (const [method, path, name] of ROUTES) app[method](path, handle(name));
  app.notFound(handle('rest'));
  return listening(createServer(getRequestListener(app.fetch)), ran);
};

/** A router of one's own over Web requests, as route handlers have it. */
function routed(method: string, pathname: string): string {
  const path = decodeURIComponent(pathname).replace(/(?<=.)\/$/, '');
  const isRead = method === 'GET' || method === 'HEAD';
  if (path === '/v1/secret') return 'secret';
  if (path === '/v1/items' && isRead) return 'items';
  if (!/^\/v1\/items\/[^/]+$/.test(path)) return 'rest';
  return method === 'DELETE' ? 'removed' : isRead ? 'item' : 'rest';
}

export const fetchApp: MakeApp = (spec, options = {}) => {
  const ran: string[] = [];
  const peer = (_request: Request, { incoming }: HttpBindings): string | undefined => incoming.socket.remoteAddress;
  const gate = fetch(spec, { ...quiet, ...options, peer });
  const handler = gate((request: Request, _env: HttpBindings) => {
    const name = routed(request.method, new URL(request.url).pathname);
    ran.push(name);
    return told(name, gate.of(request).subject);
  });
  return listening(createServer(getRequestListener((request, env) => handler(request, env as HttpBindings))), ran); // on Node
};
