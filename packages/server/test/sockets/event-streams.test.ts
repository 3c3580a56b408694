import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { setUp } from '../set-up.ts';
import { DEADLINE_MS, dial, until, type Line } from '../support.ts';
import { session as connectTo } from '../http2-support.ts';

const KEY = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
const HEAR = `${KEY}operations: { hear: { event: message.out }, rest: { match: ANY /** } }
limits: { heard: { rate: 3/hour, algorithm: fixed, per: connection.id, on: hear, past: { body: "too much" } } }`;

/** An API whose answers the test writes. */
function streaming(
  type = 'text/event-stream',
  more: Record<string, string> = {},
): { listener: RequestListener; answers: ServerResponse[] } {
  const answers: ServerResponse[] = [];
  const listener: RequestListener = (_, response) => {
    response.writeHead(200, { 'Content-Type': type, ...more });
    response.flushHeaders();
    answers.push(response);
  };
  return { listener, answers };
}

async function listen(url: string): Promise<Line & { readonly body: () => string }> {
  const line = await dial(url);
  line.socket.write('GET /events HTTP/1.0\r\nHost: a\r\nX-API-Key: k\r\nAccept: text/event-stream\r\n\r\n');
  return { ...line, body: () => line.heard().split('\r\n\r\n').slice(1).join('\r\n\r\n') };
}

describe('a stream of events', () => {
  it('loses those that are refused, and tells so once', async () => {
    const { listener, answers } = streaming();
    const { gateway } = await setUp(listener, HEAR);
    const line = await listen(gateway.url);
    await until(() => answers.length === 1);
    for (let i = 0; i < 50; i++) answers[0]?.write(`: nothing\n\nid: ${i}\nevent: n\nda`);
    answers[0]?.write('\n\n');
    for (let i = 0; i < 50; i++) answers[0]?.write(`data: ${i}\r\n\r\n`);
    await until(() => line.body().includes('too much'));
    gateway.clock.nowMs += 3_600_000;
    answers[0]?.end('data: la\ndata:st\r\rdata: half');
    await line.closed;
    const events = line
      .body()
      .split(/\r\n\r\n|\n\n|\r\r/)
      .filter((event) => event.includes('data'));
    expect(events).toEqual(['data: 0', 'data: 1', 'data: 2', 'data: too much', 'data: la\ndata:st', 'data: half']);
  });

  it('ends where the answer ends sockets, and its permit comes back', async () => {
    const { listener, answers } = streaming();
    const policy = HEAR.replace('body:', 'close: 1008, body:').replace(
      'limits: {',
      'limits: { streams: { concurrency: 1, per: key, on: rest },',
    );
    const { gateway } = await setUp(listener, policy);
    const line = await listen(gateway.url);
    await until(() => answers.length === 1);
    for (let i = 0; i < 5; i++) answers[0]?.write(`data: ${i}\n\n`);
    await line.closed;
    expect(line.body()).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: too much\n\n');
    await until(() => answers[0]?.destroyed === true);
    await listen(gateway.url);
    await until(() => answers.length === 2);
  });

  it('is read by what it says', async () => {
    const { listener, answers } = streaming('text/event-stream; charset=utf-8', { 'Content-Length': '54' });
    const { gateway } = await setUp(
      listener,
      `${KEY}operations: { dear: { event: message.out, when: message.body.tokens > 0 }, rest: { match: ANY /** } }
limits: { tokens: { quota: 10/day, per: key, on: dear, cost: message.body.tokens } }`,
    );
    const line = await listen(gateway.url);
    await until(() => answers.length === 1);
    answers[0]?.end('data: {"tokens":9}\n\ndata: {"tokens":2}\n\ndata: [DONE]\n\n\n');
    await line.closed;
    expect(line.body()).toMatch(/^data: \{"tokens":9\}\n\ndata: \{"type":.*"status":429.*\}\n\ndata: \[DONE\]\n\n/);
    expect(line.heard()).not.toMatch(/content-length/i);
  });

  it('is charged while it lasts, and cut off when nothing is left', async () => {
    const { listener, answers } = streaming();
    const { gateway } = await setUp(
      listener,
      `${KEY}operations: { second: { event: tick, every: 1s }, rest: { match: ANY /** } }
limits: { seconds: { quota: 1/day, per: key, on: second, past: { body: over, close: 4402 } } }`,
    );
    const line = await listen(gateway.url);
    await until(() => answers.length === 1);
    await line.closed;
    expect(line.body()).toBe('data: over\n\n');
  });

  it('in a coding that nobody asked for is answered with 502: it could not be read', async () => {
    const { listener } = streaming('text/event-stream', { 'Content-Encoding': 'gzip' });
    const { gateway } = await setUp(listener, HEAR);
    const line = await listen(gateway.url);
    await line.closed;
    expect(line.heard()).toMatch(/^HTTP\/1\.1 502/);
  });

  it('of which one event is longer than may be kept is torn', async () => {
    const { listener, answers } = streaming();
    const { gateway } = await setUp(listener, HEAR, 5000, { bodyBytes: 10_000 });
    const line = await listen(gateway.url);
    await until(() => answers.length === 1);
    answers[0]?.write(`data: ${'x'.repeat(20_000)}`);
    await line.closed;
    expect(line.body()).toBe('');
  });

  it('passes over HTTP/2 just so', async () => {
    const { listener, answers } = streaming();
    const { gateway } = await setUp(listener, HEAR);
    const session = connectTo(gateway.url);
    const stream = session.request({ ':path': '/events', 'x-api-key': 'k', accept: 'text/event-stream' });
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    await until(() => answers.length === 1);
    for (let i = 0; i < 5; i++) answers[0]?.write(`data: ${i}\n\n`);
    await expect.poll(() => body, { timeout: DEADLINE_MS }).toContain('too much');
    session.destroy();
  });
});
