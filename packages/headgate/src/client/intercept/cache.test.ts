import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, fetch as undiciFetch, interceptors, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFetch, type ClientEvent, type Fetch } from '../index.ts';
import { declare } from '../limits/index.ts';
import { undiciInterceptor } from './index.ts';

/*
 * Conditional requests through undici's own cache, against a server on loopback that answers 304 to a tag that it knows (RFC 9110 13.1.2),
 * and tells of its limit each time.
 */

let server: Server;
let url: string;
let arrived: IncomingMessage[];
let dispatcher: Dispatcher;

beforeEach(async () => {
  arrived = [];
  server = createServer((message, response) => {
    const nth = arrived.push(message);
    const known = message.headers['if-none-match'] === '"v1"';
    const control = message.url === '/fresh' ? 'max-age=60' : 'no-cache';
    response
      .writeHead(known ? 304 : 200, {
        etag: '"v1"',
        'cache-control': control,
        ratelimit: `"m";r=${50 - nth};t=60`,
        'ratelimit-policy': '"m";q=50;w=60',
      })
      .end(known ? undefined : 'the body');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's
});

afterEach(async () => {
  await dispatcher.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A cast: undici's own fetch is the platform's, of another version. */
const over = (): Fetch => (input, init) => undiciFetch(input as string, { ...init, dispatcher } as never);

async function twice(get: (url: string) => Promise<Response>, path: string): Promise<string[]> {
  const first = await (await get(url + path)).text();
  return [first, await (await get(url + path)).text()];
}

describe('undici’s cache above the pacing', () => {
  let events: ClientEvent[];
  const statuses = (): unknown[] => events.map((event) => (event.type === 'answered' ? event.status : event.type));

  beforeEach(() => {
    events = [];
    const pacing = undiciInterceptor({ onEvent: (event) => events.push(event) });
    dispatcher = new Agent().compose(pacing, interceptors.cache());
  });

  it('asks whether what it has still holds: 304 is one request, and its body comes from the cache', async () => {
    expect(await twice(over(), '/checked')).toEqual(['the body', 'the body']);
    expect(arrived.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"']);
    expect(statuses()).toEqual([200, 304]);
  });

  it('reads what a 304 tells of limits', async () => {
    await twice(over(), '/checked');
    const [, second] = events;
    expect(second?.type === 'answered' && second.info.limits).toMatchObject([{ name: 'm', remaining: 48 }]);
  });

  it('sends nothing for what is fresh, which costs nothing', async () => {
    expect(await twice(over(), '/fresh')).toEqual(['the body', 'the body']);
    expect([arrived.length, statuses()]).toEqual([1, [200]]);
  });

  it('asks whether what it has still holds only when a limit allows it', async () => {
    await dispatcher.close();
    const limits = declare({ a: { rate: '1/hour' } });
    dispatcher = new Agent().compose(undiciInterceptor({ limits, deadlineMs: 100 }), interceptors.cache());
    await expect(twice(over(), '/checked')).rejects.toThrow('fetch failed');
    expect(arrived).toHaveLength(1);
  });

  it('gives what is fresh at once where a limit would make it wait an hour', async () => {
    await dispatcher.close();
    const limits = declare({ a: { rate: '1/hour' } });
    dispatcher = new Agent().compose(undiciInterceptor({ limits, deadlineMs: 100 }), interceptors.cache());
    expect(await twice(over(), '/fresh')).toEqual(['the body', 'the body']);
    await expect(over()(`${url}/other`)).rejects.toThrow('fetch failed');
    expect(arrived).toHaveLength(1);
  });
});

describe('undici’s cache beneath createFetch', () => {
  it('asks whether what it has still holds, too', async () => {
    dispatcher = new Agent().compose(interceptors.cache());
    expect(await twice(createFetch({ fetch: over() }), '/checked')).toEqual(['the body', 'the body']);
    expect(arrived.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"']);
  });

  it('asks only when a limit allows it, and what is fresh waits its turn, too', async () => {
    dispatcher = new Agent().compose(interceptors.cache());
    const limits = declare({ a: { rate: '1/hour', per: (asked) => asked.url?.pathname ?? '' } });
    const api = createFetch({ fetch: over(), limits, deadlineMs: 100 });
    for (const path of ['/checked', '/fresh'])
      await expect(twice(api, path)).rejects.toMatchObject({ code: 'ERR_DEADLINE' });
    expect(arrived).toHaveLength(2);
  });
});

describe('a condition of the caller’s own', () => {
  it('is sent as it is, and its 304 is an answer', async () => {
    dispatcher = new Agent();
    const api = createFetch({ fetch: over() });
    const answer = await api(url, { headers: { 'If-None-Match': '"v1"' } });
    expect([answer.status, api.snapshot().scopes[0]?.limits[0]?.remaining]).toEqual([304, 49]);
  });
});
