import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Router } from '@koa/router';
import express5, { type Request, type Response } from 'express';
import express4 from 'express4';
import Koa from 'koa';
import methodOverride from 'method-override';
import { express } from 'headgate/express';
import { koa } from 'headgate/koa';
import { node } from 'headgate/node';
import { listening, ROUTES, type App, type AttackOptions, type MakeApp } from './app.ts';
import { fastifyApp } from './fastify-app.ts';
import { nestApp } from './nest-app.ts';
import { fetchApp, honoApp } from './web-apps.ts';

/**
 * Apps that route by their framework's own reading of a request, with a gate before all of it. Each handler tells who ran (`X-Ran`) and
 * whom the gate took for the caller (`X-Subject`). A framework more is a line more.
 */
export const APPS: Readonly<Record<string, MakeApp>> = {
  node: nodeApp,
  'express 4': expressApp(express4),
  'express 5': expressApp(express5),
  koa: koaApp,
  'a router of express 4': routerApp(express4),
  'a router of express 5': routerApp(express5),
  fastify: fastifyApp,
  hono: honoApp,
  fetch: fetchApp,
  'nest on express': nestApp('express'),
  'nest on fastify': nestApp('fastify'),
};

const quiet = { onWarning: (): void => undefined };

/** What cannot be decoded is nothing that it has. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A router of one's own, that takes what it is given as it is; to it, a slash at the end is nothing. */
function routed({ method = '', url = '' }: IncomingMessage): string {
  const path = decoded(url.split('?', 1)[0] ?? '').replace(/(?<=.)\/$/, '');
  if (path === '/v1/secret') return 'secret';
  if (path === '/v1/items' && /^(?:GET|HEAD)$/.test(method)) return 'items';
  if (!/^\/v1\/items\/[^/]+$/.test(path)) return 'rest';
  return method === 'DELETE' ? 'removed' : /^(?:GET|HEAD)$/.test(method) ? 'item' : 'rest';
}

type Subject = { readonly address?: unknown };

function tell(response: ServerResponse, name: string, subject: Subject): void {
  response.setHeader('X-Ran', name).setHeader('X-Subject', typeof subject.address === 'string' ? subject.address : '');
}

/** Says that it switches, and ends. */
function switched(ran: string[]) {
  return (_request: IncomingMessage, socket: Duplex): void => {
    ran.push('switched');
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 101 Switching Protocols\r\nX-Ran: switched\r\n\r\n');
  };
}

function nodeApp(spec: Parameters<MakeApp>[0], options: AttackOptions = {}): Promise<App> {
  const ran: string[] = [];
  const gate = node(spec, { ...quiet, ...options });
  const server = createServer(
    gate.wrap((request, response) => {
      const name = routed(request);
      ran.push(name);
      tell(response, name, gate.of(request).subject);
      response.end();
    }),
  );
  server.on('upgrade', gate.upgrade(switched(ran)));
  return listening(server, ran);
}

function expressApp(framework: typeof express5): MakeApp {
  return (spec, options = {}) => {
    const ran: string[] = [];
    const app = framework();
    const gate = express(spec, { ...quiet, ...options });
    const handle = (name: string) => (request: Request, response: Response) => {
      ran.push(name);
      tell(response, name, request.headgate.subject);
      response.end();
    };
    app.use(gate);
    // Runs a request as another one, where it asks for it; and reads bodies before any handler.
    app.use(methodOverride('X-HTTP-Method-Override'), methodOverride('_method'));
    app.use(framework.json());
    for (const [method, path, name] of ROUTES) app[method](path, handle(name));
    app.use(handle('rest'));
    app.use(
      (_error: unknown, _request: Request, response: Response, _next: () => void) => void response.status(400).end(),
    );
    const server = createServer(app);
    server.on('upgrade', gate.upgrade(switched(ran)));
    return listening(server, ran);
  };
}

/** A gate inside of a router that has taken a part off the path. What is beside it is not behind the gate. */
function routerApp(framework: typeof express5): MakeApp {
  return (spec, options = {}) => {
    const ran: string[] = [];
    const [app, router] = [framework(), framework.Router()];
    const gate = express(spec, { ...quiet, ...options });
    const handle = (name: string) => (request: Request, response: Response) => {
      ran.push(name);
      tell(response, name, request.headgate.subject);
      response.end();
    };
    router.use(gate, methodOverride('X-HTTP-Method-Override'));
    for (const [method, path, name] of ROUTES) router[method](path.replace('/v1', ''), handle(name));
    router.use(handle('rest'));
    app.use('/v1', router);
    const server = createServer(app);
    server.on('upgrade', gate.upgrade(switched(ran)));
    return listening(server, ran);
  };
}

function koaApp(spec: Parameters<MakeApp>[0], options: AttackOptions = {}): Promise<App> {
  const ran: string[] = [];
  const app = new Koa();
  app.silent = true;
  const gate = koa(spec, { ...quiet, ...options });
  const router = new Router();
  const handle = (name: string) => (context: Koa.Context) => {
    ran.push(name);
    tell(context.res, name, context.headgate.subject);
    context.status = 200;
    context.body = '';
  };
  for (const [method, path, name] of ROUTES) router[method](path, handle(name));
  app.use(gate).use(router.routes()).use(handle('rest'));
  const callback = app.callback();
  const server = createServer((request, response) => void callback(request, response));
  server.on('upgrade', gate.upgrade(switched(ran)));
  return listening(server, ran);
}
