import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { ask2, dial2, frame, FRAME, GET, headBlock, session } from './http2-support.ts';
import { echo, POLICY, setUp } from './set-up.ts';
import { ask, DEADLINE_MS, until } from './support.ts';

const KEY = { 'x-api-key': 'k' };

describe('HTTP/2', () => {
  it('is judged and answered like HTTP/1, on the same counters', async () => {
    const { gateway } = await setUp(echo);
    const first = await ask2(`${gateway.url}/a/../b?q=1`, KEY);
    const second = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect([first.status, first.headers['x-ratelimit-remaining'], second.headers['x-ratelimit-remaining']]).toEqual([
      200,
      '4',
      '3',
    ]);
    expect(JSON.parse(first.body)).toMatchObject({
      method: 'GET',
      url: '/base/b?q=1',
      headers: { via: '2 headgate', 'x-forwarded-host': new URL(gateway.url).host, 'x-api-key': 'k' },
    });
  });

  it('carries bodies both ways, and fields that come more than once', async () => {
    const { gateway } = await setUp((incoming, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      incoming.pipe(response);
    });
    const body = 'x'.repeat(300_000);
    const answer = await ask2(gateway.url, { ':method': 'POST', ...KEY }, body);
    expect([answer.status, answer.headers['set-cookie'], answer.body === body]).toEqual([200, ['a=1', 'b=2'], true]);
  });

  it('puts the pieces of a cookie together again', async () => {
    const { gateway } = await setUp(echo);
    const answer = await ask2(gateway.url, { cookie: ['a=1', 'b=2'] });
    expect(JSON.parse(answer.body)).toMatchObject({ headers: { cookie: 'a=1; b=2' } });
  });

  it('answers a refused upload without reading it, and the connection goes on', async () => {
    const { gateway } = await setUp(echo, POLICY.replace('5/minute', '1/hour'));
    const client = session(gateway.url);
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const upload = client.request({ ':method': 'POST', ':path': '/', ...KEY }, { endStream: false });
    upload.on('error', () => undefined);
    upload.write(Buffer.alloc(1_000_000));
    const [head] = (await once(upload, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
    expect(head[':status']).toBe(429);
    expect((await ask2(gateway.url, {}, undefined, client)).status).toBe(200);
  });

  it('lets the API go when a stream is reset, and counts it', async () => {
    let asked = 0;
    let gone = 0;
    const { gateway } = await setUp(
      (incoming) => {
        asked++;
        incoming.socket.on('close', () => gone++);
      },
      POLICY.replace('5/minute', '1/hour'),
    );
    const client = session(gateway.url);
    const stream = client.request({ ':path': '/', ...KEY });
    stream.on('error', () => undefined);
    await until(() => asked === 1);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(() => gone === 1);
    client.close();
    const refused = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect([refused.status, asked]).toEqual([429, 1]);
  });

  it.each([
    ['two hosts', { ':authority': 'a', host: 'b' }, 400],
    ['a path that climbs out', { ':path': '/a%2f..%2fb' }, 400],
    ['a fragment', { ':path': '/#a' }, 400],
    ['a target that is no path', { ':path': '*', ':method': 'OPTIONS' }, 400],
  ])('refuses %s', async (_, headers, status) => {
    const { gateway } = await setUp(echo);
    expect((await ask2(gateway.url, headers)).status).toBe(status);
  });

  it('opens no tunnels', async () => {
    const { gateway } = await setUp(echo);
    const client = session(gateway.url);
    const stream = client.request({ ':method': 'CONNECT', ':authority': 'a:80' });
    stream.on('error', () => undefined);
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
    expect(head[':status']).toBe(501);
    client.destroy();
  });

  it.each([{ 'Content-Length': '100' }, {}])('tears an answer that the API tore: %j', async (head) => {
    let answer: ServerResponse | undefined;
    const { gateway } = await setUp((_, response) => {
      answer = response;
      response.writeHead(200, head).write('half');
    });
    const client = session(gateway.url);
    const stream = client.request({ ':path': '/' }).on('response', () => answer?.destroy());
    const failed = once(stream, 'error') as Promise<[Error]>; // what "error" is emitted with
    stream.resume();
    expect(String((await failed)[0])).toContain('ERR_HTTP2_STREAM_ERROR');
    client.destroy();
  });

  it('is drained: what is under way ends, nothing more is taken', async () => {
    let finish: (() => void) | undefined;
    const { gateway } = await setUp((_, response) => {
      finish = () => response.end('finished');
    });
    const client = session(gateway.url);
    const answer = ask2(gateway.url, {}, undefined, client);
    await until(() => finish !== undefined);
    const goaway = once(client, 'goaway');
    const stopped = gateway.stop(DEADLINE_MS);
    await goaway;
    finish?.();
    expect((await answer).body).toBe('finished');
    await stopped;
  });
});

describe('a flood of', () => {
  it.each([
    ['pings', () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ['settings', () => frame(FRAME.settings, 0, 0)],
  ])('%s ends the connection', async (_, one) => {
    const { gateway } = await setUp(echo);
    const { socket, closed } = await dial2(gateway.url);
    // More than our bound of 200, fewer than what nghttp2 puts up with by itself.
    for (let i = 0; i < 300; i++) socket.write(one());
    await closed;
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('continuations that never end ends the connection', async () => {
    const { gateway } = await setUp(echo);
    const { socket, closed } = await dial2(gateway.url);
    socket.write(frame(FRAME.headers, 0, 1, headBlock(GET)));
    for (let i = 0; i < 2000; i++) socket.write(frame(FRAME.continuation, 0, 1, headBlock([[`x-${i}`, 'y']])));
    await closed;
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('streams that are reset at once ends the connection, and each of them was charged', async () => {
    let asked = 0;
    const { gateway } = await setUp((_, response) => void response.end(String(++asked)), POLICY.replace('5/', '1000/'));
    const { socket, closed } = await dial2(gateway.url);
    const cancel = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
    const block = headBlock([...GET, ['x-api-key', 'k']]);
    let sent = 0;
    socket.on('close', () => (sent = 2000));
    while (sent < 2000) {
      socket.write(frame(FRAME.headers, 5, 2 * sent + 1, block));
      socket.write(frame(FRAME.reset, 0, 2 * sent + 1, cancel));
      sent++;
    }
    await closed;
    const left = Number((await ask(gateway.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-remaining']);
    // The bound is 200 at once and 20 a second: all that came through before the end of it count.
    expect(left).toBeLessThan(1000 - 200);
  });

  it('ten that are reset costs ten', async () => {
    const { gateway } = await setUp(echo, POLICY.replace('5/', '100/'));
    const { socket, heard } = await dial2(gateway.url);
    const block = headBlock([...GET, ['x-api-key', 'k']]);
    const cancel = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
    for (let i = 0; i < 10; i++) {
      socket.write(
        Buffer.concat([frame(FRAME.headers, 5, 2 * i + 1, block), frame(FRAME.reset, 0, 2 * i + 1, cancel)]),
      );
    }
    socket.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    await until(() => heard().some(([type]) => type === FRAME.ping));
    const { headers } = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect(headers['x-ratelimit-remaining']).toBe('89');
    socket.destroy();
  });
});
