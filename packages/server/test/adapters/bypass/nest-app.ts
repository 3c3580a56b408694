import 'reflect-metadata';
import { All, Controller, Delete, Get, HttpCode, Module, Res, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Decision, HeadgateModule } from 'headgate/nest';
import type { RequestDecision } from 'headgate/node';
import { ROUTES, type MakeApp } from './app.ts';

const MAPPED = { all: All, get: Get, delete: Delete };

/** What Express and Fastify have in common. */
interface Response {
  header(name: string, value: string): unknown;
}

/** Decorators are functions: this is what `@Get(path) name(@Decision() …, @Res({ passthrough: true }) …)` comes to. */
function controllerOf(ran: string[], rest: string): Type {
  class Attacked {}
  const add = (name: string, route: MethodDecorator): void => {
    const value = ({ subject }: RequestDecision, response: Response): string => {
      ran.push(name);
      response.header('X-Ran', name);
      response.header('X-Subject', String(subject['address']));
      return '';
    };
    const descriptor = { value, configurable: true };
    Object.defineProperty(Attacked.prototype, name, descriptor);
    for (const decorate of [route, HttpCode(200)]) decorate(Attacked.prototype, name, descriptor);
    Decision()(Attacked.prototype, name, 0);
    Res({ passthrough: true })(Attacked.prototype, name, 1);
  };
  for (const [method, path, name] of ROUTES) add(name, MAPPED[method](path));
  add('rest', All(['/', rest]));
  Controller()(Attacked);
  return Attacked;
}

const PLATFORMS = {
  express: [() => new ExpressAdapter(), '{*path}'],
  fastify: [() => new FastifyAdapter({ forceCloseConnections: true }), '*'],
} as const;

export function nestApp(platform: keyof typeof PLATFORMS): MakeApp {
  return async (spec, options = {}) => {
    const ran: string[] = [];
    const [adapter, rest] = PLATFORMS[platform];
    const headgate: DynamicModule = HeadgateModule.forRoot(spec, { onWarning: () => undefined, ...options });
    class Root {}
    Module({ imports: [headgate], controllers: [controllerOf(ran, rest)] })(Root);
    const app = await NestFactory.create(Root, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const close = async (): Promise<void> => {
      (app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
      await app.close();
    };
    return { url: await app.getUrl(), ran, close };
  };
}
