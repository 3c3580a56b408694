import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import express5, { type Express, type Request, type Response } from 'express';
import express4 from 'express4';
import Koa from 'koa';
import { express } from 'headgate/express';
import { koa } from 'headgate/koa';
import { node } from 'headgate/node';
import { startGateway } from '../../src/gateway/start.ts';
import { startApi } from '../support.ts';
import { serveFastify } from './server-fastify.ts';
import { serveNestExpress, serveNestFastify } from './server-nest.ts';
import { serveFetch, serveHono } from './servers-web.ts';
import { listening, optionsOf, type Serve, type Served, type ServeSpec } from './serving.ts';
import { find, NOT_FOUND, ROUTES, type Reply } from './api.ts';

/** Every way to put a policy before an API. A framework more is a line more. */
export const SERVERS: Readonly<Record<string, Serve>> = {
  gateway: serveGateway,
  node: (spec) => serveNode(spec),
  'express 4': (spec) => serveExpress(express4, spec),
  'express 5': (spec) => serveExpress(express5, spec),
  koa: serveKoa,
  fastify: serveFastify,
  hono: serveHono,
  fetch: serveFetch,
  'nest on express': serveNestExpress,
  'nest on fastify': serveNestFastify,
};

/** The API of no framework. */
function plainApi(handled: string[]): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    const [path = ''] = url.split('?', 1);
    handled.push(`${method} ${path}`);
    void text(request).then(
      (body) => send(response, find(method, path)?.reply(body) ?? NOT_FOUND),
      () => response.destroy(),
    );
  };
}

function send(response: ServerResponse, { status, fields, body }: Reply): void {
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...fields, ...length }).end(response.req.method === 'HEAD' ? '' : body);
}

async function serveGateway({ policy, clock }: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const api = await startApi(plainApi(handled));
  const nothing = (): void => undefined;
  const log = {
    denied: nothing,
    failed: nothing,
    fault: nothing,
    served: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    flush: nothing,
  };
  const listen = { host: '127.0.0.1', port: 0 };
  const gateway = await startGateway({ policy, upstream: new URL(api.url), listen, timeoutMs: 5000, clock, log });
  return {
    url: gateway.url,
    handled,
    close: async () => {
      await gateway.stop(0);
      await api.close();
    },
  };
}

function serveNode(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const gate = node(spec.policy, optionsOf(spec));
  return listening(createServer(gate.wrap(plainApi(handled))), handled);
}

function serveExpress(framework: typeof express5, spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const app: Express = framework();
  app.disable('etag').disable('x-powered-by');
  app.use(express(spec.policy, optionsOf(spec)));
  app.use((framework as { text(options: object): ReturnType<typeof express5.text> }).text({ type: () => true }));
  const answer = ({ status, fields, body }: Reply, response: Response): void => {
    response.status(status).set(fields).send(body);
  };
  for (const { method, path, reply } of ROUTES) {
    app[method.toLowerCase() as 'get' | 'post' | 'delete'](path, (request: Request, response: Response) => {
      handled.push(`${request.method} ${request.path}`);
      answer(reply(typeof request.body === 'string' ? request.body : ''), response);
    });
  }
  app.use((request: Request, response: Response) => {
    handled.push(`${request.method} ${request.path}`);
    answer(NOT_FOUND, response);
  });
  return listening(createServer(app as unknown as RequestListener), handled); // what an app is
}

function serveKoa(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const app = new Koa();
  app.use(koa(spec.policy, optionsOf(spec)));
  app.use(async (context) => {
    handled.push(`${context.method} ${context.path}`);
    const { status, fields, body } = find(context.method, context.path)?.reply(await text(context.req)) ?? NOT_FOUND;
    context.set(fields as Record<string, string>);
    context.status = status;
    context.body = status === 204 ? null : body;
  });
  const handle = app.callback();
  return listening(
    createServer((request: IncomingMessage, response: ServerResponse) => void handle(request, response)),
    handled,
  );
}
