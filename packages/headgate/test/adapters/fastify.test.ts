/* oxlint-disable no-await-in-loop -- one after another */
import { once } from 'node:events';
import { request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fastify } from '../../src/adapters/fastify/index.ts';
import { manualClock } from '../../src/testing/index.ts';

/** On a clock that stands still; each gate has a store of its own. */
const quiet = { onWarning: (): void => undefined, clock: manualClock() };

function app(): FastifyInstance {
  const made: FastifyInstance = Fastify();
  onTestFinished(() => made.close());
  return made;
}

/** A path as it is, which a URL would not leave so. */
async function answerTo(
  port: number,
  path: string,
): Promise<{ status: number | undefined; fields: IncomingHttpHeaders }> {
  const [{ statusCode, headers }] = (await once(ask({ host: '127.0.0.1', port, path }).end(), 'response')) as [
    IncomingMessage,
  ];
  return { status: statusCode, fields: headers };
}

describe('a plugin of Fastify', () => {
  it('holds of routes that were declared before it is loaded, of those after, and of paths that nothing is at', async () => {
    const server = app();
    server.get('/before', () => 'before');
    void server.register(fastify('2/minute', quiet));
    server.get('/after', () => 'after');
    const asked = [await server.inject('/before'), await server.inject('/nothing'), await server.inject('/after')];
    expect(asked.map(({ statusCode }) => statusCode)).toEqual([200, 404, 429]);
    expect(asked[1]?.headers['ratelimit']).toBe('"limit";r=0;t=64');
  });

  it('holds of the instance that it is registered on, and of its children, and of no other', async () => {
    const server = app();
    await server.register(async (api) => {
      await api.register(fastify('1/minute', quiet));
      await api.register(async (child) => void child.get('/child', () => 'child'));
    });
    server.get('/free', () => 'free');
    const statuses = [await server.inject('/child'), await server.inject('/child'), await server.inject('/free')];
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 429, 200]);
    expect(statuses[2]?.headers['ratelimit']).toBeUndefined();
  });

  it('adds up with that of a child, and a refusal there tells of that alone', async () => {
    const server = app();
    await server.register(fastify({ limits: { all: '9/minute' } }, quiet));
    await server.register(async (api) => {
      await api.register(fastify({ limits: { few: '1/minute' } }, quiet));
      api.get('/few', () => 'few');
    });
    const passed = await server.inject('/few');
    expect(passed.headers['ratelimit-policy']).toEqual(['"all";q=9;w=60', '"few";q=1;w=60']);
    const refused = await server.inject('/few');
    expect([refused.statusCode, refused.headers['ratelimit-policy']]).toEqual([429, '"few";q=1;w=60']);
  });

  it('adds what it says of a route to itself, and to no other gate before it', async () => {
    const server = app();
    const [all, few] = [
      fastify({ limits: { all: '9/minute' } }, quiet),
      fastify({ limits: { few: '5/minute' } }, quiet),
    ];
    await server.register(all);
    await server.register(few);
    server.get(
      '/dear',
      { config: { headgate: few.route({ limits: { own: '2/minute' }, extraCost: { few: 3 } }) } },
      () => '',
    );
    server.get('/', { config: { headgate: all.route({ extraCost: 2 }) } }, () => '');
    const left = async (path: string): Promise<unknown> => (await server.inject(path)).headers['ratelimit'];
    expect([await left('/dear'), await left('/')]).toEqual([
      ['"all";r=8;t=64', '"few";r=1;t=64, "own";r=1;t=64'],
      ['"all";r=5;t=64', '"few";r=0;t=64'],
    ]);
  });

  it('leaves out a route that says so', async () => {
    const server = app();
    await server.register(fastify('1/minute', quiet));
    server.get('/health', { config: { headgate: false } }, (request) => typeof request.headgate);
    const asked = [await server.inject('/health'), await server.inject('/health')];
    expect(asked.map(({ statusCode, payload }) => [statusCode, payload])).toEqual([[200, 'undefined'], [200, 'undefined']]); // prettier-ignore
  });

  it('stands before what an app does with paths that no router can read', async () => {
    const gate = fastify('2/minute', quiet);
    const ran: unknown[] = [];
    const server = Fastify({
      frameworkErrors: gate.frameworkErrors((error, request, reply) => {
        ran.push([error.code, gate.of(request).remaining]);
        void reply.code(400).send('unread');
      }),
    });
    onTestFinished(() => server.close());
    void server.register(gate);
    server.get('/:id', () => 'read');
    const { port } = new URL(await server.listen({ port: 0, host: '127.0.0.1' }));
    const told = [];
    for (const path of ['/%', `/${'a'.repeat(200)}`, '/%zz', '/read']) {
      const answer = await answerTo(Number(port), path);
      told.push([answer.status, answer.fields['ratelimit']]);
    }
    expect(told).toEqual([
      [400, '"limit";r=1;t=64'],
      [400, '"limit";r=0;t=64'],
      [429, '"limit";r=0;t=64'],
      [429, '"limit";r=0;t=64'],
    ]);
    expect(ran).toEqual([
      ['FST_ERR_BAD_URL', 1],
      ['FST_ERR_MAX_PARAM_LENGTH', 0],
    ]);
  });

  it('refuses a route that cannot be when it is declared', async () => {
    const server = app();
    await server.register(fastify('1/minute', quiet));
    const declare = (): unknown => server.get('/', { config: { headgate: { limits: { login: 'often' } } } }, () => '');
    expect(declare).toThrow(/ERR_AMOUNT: limits\.login/);
  });

  it('answers with what other plugins have set, as CORS does', async () => {
    const server = app();
    server.addHook('onRequest', async (_request, reply) => void reply.header('Access-Control-Allow-Origin', '*'));
    await server.register(fastify('1/minute', quiet));
    server.get('/', () => '');
    await server.inject('/');
    const { statusCode, headers } = await server.inject('/');
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([429, '*']);
  });

  it('reads the address that a rewritten path leads to', async () => {
    const server = Fastify({ rewriteUrl: ({ url = '' }) => url.replace('/v1', '') });
    onTestFinished(() => server.close());
    await server.register(fastify({ limits: { each: { rate: '1/minute', per: ['address', 'operation'] } } }, quiet));
    server.get('/a', (request) => request.headgate.operation);
    server.get('/b', (request) => request.headgate.operation);
    const asked = [await server.inject('/v1/a'), await server.inject('/b'), await server.inject('/a')];
    expect(asked.map(({ statusCode, payload }) => [statusCode, payload.slice(0, 6)])).toEqual([
      [200, 'GET /a'],
      [200, 'GET /b'],
      [429, '{"type'],
    ]);
  });
});
