import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { call, chat } from '../sockets/chat.ts';
import { setUp } from '../set-up.ts';
import { ask, DEADLINE_MS, dial, until } from '../support.ts';
import { ask2 } from '../http2-support.ts';

const KEY = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
/** A permit that is waited for: time plays no part, but who gives it back does. */
const ONE = `${KEY}limits: { jobs: { concurrency: 1, per: key, past: { delay: { upTo: 20s, queue: 1 } }, hold: { hint: 5s } } }`;
const HEADERS = { 'X-API-Key': 'k' };

/** An API that answers when it is told to. */
function slow(): { readonly listener: RequestListener; readonly seen: string[]; readonly answer: () => void } {
  const [seen, waiting]: [string[], (() => void)[]] = [[], []];
  return {
    seen,
    listener: (request, response) => {
      seen.push(request.url ?? '');
      waiting.push(() => response.end('done'));
    },
    answer: () => waiting.shift()?.(),
  };
}

describe('a request that is held back', () => {
  it('reaches the API when a permit comes back, in its turn, over either version of HTTP', async () => {
    const { listener, seen, answer } = slow();
    const { gateway } = await setUp(listener, ONE.replace('queue: 1', 'queue: 5'), 15_000);
    const first = ask(`${gateway.url}/1`, { headers: HEADERS });
    await until(() => seen.length === 1);
    const second = ask2(`${gateway.url}/2`, HEADERS);
    const third = ask(`${gateway.url}/3`, { method: 'POST', body: 'x'.repeat(200_000), headers: HEADERS });
    answer();
    await until(() => seen.length === 2);
    answer();
    await until(() => seen.length === 3);
    answer();
    expect((await Promise.all([first, second, third])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([...seen].toSorted()).toEqual(['/base/1', '/base/2', '/base/3']);
  });

  it('is refused when the line is full, and by the end of --timeout', async () => {
    const { listener, seen } = slow();
    const { gateway } = await setUp(listener, ONE, 600);
    const first = ask(`${gateway.url}/1`, { headers: HEADERS });
    await until(() => seen.length === 1);
    const line = await dial(gateway.url);
    line.socket.write('GET /2 HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    await expect
      .poll(() => ask(`${gateway.url}/3`, { headers: HEADERS }).then(({ status }) => status), { timeout: DEADLINE_MS })
      .toBe(429);
    await until(() => line.heard().includes('\r\n\r\n'));
    // The first is given up at the same time, and its permit comes back.
    expect(line.heard()).toMatch(/^HTTP\/1\.1 (429|504)/);
    expect((await first).status).toBe(504);
  });

  it('that leaves frees its place at once, and never reaches the API', async () => {
    const { listener, seen, answer } = slow();
    const { gateway } = await setUp(listener, ONE, 15_000);
    const first = ask(`${gateway.url}/1`, { headers: HEADERS });
    await until(() => seen.length === 1);
    const leaving = await dial(gateway.url);
    leaving.socket.write('GET /2 HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    expect((await ask(`${gateway.url}/3`, { headers: HEADERS })).status).toBe(429);
    leaving.socket.destroy();
    const next = (): Promise<number> => ask(`${gateway.url}/4`, { headers: HEADERS }).then(({ status }) => status);
    const waiting = async (): Promise<number> => {
      const status = await next();
      return status === 429 ? waiting() : status; // it has not been heard yet that the other left
    };
    const fourth = waiting();
    answer();
    expect((await first).status).toBe(200);
    await until(() => seen.length === 2);
    answer();
    expect([await fourth, seen]).toEqual([200, ['/base/1', '/base/4']]);
  });
});

describe('a message that is held back', () => {
  it('waits with all that comes behind it', async () => {
    const { gateway, heard } = await chat(`${KEY}operations: { say: { event: message.in } }
limits: { said: { rate: 5/second, algorithm: bucket, burst: 1, per: key, on: say, past: { delay: { upTo: 5s, queue: 10 } } } }`);
    const caller = await call(gateway.url);
    for (const word of ['one', 'two', 'three']) caller.socket.send(word);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(gateway.log.denials).toEqual([]);
  });
});

describe('a step that closes', () => {
  it('ends the connection of a request, behind its answer', async () => {
    const { gateway } = await setUp(
      (_, response) => response.end('ok'),
      `${KEY}limits: { calls: { rate: 1/hour, per: key, past: { close: { status: 420 } } } }`,
    );
    const line = await dial(gateway.url);
    const one = 'GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n';
    line.socket.write(one);
    await until(() => line.heard().includes('ok'));
    line.socket.write(one);
    await line.closed;
    expect(line.heard()).toMatch(/HTTP\/1\.1 420 [^]*Connection: close/i);
  });

  it('ends a web socket with 1008, where its answer has no code', async () => {
    const { gateway } = await chat(`${KEY}operations: { say: { event: message.in } }
limits: { said: { rate: 1/hour, per: key, on: say, past: { close: { body: enough } } } }`);
    const caller = await call(gateway.url);
    caller.socket.send('one');
    caller.socket.send('two');
    await until(() => caller.ended() !== undefined);
    expect([caller.heard, caller.ended()]).toEqual([['enough'], [1008, '']]);
  });
});
