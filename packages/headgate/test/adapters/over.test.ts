import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { hono } from '../../src/adapters/hono/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening, type Handlers } from './framework.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { appOf, closeAfterwards, type App } from './set-up.ts';

const ONE_AT_ONCE = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { running: { concurrency: 1, per: address } }
`);

/** 600 bytes where nothing is sent. */
const STORED = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { stored: { level: 1000B, per: address, cost: 'request.bytes > 0 ? request.bytes : 600' } }
`);

/** Whoever leaves early must not pay less. */
const BY_STATUS = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits:
  running: { concurrency: 1, per: address }
  tokens: { rate: 1000/hour, algorithm: fixed, per: address, cost: { reserve: 10, actual: 'response.ok ? 30 : 20' } }
respond: { headers: { of: tokens, fields: { left: '{remaining}' } } }
`);

/** Never answers, until the test is over. */
const forever = (): Promise<never> => new Promise(() => undefined);

const handlers: Handlers = {
  '/fine': { handle: () => 'fine' },
  '/throws': { handle: () => { throw new Error('on purpose'); } },
  '/forever': { handle: forever },
  '/half': { handle: (_decision, { response }) => { response.writeHead(200); response.write('half'); return forever(); } },
  '/torn': { handle: (_decision, { response }) => { response.write('half'); response.destroy(); return forever(); } },
  '/head': { handle: (_decision, { response }) => response.writeHead(204).end() },
}; // prettier-ignore

/** Longest a test waits for something real to happen. */
const DEADLINE_MS = 5000;

/** Asks again and again until it passes: what the last one held is free then. */
async function isFree(app: App): Promise<boolean> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    if ((await app.ask('/fine')).status === 200) return true;
    if (Date.now() > deadline) return false;
  }
}

describe.each(Object.entries(FRAMEWORKS))('what a request holds in %s', (_, start) => {
  it.each(['/fine', '/throws', '/head'])('is free by the time that its answer is read: %s', async (path) => {
    const app = await appOf(start, ONE_AT_ONCE, handlers);
    const statuses: number[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (let i = 0; i < 20; i++) statuses.push((await app.ask(path)).status);
    expect(new Set(statuses)).not.toContain(429);
  });

  it('is free once a HEAD is answered, of whose answer nobody reads the body', async () => {
    const app = await appOf(start, ONE_AT_ONCE, handlers);
    const statuses: number[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (let i = 0; i < 5; i++) statuses.push((await app.ask('/fine', { method: 'HEAD' })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });

  it.each(['/forever', '/half'])(
    'is held while it is under way, and free once its caller has gone: %s',
    async (path) => {
      const app = await appOf(start, ONE_AT_ONCE, handlers);
      const { port } = new URL(app.url);
      const socket = connect(Number(port), '127.0.0.1');
      const begun = once(app.server, 'request');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await begun;
      expect((await app.ask('/fine')).status).toBe(429);
      socket.destroy();
      expect(await isFree(app)).toBe(true);
    },
  );

  it('is free once its answer was torn', async () => {
    const app = await appOf(start, ONE_AT_ONCE, handlers);
    await expect(app.ask('/torn')).rejects.toThrow(/terminated|other side closed|fetch failed/);
    expect(await isFree(app)).toBe(true);
  });

  it('costs what the status says that its caller has read, who has gone before the end', async () => {
    const app = await appOf(start, BY_STATUS, handlers);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write('GET /half HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    expect(await isFree(app)).toBe(true);
    // The one that found it free costs 30 too, and this one's 10 are reserved.
    expect((await app.ask('/fine')).fields.get('left')).toBe('930');
  });

  it('is free when a route refuses it after all', async () => {
    const app = await appOf(start, ONE_AT_ONCE, {
      ...handlers,
      '/login': { route: { limits: { login: { rate: '1/minute', per: 'address' } } }, handle: () => 'in' },
    });
    expect([(await app.ask('/login')).status, (await app.ask('/login')).status]).toEqual([200, 429]);
    expect(await isFree(app)).toBe(true);
  });
});

/** One passes, one waits, and a third is refused. */
const ONE_WAITS = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { calls: { rate: 1/30m, algorithm: fixed, per: address, past: { delay: { upTo: 1h, queue: 1 } } } }
`);

/** Asks until nobody answers at once, for it waits: the place that the last one had is free then. */
async function mayWait(app: App): Promise<boolean> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const said = app.ask('/fine', { signal: AbortSignal.timeout(300) }).then(({ status }) => status);
    // oxlint-disable-next-line no-await-in-loop -- one after another
    if ((await said.catch(() => 'waits')) === 'waits') return true;
    if (Date.now() > deadline) return false;
  }
}

it.each(Object.entries(FRAMEWORKS).filter(([name]) => !name.endsWith('later')))(
  'the place of a caller that is held back, and goes away, is free in %s',
  async (_, start) => {
    const app = await appOf(start, ONE_WAITS, handlers);
    expect((await app.ask('/fine')).status).toBe(200);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const begun = once(app.server, 'request');
    socket.write('GET /fine HTTP/1.1\r\nHost: a\r\n\r\n');
    await begun;
    await expect.poll(async () => (await app.ask('/fine')).status).toBe(429);
    socket.destroy();
    expect(await mayWait(app)).toBe(true);
  },
);

it('what a request holds in hono is free though a middleware outside has put another response in the place of its', async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    if (c.res.ok) c.res = new Response(null, { status: 304 });
  });
  app.use(hono(ONE_AT_ONCE, { onWarning: () => undefined }));
  app.get('/', (c) => c.text('the body that nobody reads'));
  const running = await listening(createServer(getRequestListener(app.fetch)));
  closeAfterwards(running.close);
  const statuses: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after another
  for (let i = 0; i < 5; i++) statuses.push((await fetch(running.url)).status);
  expect(statuses).toEqual([304, 304, 304, 304, 304]);
});

/** A Web request does not tell how its body ended, unless somebody reads it. */
const TELLING = Object.entries(FRAMEWORKS).filter(([name]) => !/^(?:hono|fetch)/.test(name));

describe.each(TELLING)('what an upload holds in %s', (_, start) => {
  it('is free where its caller left in the middle of an upload', async () => {
    const app = await appOf(start, STORED, handlers);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const begun = once(app.server, 'request');
    socket.write(`GET /forever HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n${'x'.repeat(899)}`);
    await begun;
    expect((await app.ask('/fine')).status).toBe(429);
    socket.destroy();
    expect(await isFree(app)).toBe(true);
  });
});
