import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpAdapterHost } from '@nestjs/core';

/** As much of Fastify as is used. */
interface App {
  addHook(
    name: 'onRequest',
    hook: (request: Raw<IncomingMessage>, reply: Raw<ServerResponse>, next: () => void) => void,
  ): void;
}

interface Raw<T> {
  readonly raw: T;
}

const responses = new WeakMap<IncomingMessage, ServerResponse>();

/** Notes which response is a request's: of Fastify's neither knows, and who serves GraphQL there hands on the request alone. */
export function noteResponses({ httpAdapter }: HttpAdapterHost): void {
  // A context without a server has none.
  if ((httpAdapter as typeof httpAdapter | undefined)?.getType() !== 'fastify') return;
  httpAdapter.getInstance<App>().addHook('onRequest', (request, reply, next) => {
    responses.set(request.raw, reply.raw);
    next();
  });
}

export function responseTo(request: IncomingMessage): ServerResponse | undefined {
  return responses.get(request);
}
