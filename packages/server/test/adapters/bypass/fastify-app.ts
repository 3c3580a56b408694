import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { fastify } from 'headgate/fastify';
import { ROUTES, type App, type MakeApp } from './app.ts';

export const fastifyApp: MakeApp = async (spec, options = {}): Promise<App> => {
  const ran: string[] = [];
  // It finds a path however it is spelled, where it can be told to: that is what an attacker would like.
  const app: FastifyInstance = Fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true },
  });
  const handle = (name: string) => (request: FastifyRequest, reply: FastifyReply) => {
    ran.push(name);
    const { address } = request.headgate.subject;
    return reply.header('X-Ran', name).header('X-Subject', String(address)).send('');
  };
  // Declared before the gate is there: it stands before them all the same.
  void app.register(fastify(spec, { onWarning: () => undefined, ...options }));
  for (const [method, path, name] of ROUTES) app[method](path, handle(name));
  app.setNotFoundHandler(handle('rest'));
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), ran, close: () => app.close() };
};
