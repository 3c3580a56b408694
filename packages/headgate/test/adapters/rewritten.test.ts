/* oxlint-disable no-await-in-loop -- one after another */
import { createServer, type RequestListener } from 'node:http';
import express5 from 'express';
import express4 from 'express4';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

const POLICY = parsePolicy(`
headgate: 1
identify: { anonymous: true }
unidentified: unlimited
operations: { secret: { match: GET /api/secret }, rest: { match: 'ANY /**' } }
limits: { calls: { rate: 100/minute, per: [address, operation] } }
`);

const quiet = { onWarning: (): void => undefined };

/** A middleware stands before the gate, and has another path run. */
function expressApp(framework: typeof express5, where: '/' | '/api') {
  return (rewrite: (url: string) => string): RequestListener => {
    const app = framework();
    const api = framework.Router();
    app.use((request, _response, next) => {
      request.url = rewrite(request.url);
      next();
    });
    api.use(express(POLICY, quiet));
    api.get(where === '/' ? '/api/secret' : '/secret', (request, response) =>
      response.json(['secret', request.headgate.operation]),
    );
    api.use((request, response) => void response.json(['rest', request.headgate.operation]));
    app.use(where, api);
    return app;
  };
}

function koaApp(rewrite: (url: string) => string): RequestListener {
  const app = new Koa();
  app.use((context, next) => {
    context.url = rewrite(context.url);
    return next();
  });
  app.use(koa(POLICY, quiet));
  app.use((context) => {
    const ran = context.path.replace(/\/$/, '') === '/api/secret' ? 'secret' : 'rest';
    context.body = [ran, context.headgate.operation];
  });
  const handle = app.callback();
  return (request, response) => void handle(request, response);
}

it.each([
  ['express 4', expressApp(express4, '/')],
  ['express 5', expressApp(express5, '/')],
  ['a router of express 4', expressApp(express4, '/api')],
  ['a router of express 5', expressApp(express5, '/api')],
  ['koa', koaApp],
])('in %s, what runs after a middleware wrote another path is what is counted', async (_, make) => {
  const { url, close } = await listening(
    createServer(make((target) => target.replace(/^\/(?:hidden|de)\/?/, '/api/').replace('/plain', '/secret'))),
  );
  closeAfterwards(close);
  for (const target of [
    '/hidden/secret',
    '/de/secret?a=b',
    '/de//secret',
    '/de/%73ecret',
    '/de/secret/',
    '/api/plain',
  ]) {
    const answer = await fetch(url + target);
    expect([target, await answer.json()]).toEqual([target, ['secret', 'secret']]);
  }
});
