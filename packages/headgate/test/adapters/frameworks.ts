import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import express5, { type Request, type Response } from 'express';
import express4 from 'express4';
import fastify from 'fastify';
// oxlint-disable-next-line import/default -- a plain module of CommonJS
import fastify50 from 'fastify-first';
import { Hono } from 'hono';
import { Hono as Hono40 } from 'hono-first';
import Koa from 'koa';
import type { AnyStore, Options, Spec } from '../../src/adapters/kit/index.ts';
import { express } from '../../src/adapters/express/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { listening, type Handlers, type Running, type Start } from './framework.ts';
import { startFastify } from './fastify-framework.ts';
import { startNest } from './nest-framework.ts';
import { laterStore } from '../later/later-store.ts';
import { startFetch, startHono } from './web-frameworks.ts';

/** Every framework an app can be written in. */
export const FRAMEWORKS: Readonly<Record<string, Start>> = {
  node: startNode,
  'express 4': (...app) => startExpress(express4, ...app),
  'express 5': (...app) => startExpress(express5, ...app),
  koa: startKoa,
  'fastify 5.0': (...app) => startFastify(fastify50, ...app),
  fastify: (...app) => startFastify(fastify, ...app),
  'hono 4.0': (...app) => startHono(Hono40, ...app),
  hono: (...app) => startHono(Hono, ...app),
  fetch: startFetch,
  'nest on express': (...app) => startNest('express', ...app),
  'nest on fastify': (...app) => startNest('fastify', ...app),
  'express 5, answered later': later((...app) => startExpress(express5, ...app)),
  'fastify, answered later': later((...app) => startFastify(fastify, ...app)),
};

/** The same app over a store that answers some turns later. */
function later(start: Start): Start {
  return (spec, { store, ...options }, handlers) => {
    if (store === undefined) return start(spec, options, handlers);
    const given: Options<never, AnyStore> = { ...options, store: laterStore(store) };
    return start(spec, given as unknown as Options<never>, handlers); // which hands it on as it is
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

function startNode(spec: Spec, options: Options<never>, handlers: Handlers): Promise<Running> {
  const gate = node(spec, options as Options<IncomingMessage>);
  const routes = Object.fromEntries(
    Object.entries(handlers).flatMap(([path, { route }]) => (route === undefined ? [] : [[path, gate.route(route)]])),
  );
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const value = await handlers[pathOf(request)]?.handle(gate.of(request), { request, response });
      if (!response.headersSent)
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value ?? null));
    } catch {
      response.statusCode = 500;
      response.end();
    }
  };
  const listener: RequestListener = (request, response) => {
    const route = routes[pathOf(request)];
    if (route === undefined) void answer(request, response);
    else route(request, response, () => void answer(request, response));
  };
  return listening(createServer(gate.wrap(listener)));
}

function startExpress(
  framework: typeof express5,
  spec: Spec,
  options: Options<never>,
  handlers: Handlers,
): Promise<Running> {
  const app = framework();
  const gate = express(spec, options as Options<IncomingMessage>);
  app.use(gate);
  for (const [path, { route, handle }] of Object.entries(handlers)) {
    const answer = async (request: Request, response: Response, next: (error: unknown) => void): Promise<void> => {
      try {
        const value = await handle(request.headgate, { request, response });
        if (!response.headersSent) response.json(value ?? null);
      } catch (error) {
        next(error);
      }
    };
    if (route === undefined) app.all(path, answer);
    else app.all(path, gate.route(route), answer);
  }
  app.use(
    (_error: unknown, _request: Request, response: Response, _next: () => void) => void response.status(500).end(),
  );
  return listening(createServer(app));
}

function startKoa(spec: Spec, options: Options<never>, handlers: Handlers): Promise<Running> {
  const app = new Koa();
  app.silent = true;
  const gate = koa(spec, options as Options<Koa.Context>);
  const routes = new Map(Object.entries(handlers).map(([path, { route }]) => [path, route && gate.route(route)]));
  app.use(gate);
  app.use((context, next) => routes.get(context.path)?.(context, next) ?? next());
  app.use(async (context) => {
    const { req: request, res: response } = context;
    const value = await handlers[context.path]?.handle(context.headgate, { request, response });
    if (response.headersSent) context.respond = false;
    else {
      context.type = 'json';
      context.body = JSON.stringify(value ?? null);
    }
  });
  const handle = app.callback();
  return listening(createServer((request, response) => void handle(request, response)));
}
