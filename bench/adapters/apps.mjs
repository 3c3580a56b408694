// The app that is measured: it answers `{"hello":"world"}`, behind what a mode says.
import { createServer } from 'node:http';
import { gcra } from './floor.mjs';

/** Each framework's usual limiter. */
export const PEERS = { express: 'express-rate-limit', fastify: '@fastify/rate-limit', hono: 'hono-rate-limiter' };
export const MODES = ['bare', 'one', 'three', 'theirs', 'floor'];

/** So much that nobody is ever refused: what a check costs is measured. */
const AMOUNT = 1_000_000_000;
const MINUTE_MS = 60_000;

/** What Headgate is given. */
const SPECS = {
  one: `${AMOUNT}/minute`,
  three: { limits: { burst: `${AMOUNT}/10s`, minute: `${AMOUNT}/minute`, hour: `${AMOUNT}/h` } },
};
const HELLO = { hello: 'world' };

/** A server that does not listen yet. */
export function serverOf(framework, mode) {
  return APPS[framework](mode, SPECS[mode]);
}

const APPS = {
  async express(mode, spec) {
    const { default: express } = await import('express');
    const app = express().disable('x-powered-by').disable('etag');
    if (spec !== undefined) app.use((await import('headgate/express')).express(spec));
    if (mode === 'theirs') {
      const { rateLimit } = await import('express-rate-limit');
      app.use(rateLimit({ windowMs: MINUTE_MS, limit: AMOUNT, standardHeaders: 'draft-8', legacyHeaders: false }));
    }
    if (mode === 'floor') {
      const floor = gcra(AMOUNT, MINUTE_MS);
      app.use((request, response, next) => {
        const admitted = floor.admits(request.socket.remoteAddress);
        response.setHeader('RateLimit-Policy', floor.policy).setHeader('RateLimit', floor.field);
        if (admitted) next();
        else response.status(429).end();
      });
    }
    app.get('/', (_request, response) => void response.json(HELLO));
    return createServer(app);
  },

  async fastify(mode, spec) {
    const { default: Fastify } = await import('fastify');
    const app = Fastify();
    if (spec !== undefined) await app.register((await import('headgate/fastify')).fastify(spec));
    if (mode === 'theirs') {
      const { default: rateLimit } = await import('@fastify/rate-limit');
      await app.register(rateLimit, { max: AMOUNT, timeWindow: MINUTE_MS });
    }
    if (mode === 'floor') {
      const floor = gcra(AMOUNT, MINUTE_MS);
      app.addHook('onRequest', (request, reply, done) => {
        const admitted = floor.admits(request.socket.remoteAddress);
        reply.header('RateLimit-Policy', floor.policy).header('RateLimit', floor.field);
        if (admitted) done();
        else reply.code(429).send();
      });
    }
    app.get('/', (_request, reply) => void reply.send(HELLO));
    await app.ready();
    return app.server;
  },

  async hono(mode, spec) {
    const { Hono } = await import('hono');
    const { createAdaptorServer } = await import('@hono/node-server');
    const { getConnInfo } = await import('@hono/node-server/conninfo');
    const app = new Hono();
    if (spec !== undefined) app.use((await import('headgate/hono')).hono(spec));
    if (mode === 'theirs') {
      const { rateLimiter } = await import('hono-rate-limiter');
      const keyGenerator = (c) => getConnInfo(c).remote.address;
      app.use(rateLimiter({ windowMs: MINUTE_MS, limit: AMOUNT, keyGenerator }));
    }
    if (mode === 'floor') {
      const floor = gcra(AMOUNT, MINUTE_MS);
      app.use((c, next) => {
        if (!floor.admits(getConnInfo(c).remote.address)) return c.body(null, 429);
        c.header('RateLimit-Policy', floor.policy);
        c.header('RateLimit', floor.field);
        return next();
      });
    }
    app.get('/', (c) => c.json(HELLO));
    return createAdaptorServer({ fetch: app.fetch });
  },
};
