import { createServer, type RequestListener } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { express } from '../../src/adapters/express/index.ts';
import { fastify } from '../../src/adapters/fastify/index.ts';
import { fetch } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import type { Options, Spec } from '../../src/adapters/kit/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { listening, type Running } from './framework.ts';

/** What all gates of an app are given beside what they enforce. */
export type Beside = Pick<Options<never>, 'clock' | 'onWarning'>;

export type Several = (specs: readonly Spec[], beside: Beside) => Promise<Running>;

export const BODY = { fine: true };

/** Gates one behind another, and then a handler. */
export const SEVERAL: Readonly<Record<string, Several>> = {
  node: (specs, beside) => {
    const handle: RequestListener = (_request, response) =>
      void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(BODY));
    return listening(createServer(specs.reduceRight((next, spec) => node(spec, beside).wrap(next), handle)));
  },
  'express 4': (specs, beside) => severalInExpress(express4, specs, beside),
  'express 5': (specs, beside) => severalInExpress(express5, specs, beside),
  koa: (specs, beside) => {
    const app = new Koa();
    for (const spec of specs) app.use(koa(spec, beside));
    app.use((context) => void (context.body = BODY));
    const handle = app.callback();
    return listening(createServer((request, response) => void handle(request, response)));
  },
  fastify: async (specs, beside) => {
    const app = Fastify({ forceCloseConnections: true });
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (const spec of specs) await app.register(fastify(spec, beside));
    app.get('/', () => BODY);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), server: app.server, close: () => app.close() };
  },
  hono: (specs, beside) => {
    const app = new Hono();
    for (const spec of specs) app.use(hono(spec, beside));
    app.get('/', (c) => c.json(BODY));
    return listening(createServer(getRequestListener(app.fetch)));
  },
  fetch: (specs, beside) => {
    const peer = (_request: Request, { incoming }: HttpBindings): string | undefined => incoming.socket.remoteAddress;
    const handle = (_request: Request, _env: HttpBindings): Response => Response.json(BODY);
    const whole = specs.reduceRight<(request: Request, env: HttpBindings) => Response | Promise<Response>>(
      (next, spec) => fetch(spec, { ...beside, peer })(next),
      handle,
    );
    return listening(createServer(getRequestListener((request, env) => whole(request, env as HttpBindings)))); // as on Node
  },
};

function severalInExpress(framework: typeof express5, specs: readonly Spec[], beside: Beside): Promise<Running> {
  const app = framework();
  for (const spec of specs) app.use(express(spec, beside));
  app.get('/', (_request, response) => void response.json(BODY));
  return listening(createServer(app));
}
