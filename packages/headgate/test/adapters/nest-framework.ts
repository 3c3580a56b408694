import 'reflect-metadata';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { All, Controller, Module, Req, Res, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Options, RequestDecision, Spec } from '../../src/adapters/kit/index.ts';
import { Decision, HeadgateModule, Limit } from '../../src/adapters/nest/index.ts';
import type { Handler, Handlers, Running } from './framework.ts';

/** A request and a response, as Express and Fastify have them. */
type Wrapped<T> = T & { readonly raw?: T };
type Sending = Wrapped<ServerResponse> & { send(body: string): unknown };

const PLATFORMS = {
  express: () => new ExpressAdapter(),
  fastify: () => new FastifyAdapter({ forceCloseConnections: true }),
};

export async function startNest(
  platform: keyof typeof PLATFORMS,
  spec: Spec,
  options: Options<never>,
  handlers: Handlers,
): Promise<Running> {
  const controller = controllerOf(handlers);
  const app = await appOf(platform, [controller], HeadgateModule.forRoot(spec, options as Options<IncomingMessage>));
  await app.listen(0, '127.0.0.1');
  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    server: app.getHttpServer() as Server, // of HTTP/1
    close: async () => {
      (app.getHttpServer() as Server).closeAllConnections();
      await app.close();
    },
  };
}

function appOf(
  platform: keyof typeof PLATFORMS,
  controllers: readonly Type[],
  headgate: object,
): Promise<INestApplication> {
  class Root {}
  Module({ imports: [headgate as Type], controllers: [...controllers] })(Root);
  return NestFactory.create(Root, PLATFORMS[platform](), { logger: false, abortOnError: false });
}

/** Decorators are functions: this is what `@All(path) @Limit(route) name(@Req() …)` comes to. */
function controllerOf(handlers: Handlers): Type {
  class Little {}
  Controller()(Little);
  for (const [i, [path, handler]] of Object.entries(handlers).entries()) add(Little, `handle${i}`, path, handler);
  return Little;
}

function add(controller: Type, name: string, path: string, { route, handle }: Handler): void {
  const prototype = controller.prototype as object;
  const value = async (request: Wrapped<IncomingMessage>, response: Sending, decision: RequestDecision) => {
    const { raw = response } = response;
    const answer = await handle(decision, { request: request.raw ?? request, response: raw });
    if (raw.headersSent) return;
    raw.setHeader('Content-Type', 'application/json');
    if (response.raw === undefined) response.send(JSON.stringify(answer ?? null));
    else raw.end(JSON.stringify(answer ?? null));
  };
  Object.defineProperty(prototype, name, { value, configurable: true });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor; // just defined
  All(path)(prototype, name, descriptor);
  if (route !== undefined) Limit(route)(prototype, name, descriptor);
  Req()(prototype, name, 0);
  Res()(prototype, name, 1);
  Decision()(prototype, name, 2);
}
