/* oxlint-disable no-await-in-loop -- one after another */
import { createServer, type RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { express } from '../../src/adapters/express/index.ts';
import { fastify } from '../../src/adapters/fastify/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import type { Options, Spec } from '../../src/adapters/kit/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { listening, type Running } from './framework.ts';

/** Makes an app, with a gate for each of these, one behind another. */
export type Several = (specs: readonly Spec[], options?: Options<object>) => Promise<Running>;

const QUIET = { onWarning: (): void => undefined };

export const BODY = { fine: true };

/** Gates one behind another, and then a handler. */
export const SEVERAL: Readonly<Record<string, Several>> = {
  node: (specs, options = QUIET) => {
    const handle: RequestListener = (_request, response) =>
      void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(BODY));
    return listening(createServer(specs.reduceRight((next, spec) => node(spec, options).wrap(next), handle)));
  },
  'express 4': (...app) => severalInExpress(express4, ...app),
  'express 5': (...app) => severalInExpress(express5, ...app),
  koa: (specs, options = QUIET) => {
    const app = new Koa();
    for (const spec of specs) app.use(koa(spec, options));
    app.use((context) => void (context.body = BODY));
    const handle = app.callback();
    return listening(createServer((request, response) => void handle(request, response)));
  },
  fastify: async (specs, options = QUIET) => {
    const app = Fastify({ forceCloseConnections: true });
    for (const spec of specs) await app.register(fastify(spec, options));
    app.get('/', () => BODY);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), server: app.server, close: () => app.close() };
  },
  hono: (specs, options = QUIET) => {
    const app = new Hono();
    for (const spec of specs) app.use(hono(spec, options));
    app.get('/', (c) => c.json(BODY));
    return listening(createServer(getRequestListener(app.fetch)));
  },
};

function severalInExpress(
  framework: typeof express5,
  specs: readonly Spec[],
  options: Options<object> = QUIET,
): Promise<Running> {
  const app = framework();
  for (const spec of specs) app.use(express(spec, options));
  app.get('/', (_request, response) => void response.json(BODY));
  return listening(createServer(app));
}
