import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { fastify } from 'headgate/fastify';
import { NOT_FOUND, ROUTES, type Reply } from './api.ts';
import { optionsOf, type Served, type ServeSpec } from './serving.ts';

export async function serveFastify(spec: ServeSpec): Promise<Served> {
  const handled: string[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  await app.register(fastify(spec.policy, optionsOf(spec)));
  const answer = (request: FastifyRequest, reply: FastifyReply, made: (body: string) => Reply): FastifyReply => {
    handled.push(`${request.method} ${request.url.split('?', 1)[0] ?? ''}`);
    const { status, fields, body } = made(typeof request.body === 'string' ? request.body : '');
    return reply
      .code(status)
      .headers(fields)
      .send(status === 204 ? undefined : body);
  };
  for (const { method, path, reply: made } of ROUTES)
    app.route({ method, url: path, handler: (request, reply) => answer(request, reply, made) });
  app.setNotFoundHandler((request, reply) => answer(request, reply, () => NOT_FOUND));
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), handled, close: () => app.close() };
}
