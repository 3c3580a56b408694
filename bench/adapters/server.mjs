// One server: node server.mjs FRAMEWORK MODE PORT. It answers `{"hello":"world"}`, behind what MODE says.
import { gcra } from './floor.mjs';

const [framework, mode, port] = process.argv.slice(2);

/** So much that nobody is ever refused: what a check costs is measured. */
const AMOUNT = 1_000_000_000;
const MINUTE_MS = 60_000;
/** Until the last that a load began has ended. */
const QUIET_MS = 100;

/** What Headgate is given. */
const SPECS = {
  one: `${AMOUNT}/minute`,
  three: { limits: { burst: `${AMOUNT}/10s`, minute: `${AMOUNT}/minute`, hour: `${AMOUNT}/h` } },
};
const spec = SPECS[mode];
const HELLO = { hello: 'world' };

const servers = {
  async express() {
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
    app.listen(Number(port), '127.0.0.1');
  },

  async fastify() {
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
    await app.listen({ port: Number(port), host: '127.0.0.1' });
  },

  async hono() {
    const { Hono } = await import('hono');
    const { serve } = await import('@hono/node-server');
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
    serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' });
  },
};

await servers[framework]();

// A collection while nothing waits for the next turn may make each later `process.nextTick` of a process take some µs more (Node 24). Every
// process that lives long has had one: here all have, under the same conditions, so that none is compared with one that has not.
process.on('SIGUSR2', () => void setTimeout(() => globalThis.gc(), QUIET_MS));
