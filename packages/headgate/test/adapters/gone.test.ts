import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { fetch as wrap } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import type { Spec } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening, type Running } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

const POLICY = parsePolicy(
  'headgate: 1\nidentify: { anonymous: true }\nlimits: { calls: { rate: 9/minute, per: address } }',
);

/** What happens before a gate, and what is told of it. */
interface Watched {
  /** Waits until a caller has gone. */
  readonly before: (response: unknown) => Promise<void>;
  readonly told: (what: unknown) => void;
}

type Start = (spec: Spec, watched: Watched) => Promise<Running>;

const startHono: Start = (spec, { before, told }) => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (c, next) => {
    await before(c.env.outgoing);
    await next();
  });
  app.use(hono(spec, { onWarning: told, onFault: told }));
  app.get('/', (c) => {
    told('a handler ran');
    return c.text('hello');
  });
  app.onError((error, c) => {
    told(error);
    return c.text('failed', 500);
  });
  return listening(createServer(getRequestListener(app.fetch)));
};

const startFetch: Start = (spec, { before, told }) => {
  const peer = (_request: Request, { incoming }: HttpBindings): string | undefined => incoming.socket.remoteAddress;
  const handler = wrap(spec, { peer, onWarning: told, onFault: told })((_request: Request, _env: HttpBindings) => {
    told('a handler ran');
    return new Response('hello');
  });
  return listening(
    createServer(
      getRequestListener(async (request, env) => {
        await before(env.outgoing);
        return handler(request, env as HttpBindings); // on Node
      }),
    ),
  );
};

it.each([
  ['Hono, of a rate', startHono, '9/minute'],
  ['Hono, of a policy', startHono, POLICY],
  ['fetch, of a rate', startFetch, '9/minute'],
  ['fetch, of a policy', startFetch, POLICY],
] as const)(
  'a caller that has gone before its gate is asked is no fault, and reaches no handler: %s',
  async (_, start, spec) => {
    const told: unknown[] = [];
    let meet: (response: ServerResponse) => void = () => undefined;
    let judge: () => void = () => undefined;
    const met = new Promise<ServerResponse>((resolve) => (meet = resolve));
    const judged = new Promise<void>((resolve) => (judge = resolve));
    const before: Watched['before'] = async (response) => {
      meet(response as ServerResponse); // of Node's own server
      await once(response as ServerResponse, 'close');
      setTimeout(judge, 0); // by when all is done that the gate does at once
    };
    const { url, close } = await start(spec, { before, told: (what) => void told.push(what) });
    closeAfterwards(close);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await met;
    socket.destroy();
    await judged;
    await new Promise((resolve) => void setTimeout(resolve, 0));
    expect(told).toEqual([]);
  },
);
