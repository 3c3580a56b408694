import { describe, expect, it } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import { fastify } from '../../src/adapters/fastify/index.ts';
import { fetch } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { KEY } from '../gate-of.ts';

const POLICY = parsePolicy(`headgate: 1\n${KEY}operations: { web: { event: app.web } }
limits: { web: { rate: 1/hour, per: key, on: web } }`);
const peer = (): string => '192.0.2.1';

describe('an event of the application', () => {
  it.each([
    ['node', () => node(POLICY)],
    ['express', () => express(POLICY)],
    ['koa', () => koa(POLICY)],
    ['fastify', () => fastify(POLICY)],
    ['hono', () => hono(POLICY, { peer })],
    ['fetch', () => fetch(POLICY, { peer })],
  ] as const)('is judged by a gate of %s', (_, make) => {
    const { event } = make();
    const tell = (): unknown => event('app.web', { subject: { key: 'k' } });
    expect([tell(), tell(), event('web2', {})]).toMatchObject([
      { allowed: true },
      { allowed: false, limit: 'web', answer: { status: 429 } },
      'unknown',
    ]);
  });

  it.each([
    ['', undefined],
    [' with limits of its own', { limits: { more: { rate: '9/minute', per: 'address' } } }],
  ])('ends what a request of a route%s holds by the name that the answer gave it', async (_, route) => {
    const policy = parsePolicy(`headgate: 1
identify: { anonymous: true }
operations: { start: { match: POST /jobs }, done: { event: app.done } }
limits:
  running: { concurrency: 1, per: address, on: [start], hold: { id: 'response.headers["x-job"]', until: [app.done], lease: 10m } }`);
    const gate = fetch(policy, { peer });
    const begun = (route === undefined ? gate : gate.route(route))(
      () => new Response(null, { status: 201, headers: { 'X-Job': 'j' } }),
    );
    const post = async (): Promise<number> =>
      (await begun(new Request('http://api.example/jobs', { method: 'POST' }))).status;
    expect([await post(), await post()]).toEqual([201, 429]);
    await gate.event('app.done', { subject: { address: '192.0.2.1' }, facts: { id: 'j' } });
    expect(await post()).toBe(201);
  });

  it('is told of where a policy has limits on what only the gateway reads', () => {
    const codes: string[] = [];
    const policy = parsePolicy(`headgate: 1\n${KEY}operations: { say: { event: message.in } }`);
    express(policy, { onWarning: ({ code }) => void codes.push(code) });
    expect(codes).toEqual(['WARN_ADAPTER_EVENTS']);
  });
});
