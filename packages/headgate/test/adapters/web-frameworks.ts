import { createServer, type IncomingMessage } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { Options, RequestDecision, Spec } from '../../src/adapters/kit/index.ts';
import { fetch, type FetchHandler } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import { listening, type Handler, type Handlers, type Running } from './framework.ts';
import { WebResponse } from './web-response.ts';

async function answer(
  handler: Handler | undefined,
  decision: RequestDecision,
  request: IncomingMessage,
): Promise<Response> {
  const written = new WebResponse();
  const done = async (): Promise<Response> => {
    const value = await handler?.handle(decision, { request, response: written.asNode });
    return written.headersSent ? written.response : Response.json(value ?? null);
  };
  // Whichever comes first: a handler may answer, and go on.
  return Promise.race([written.response, done()]);
}

export function startHono(
  framework: typeof Hono,
  spec: Spec,
  options: Options<never>,
  handlers: Handlers,
): Promise<Running> {
  const app = new framework<{ Bindings: HttpBindings }>();
  const gate = hono(spec, options as Options<Context>);
  app.use(gate);
  app.onError(() => new Response(null, { status: 500 }));
  for (const [path, handler] of Object.entries(handlers)) {
    if (handler.route !== undefined) app.use(path, gate.route(handler.route));
    app.all(path, (c) => answer(handler, c.get('headgate'), c.env.incoming));
  }
  return listening(createServer(getRequestListener(app.fetch)));
}

export function startFetch(spec: Spec, options: Options<never>, handlers: Handlers): Promise<Running> {
  const gate = fetch(spec, {
    ...(options as Options<Request>),
    peer: (_request: Request, { incoming }: HttpBindings) => incoming.socket.remoteAddress,
  });
  // A server answers for a handler that throws, and a gate sees nothing of that answer: an app that wants its fields catches it inside.
  const handle: FetchHandler<[HttpBindings]> = async (request, { incoming }) => {
    try {
      return await answer(handlers[new URL(request.url).pathname], gate.of(request), incoming);
    } catch {
      return new Response(null, { status: 500 });
    }
  };
  const routes = Object.entries(handlers).map(
    ([path, { route }]) => [path, (route === undefined ? gate : gate.route(route))(handle)] as const,
  );
  const byPath = new Map(routes);
  const rest = gate(handle);
  return listening(
    createServer(
      // On Node these are what is handed on.
      getRequestListener((request, env) =>
        (byPath.get(new URL(request.url).pathname) ?? rest)(request, env as HttpBindings),
      ),
    ),
  );
}
