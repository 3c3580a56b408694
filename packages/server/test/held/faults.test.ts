/* oxlint-disable no-await-in-loop -- one request after another */
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { dial, until } from '../support.ts';
import { studio, studioBefore } from './studio.ts';
import { rawApi } from './watched.ts';

const RESERVED = 0.5;
const JSON_TYPE = { 'Content-Type': 'application/json' };

const raw = (text: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

describe('an API that', () => {
  it('settles before it answers is believed, and its answer changes nothing', async () => {
    const { used, post, settle } = await studio((incoming, response) => {
      const id = String(incoming.headers['x-headgate-reservation']);
      void settle(`${id}/settle`, '{"costs":{"spend":0.125}}').then(() => response.end());
      response.writeHead(200, JSON_TYPE).write('{"cost":3}');
    });
    expect((await post('/v1/chat')).body).toBe('{"cost":3}');
    expect(await used('day')).toBe(0.125);
  });

  it('never answers: 504, what was reserved is charged, and a prediction holds its permit until its lease ends', async () => {
    const { post, get, used, gateway } = await studio((incoming) => incoming.resume(), { timeoutMs: 200 });
    const answers = await Promise.all([post('/v1/chat'), post('/v1/predictions'), get('/v1/quick')]);
    expect(answers.map(({ status }) => status)).toEqual([504, 504, 504]);
    expect([await used('day'), await used('running'), await used('quick')]).toEqual([RESERVED, 1, 0]);
    gateway.clock.nowMs += 3_600_000;
    expect([await used('day'), await used('running')]).toEqual([RESERVED, 0]);
  });

  it('is not there: 502, and nothing is charged or held', async () => {
    const { post, get, used } = await studioBefore('http://127.0.0.1:9');
    const answers = await Promise.all([post('/v1/chat'), post('/v1/predictions'), get('/v1/quick')]);
    expect(answers.map(({ status }) => status)).toEqual([502, 502, 502]);
    expect([await used('day'), await used('running'), await used('quick')]).toEqual([0, 0, 0]);
  });

  it('answers twice is believed the first time', async () => {
    const url = await rawApi((socket) => socket.on('data', () => socket.write(raw('{"cost":2}') + raw('{"cost":1}'))));
    const { post, used } = await studioBefore(url);
    for (const nth of [1, 2, 3]) {
      expect((await post('/v1/chat')).body).toBe('{"cost":2}');
      expect(await used('day')).toBe(2 * nth);
    }
  });

  it('crashes before its answer: 502, and what was reserved is charged', async () => {
    const { post, used } = await studioBefore(await rawApi((socket) => socket.on('data', () => socket.destroy())));
    const answers = await Promise.all([post('/v1/chat'), post('/v1/predictions')]);
    expect(answers.map(({ status }) => status)).toEqual([502, 502]);
    expect([await used('day'), await used('running')]).toEqual([RESERVED, 1]);
  });

  it('crashes within its answer, which is torn, and what was reserved is charged', async () => {
    const sockets: Socket[] = [];
    const url = await rawApi((socket) => sockets.push(socket) && socket.on('data', () => socket.write(HALF)));
    const { gateway, used } = await studioBefore(url);
    for (const path of ['/v1/chat', '/v1/predictions']) {
      const line = await dial(gateway.url);
      line.socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 0\r\n\r\n`);
      await until(() => line.heard().includes('"cost":0}'));
      for (const socket of sockets) socket.destroy();
      await line.closed;
    }
    expect([await used('day'), await used('running')]).toEqual([RESERVED, 1]);
  });
});

/** All that there is to say, but for the last chunk. */
const HALF =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{"id":"a","cost":0}\r\n';

/** Of a prediction that the API began: its id, and that of its reservation. */
function began(): { readonly listener: RequestListener; readonly handed: string[] } {
  const handed: string[] = [];
  let nth = 0;
  const listener: RequestListener = (incoming, response) => {
    const id = incoming.headers['x-headgate-reservation'];
    if (incoming.url === '/v1/predictions') handed.push(String(id));
    const body = { id: `p${nth++}`, status: 'succeeded', cost: 0.25 };
    response.writeHead(200, { ...JSON_TYPE, 'X-Headgate-Reservation': 'theirs', 'X-Headgate-Cost': '7' });
    response.end(JSON.stringify(body));
  };
  return { listener, handed };
}

const ORDERS = [
  ['a poll', 'a webhook', 'the API'],
  ['a webhook', 'the API', 'a poll'],
  ['the API', 'a poll', 'a webhook'],
  ['a poll', 'a poll', 'a poll'],
] as const;

describe('a prediction', () => {
  it.each(ORDERS)('that %s, %s and %s all say is over is over once', async (...order) => {
    const { listener, handed } = began();
    const { post, get, used, settle, reported } = await studio(listener);
    await post('/v1/predictions');
    await post('/v1/predictions');
    const ends = {
      'a poll': () => get('/v1/predictions/p0'),
      'a webhook': () => post('/hooks?prediction=p0'),
      'the API': () => settle(`${handed[0]}/settle`),
    };
    const left = [await used('running')];
    for (const who of order) {
      await ends[who]();
      left.push(await used('running'));
    }
    expect([left, reported()]).toEqual([[2, 1, 1, 1], []]);
  });

  it('is over once when all of them say so at the same time', async () => {
    const { listener, handed } = began();
    const { post, get, used, settle } = await studio(listener);
    for (let i = 0; i < 10; i++) await post('/v1/predictions');
    const all = (i: number): Promise<unknown>[] => [
      get(`/v1/predictions/p${i}`),
      post(`/hooks?prediction=p${i}`),
      settle(`${handed[i]}/settle`),
      get(`/v1/predictions/p${i}`),
    ];
    await Promise.all([0, 1, 2, 3, 4].flatMap(all));
    expect(await used('running')).toBe(5);
  });

  it('is handed to the API by an id that its caller can neither see nor choose', async () => {
    const { listener, handed } = began();
    const { post, settle } = await studio(listener);
    const chosen = 'f'.repeat(32);
    const { headers, rawHeaders } = await post('/v1/predictions', {
      'X-Headgate-Reservation': chosen,
      X_Headgate_Reservation: chosen,
    });
    expect(handed[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(handed[0]).not.toBe(chosen);
    expect([Object.keys(headers), rawHeaders].flat().filter((name) => /headgate/i.test(name))).toEqual([]);
    const statuses: number[] = [];
    for (const verb of ['renew', 'settle', 'settle', 'cancel', 'renew'])
      statuses.push(await settle(`${handed[0]}/${verb}`));
    expect(statuses).toEqual([200, 200, 404, 404, 404]);
  });

  it('that the API settles with a cost that is none stays as it is', async () => {
    const { listener, handed } = began();
    const { post, used, settle } = await studio(listener);
    await post('/v1/predictions');
    for (const cost of ['-5', 'NaN', '"3"', '1e400', '0.5', 'null'])
      expect([cost, await settle(`${handed[0]}/settle`, `{"costs":{"running":${cost}}}`)]).toEqual([cost, 400]);
    expect(await settle(`${handed[0]}/settle`, '{"costs":{"walking":0}}')).toBe(400);
    expect(await used('running')).toBe(1);
    expect(await settle(`${handed[0]}/settle`, '{"costs":{"running":0}}')).toBe(200);
    expect(await used('running')).toBe(0);
  });
});
