import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import expressApp from 'express';
import Fastify from 'fastify';
import { express } from 'headgate/express';
import { fastify } from 'headgate/fastify';
import { parsePolicy } from 'headgate/policy';
import { start, startApi } from '../packages/server/test/support.ts';
import { START } from './served.ts';

/** What an API of predictions and of files answers: by the request alone, and by how many it has answered so. */
class Api {
  #predictions = 0;
  #files = 0;
  readonly #over = new Set<string>();

  answer(method: string, path: string): readonly [status: number, body: string] {
    const [, id, verb] = /^\/v1\/predictions\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (verb !== undefined && id !== undefined) this.#over.add(id);
    if (id !== undefined) return [200, JSON.stringify({ id, status: this.#over.has(id) ? 'canceled' : 'processing' })];
    if (method === 'DELETE') return [204, ''];
    if (path === '/v1/predictions') return [201, JSON.stringify({ id: `p${++this.#predictions}`, cost: 0.75 })];
    if (path.startsWith('/v1/upload')) return [201, JSON.stringify({ id: `f${++this.#files}` })];
    return path === '/v1/broken' ? [500, '{"error":"broken"}'] : [200, JSON.stringify({ path })];
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

interface Place {
  readonly url: string;
  readonly clock: { nowMs: number };
  readonly close: () => Promise<unknown>;
}

export type Serve = (policy: string) => Promise<Place>;

function manual(): { nowMs: number; monotonicMs: () => number; wallMs: () => number } {
  const clock = { nowMs: START, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  return clock;
}

/** A plain API, which the gateway stands before. */
export const behind: Serve = async (policy) => {
  const own = new Api();
  const api = await startApi((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = own.answer(request.method ?? '', request.url ?? '');
      const length = status === 204 ? {} : { 'Content-Type': JSON_TYPE, 'Content-Length': body.length };
      response.writeHead(status, length).end(body);
    });
  });
  const gateway = await start({ policy, upstream: api.url, nowMs: START });
  return { ...gateway, close: () => gateway.stop(0).then(api.close) };
};

export const inExpress: Serve = async (policy) => {
  const clock = manual();
  const own = new Api();
  const app = expressApp().disable('etag').disable('x-powered-by');
  app.use(express(parsePolicy(policy), { clock }));
  app.use((request, response) => {
    const [status, body] = own.answer(request.method, request.path);
    request.resume().on('end', () => response.status(status).type('json').send(body));
  });
  const server = createServer(app as unknown as RequestListener).listen(0, '127.0.0.1'); // what an app is
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}`, clock, close };
};

export const inFastify: Serve = async (policy) => {
  const clock = manual();
  const own = new Api();
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  await app.register(fastify(parsePolicy(policy), { clock }));
  app.all('/*', (request, reply) => {
    const [status, body] = own.answer(request.method, request.url);
    return status === 204 ? reply.code(status).send() : reply.code(status).type(JSON_TYPE).send(body);
  });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), clock, close: () => app.close() };
};
