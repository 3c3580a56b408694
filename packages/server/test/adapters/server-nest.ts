import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { All, Controller, Module, Req, Res, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HeadgateModule } from 'headgate/nest';
import { find, NOT_FOUND, type Reply } from './api.ts';
import { optionsOf, type Served, type ServeSpec } from './serving.ts';

type Request = IncomingMessage & { readonly raw?: IncomingMessage; readonly body?: unknown; readonly path?: string };
type Fastify = { code(status: number): Fastify; headers(fields: object): Fastify; send(body?: string): Fastify };

/** One handler for all: Nest's own 404 is no handler, and so no guard stands before it. */
function controllerOf(handled: string[], rest: string, answer: (response: never, reply: Reply) => void): Type {
  class Little {}
  const value = async (request: Request, response: never): Promise<void> => {
    const { method = '', url = '' } = request;
    const path = decodeURI(new URL(url, 'http://a').pathname);
    handled.push(`${method} ${path}`);
    const body = typeof request.body === 'string' ? request.body : request.raw === undefined ? await text(request) : '';
    answer(response, find(method, path)?.reply(body) ?? NOT_FOUND);
  };
  const descriptor = { value, configurable: true };
  Object.defineProperty(Little.prototype, 'serve', descriptor);
  // Decorators are functions: this is what `@All(rest) serve(@Req() …, @Res() …)` comes to.
  All(['/', rest])(Little.prototype, 'serve', descriptor);
  Req()(Little.prototype, 'serve', 0);
  Res()(Little.prototype, 'serve', 1);
  Controller()(Little);
  return Little;
}

async function served(
  spec: ServeSpec,
  adapter: ExpressAdapter | FastifyAdapter,
  controller: Type,
): Promise<Omit<Served, 'handled'>> {
  class Root {}
  Module({ imports: [HeadgateModule.forRoot(spec.policy, optionsOf(spec))], controllers: [controller] })(Root);
  const app = await NestFactory.create(Root, adapter, { logger: false, bodyParser: false });
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    close: async () => {
      (app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
      await app.close();
    },
  };
}

export async function serveNestExpress(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const adapter = new ExpressAdapter();
  for (const name of ['etag', 'x-powered-by']) adapter.disable(name);
  const answer = (response: ServerResponse, { status, fields, body }: Reply): void => {
    const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
    response.writeHead(status, { ...fields, ...length }).end(body);
  };
  return { ...(await served(spec, adapter, controllerOf(handled, '{*path}', answer))), handled };
}

export async function serveNestFastify(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = adapter.getInstance();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const answer = (response: Fastify, { status, fields, body }: Reply): void => {
    response
      .code(status)
      .headers(fields)
      .send(status === 204 ? undefined : body);
  };
  return { ...(await served(spec, adapter, controllerOf(handled, '*', answer))), handled };
}
