import type Fastify from 'fastify';
import type { FastifyRequest } from 'fastify';
import type { Options, Spec } from '../../src/adapters/kit/index.ts';
import { fastify } from '../../src/adapters/fastify/index.ts';
import type { Handlers, Running } from './framework.ts';

export async function startFastify(
  framework: typeof Fastify,
  spec: Spec,
  options: Options<never>,
  handlers: Handlers,
): Promise<Running> {
  const app = framework({ forceCloseConnections: true });
  await app.register(fastify(spec, options as Options<FastifyRequest>));
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send());
  for (const [path, { route, handle }] of Object.entries(handlers))
    app.all(path, { config: { ...(route !== undefined && { headgate: route }) } }, async (request, reply) => {
      const value = await handle(request.headgate, { request: request.raw, response: reply.raw });
      if (reply.raw.headersSent) return reply.hijack();
      return reply.type('application/json').send(JSON.stringify(value ?? null));
    });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), server: app.server, close: () => app.close() };
}
