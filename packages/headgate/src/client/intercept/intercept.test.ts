import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import createClient from 'openapi-fetch';
import { Agent, interceptors, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFetch } from '../index.ts';
import { declare } from '../limits/index.ts';
import { axiosOptions, gotHooks, gotOptions, kyOptions, undiciInterceptor } from './index.ts';

/*
 * Each client that people have, as it is published, against a server on loopback that refuses the second request and says when to
 * come again. Nobody may come before that, and in the end everybody was served.
 */

const WAIT_MS = 150;
let server: Server;
let url: string;
let arrived: { atMs: number; body: string }[];

beforeEach(async () => {
  arrived = [];
  server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      if (message.url === '/moved') {
        response.writeHead(302, { location: '/' }).end();
        return;
      }
      arrived.push({ atMs: performance.now(), body: Buffer.concat(chunks).toString() });
      const refused = arrived.length === 2;
      const fields = refused ? { 'retry-after-ms': `${WAIT_MS}`, 'retry-after': '1' } : {};
      response.writeHead(refused ? 429 : 200, { 'content-type': 'application/json', ...fields }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // a TCP server's
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const waited = (): number => (arrived[2]?.atMs ?? 0) - (arrived[1]?.atMs ?? 0);

describe('a client that takes a fetch', () => {
  it('axios waits and repeats, with its body', async () => {
    const client = axios.create(axiosOptions(createFetch()));
    const post = async (): Promise<unknown> => (await client.post<unknown>(url, { a: 1 })).data;
    expect([await post(), await post()]).toEqual([{ ok: true }, { ok: true }]);
    expect(arrived.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
  });

  it('ky waits and repeats, with its body', async () => {
    const client = ky.create(kyOptions(createFetch()));
    const post = async (): Promise<unknown> => client.post(url, { json: { a: 1 } }).json();
    expect([await post(), await post()]).toEqual([{ ok: true }, { ok: true }]);
    expect(arrived.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
  });

  it('one generated from OpenAPI waits and repeats, with its body', async () => {
    interface Paths {
      '/': {
        post: {
          requestBody: { content: { 'application/json': object } };
          responses: { 200: { content: { 'application/json': object } } };
        };
      };
    }
    const client = createClient<Paths>({ baseUrl: url.slice(0, -1), fetch: createFetch() });
    const post = async (): Promise<unknown> => (await client.POST('/', { body: { a: 1 } })).data;
    expect([await post(), await post()]).toEqual([{ ok: true }, { ok: true }]);
    expect(arrived.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
  });
});

describe('a client that sends by itself', () => {
  it('got waits before each attempt, its own repeats too', async () => {
    const client = got.extend({ hooks: gotHooks(), retry: { limit: 2, backoffLimit: 1 } });
    const get = async (): Promise<unknown> => client.get(url).json();
    expect([await get(), await get()]).toEqual([{ ok: true }, { ok: true }]);
    expect(arrived.length).toBe(3);
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
  });

  it('got streams wait too, and tell what came of them', async () => {
    const client = got.extend(gotOptions(), { retry: { limit: 0 } });
    const get = (): Promise<string> => text(client.stream(url));
    await get();
    // The second is refused, and says when to come again: the third waits for that.
    await expect(get()).rejects.toMatchObject({ response: { statusCode: 429 } });
    expect(await get()).toBe('{"ok":true}');
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
  });

  it('got streams that break give their place back', async () => {
    const client = got.extend(gotOptions({ limits: declare({ a: { concurrency: 1 } }) }), { retry: { limit: 0 } });
    const first = client.stream(url);
    first.destroy();
    await expect(text(first)).rejects.toThrow('Premature close');
    expect(await text(client.stream(url))).toBe('{"ok":true}');
  });

  it('got follows a redirect, which ends one request and begins another', async () => {
    const client = got.extend(gotOptions({ limits: declare({ a: { concurrency: 1 } }) }));
    expect(await client.get(`${url}moved`).json()).toEqual({ ok: true });
    expect(await text(client.stream(`${url}moved`, { retry: { limit: 0 } })).catch(() => 'refused')).toBe('refused');
    expect(arrived.length).toBe(2);
  });

  it.each<[string, (client: typeof got, signal: AbortSignal) => Promise<unknown>]>([
    ['a request', async (client, signal) => client.get(url, { signal })],
    ['a stream', async (client, signal) => text(client.stream(url, { signal }))],
  ])('got that gives up %s while it waits gives its place back', async (_, send) => {
    const client = got.extend(gotOptions({ limits: declare({ a: { concurrency: 1 } }) }), { retry: { limit: 0 } });
    const first = client.get(url).json();
    const controller = new AbortController();
    const second = send(client, controller.signal);
    setImmediate(() => controller.abort());
    await expect(second).rejects.toThrow(/abort/i);
    expect(await first).toEqual({ ok: true });
    expect(arrived.length).toBe(1);
    await expect(client.get(url).json()).rejects.toMatchObject({ response: { statusCode: 429 } });
  });

  it('undici that gives up a request while it waits hears so at once', async () => {
    const dispatcher = new Agent().compose(undiciInterceptor({ limits: declare({ a: { rate: '1/hour' } }) }));
    await (await request(url, { dispatcher })).body.text();
    const controller = new AbortController();
    const second = request(url, { dispatcher, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(second).rejects.toThrow('enough');
    expect(arrived.length).toBe(1);
    await dispatcher.close();
  });

  it('got streams send what is piped into them, once', async () => {
    const client = got.extend(gotOptions());
    expect(await text(Readable.from(['a', 'b']).pipe(client.stream.post(url)))).toBe('{"ok":true}');
    expect(arrived.map(({ body }) => body)).toEqual(['ab']);
  });

  it('undici waits before each dispatch', async () => {
    const agent = new Agent().compose(
      undiciInterceptor(),
      interceptors.retry({ minTimeout: 1, maxTimeout: 1, statusCodes: [429] }),
    );
    const get = async (): Promise<number> => {
      const { statusCode, body } = await request(url, { dispatcher: agent });
      await body.dump();
      return statusCode;
    };
    expect([await get(), await get()]).toEqual([200, 200]);
    expect(arrived.length).toBe(3);
    expect(waited()).toBeGreaterThanOrEqual(WAIT_MS);
    await agent.close();
  });
});
