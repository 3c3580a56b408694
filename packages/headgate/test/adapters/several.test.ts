/* oxlint-disable no-await-in-loop -- one after another */
import { createServer, type RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express5 from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import { fastify } from '../../src/adapters/fastify/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import type { Spec } from '../../src/adapters/kit/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening, type Running } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

type Several = (specs: readonly Spec[]) => Promise<Running>;

const QUIET = { onWarning: (): void => undefined };

const BODY = { fine: true };

interface Refusal {
  readonly 'violated-policies'?: readonly string[];
}

/** Gates one behind another, and then a handler. */
const SEVERAL: Readonly<Record<string, Several>> = {
  node: (specs) => {
    const handle: RequestListener = (_request, response) =>
      void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(BODY));
    return listening(createServer(specs.reduceRight((next, spec) => node(spec, QUIET).wrap(next), handle)));
  },
  'express 4': (specs) => severalInExpress(express4, specs),
  'express 5': (specs) => severalInExpress(express5, specs),
  koa: (specs) => {
    const app = new Koa();
    for (const spec of specs) app.use(koa(spec, QUIET));
    app.use((context) => void (context.body = BODY));
    const handle = app.callback();
    return listening(createServer((request, response) => void handle(request, response)));
  },
  fastify: async (specs) => {
    const app = Fastify({ forceCloseConnections: true });
    for (const spec of specs) await app.register(fastify(spec, QUIET));
    app.get('/', () => BODY);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), server: app.server, close: () => app.close() };
  },
  hono: (specs) => {
    const app = new Hono();
    for (const spec of specs) app.use(hono(spec, QUIET));
    app.get('/', (c) => c.json(BODY));
    return listening(createServer(getRequestListener(app.fetch)));
  },
};

function severalInExpress(framework: typeof express5, specs: readonly Spec[]): Promise<Running> {
  const app = framework();
  for (const spec of specs) app.use(express(spec, QUIET));
  app.get('/', (_request, response) => void response.json(BODY));
  return listening(createServer(app));
}

const policyOf = (rest: string): Spec => parsePolicy(`headgate: 1\nidentify: { anonymous: true }\n${rest}`);
const HOLDS = policyOf('limits: { running: { concurrency: 1, per: address } }');
const TIMED = policyOf(`
limits: { seconds: { rate: 100/hour, algorithm: fixed, per: address, cost: { reserve: 1, actual: 'response.ms < 60000 ? 2 : 90' } } }
respond: { headers: { of: seconds, fields: { Left: '{remaining}' } } }
`);
const RESERVES = policyOf(`
limits: { tokens: { rate: 25/hour, algorithm: fixed, per: address, cost: { reserve: 10, actual: 'response.ok ? 3 : 9' } } }
`);
const WRITES = policyOf(`
limits: { calls: { rate: 9/minute, per: address } }
respond: { merge: { of: calls, at: /limits, body: { left: '{remaining}' } } }
`);

describe.each(Object.entries(SEVERAL))('of several gates in %s', (_, make) => {
  const asking = async (...specs: readonly Spec[]): Promise<() => Promise<Response>> => {
    const { url, close } = await make(specs);
    closeAfterwards(close);
    return () => fetch(url);
  };

  it.each([
    ['the last', ['100/minute', HOLDS]],
    ['the first', [HOLDS, '100/minute']],
    ['the one between', ['100/minute', HOLDS, { limits: { other: '100/minute' } }]],
  ] as const)('%s may hold something, which is free by the time that its answer is read', async (__, specs) => {
    const ask = await asking(...specs);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });

  it('the first is owed nothing for what the last refuses, which no handler sees', async () => {
    const ask = await asking(RESERVES, { limits: { few: '1/minute' } });
    const refusedBy: unknown[] = [];
    for (let i = 0; i < 5; i++) refusedBy.push(((await (await ask()).json()) as Refusal)['violated-policies']);
    expect(refusedBy).toEqual([undefined, ['few'], ['few'], ['few'], ['few']]);
  });

  it('the last may count how long a request took, since it came', async () => {
    const ask = await asking('100/minute', TIMED);
    const left: (string | null)[] = [];
    for (let i = 0; i < 3; i++) left.push((await ask()).headers.get('left'));
    expect(left).toEqual(['99', '97', '95']);
  });

  it('the last may write into a body', async () => {
    const ask = await asking('100/minute', WRITES);
    expect(await (await ask()).json()).toEqual({ limits: { left: 8 }, ...BODY });
  });
});
