import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { echo, POLICY, setUp } from './set-up.ts';
import { ask, DEADLINE_MS, dial, sendRaw, until } from './support.ts';

const HOST = 'Host: a\r\n';

describe('what is no HTTP', () => {
  it.each([
    ['a head that is none', 'garbage\r\n\r\n', 400],
    ['a method nobody knows', `FOO / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['fields without end', `GET / HTTP/1.1\r\n${HOST}X-Big: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['a tunnel', `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n`, 501],
  ])('is answered with a problem, and the connection ends: %s', async (_, bytes, status) => {
    const { gateway } = await setUp(echo);
    const [head = '', body = ''] = (await sendRaw(gateway.url, bytes, 3000)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close`));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status });
  });

  it.each([true, false])(
    'neither gets into an answer that is under way nor takes its place: begun %s',
    async (isBegun) => {
      let finish: (() => void) | undefined;
      const { gateway } = await setUp((_, response) => {
        response.writeHead(200, { 'Content-Length': 13 });
        if (isBegun) response.write('begun');
        finish = () => response.end(isBegun ? 'finished' : 'begunfinished');
      });
      const { socket, heard, closed } = await dial(gateway.url);
      socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n${isBegun ? '' : 'garbage\r\n\r\n'}`);
      await until(() => (isBegun ? heard().includes('begun') : finish !== undefined));
      if (isBegun) socket.write('garbage\r\n\r\n');
      finish?.();
      await closed;
      expect(heard().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
      expect(heard()).toMatch(/begunfinished$/);
    },
  );
});

describe('a request that two readers could read differently', () => {
  it('is refused with two hosts', async () => {
    const { gateway } = await setUp(echo);
    const received = await sendRaw(gateway.url, `GET / HTTP/1.1\r\n${HOST}Host: b\r\nConnection: close\r\n\r\n`, 3000);
    expect(received).toMatch(/^HTTP\/1\.1 400/);
  });

  it('loses the fields that some servers take for ones that were judged or written here', async () => {
    const { gateway } = await setUp(echo);
    const headers = {
      'X-API-Key': 'k',
      X_API_Key: 'another',
      X_Forwarded_For: '1.2.3.4',
      'X-Forwarded_For': '1.2.3.4',
      Content_Length: '7',
      trace_id: 'kept',
    };
    const { headers: got } = JSON.parse((await ask(gateway.url, { headers })).body) as { headers: object };
    expect(got).toMatchObject({ 'x-api-key': 'k', 'x-forwarded-for': '127.0.0.1', trace_id: 'kept' });
    expect(Object.keys(got).filter((name) => name.includes('_'))).toEqual(['trace_id']);
  });
});

describe('a flood', () => {
  it('of requests on one connection is turned away beyond a bound, and reaches neither the API nor a counter', async () => {
    const held: (() => void)[] = [];
    const { gateway } = await setUp((_, response) => void held.push(() => response.end()), POLICY, 5000, {
      underWay: 2,
    });
    const { socket, heard } = await dial(gateway.url);
    socket.write(`GET / HTTP/1.1\r\n${HOST}X-API-Key: k\r\n\r\n`.repeat(20));
    await until(() => held.length === 2);
    const busy = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '1']);
    for (const release of held) release();
    await until(() => heard().match(/HTTP\/1\.1 503/g)?.length === 18);
    expect([held.length, heard().match(/HTTP\/1\.1 200/g)?.length]).toEqual([2, 2]);
    const after = ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    await until(() => held.length === 3);
    held[2]?.();
    expect((await after).headers['x-ratelimit-remaining']).toBe('2');
  });
});

describe('a head', () => {
  it('reaches the caller before the body, of a declared length or not', async () => {
    let finish: (() => void) | undefined;
    const { gateway } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Length': 5 }).flushHeaders();
      finish = () => response.end('hello');
    });
    const sent = request(gateway.url, { agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    finish?.();
    expect(await text(answer)).toBe('hello');
  });

  it('of 204 tells no length, whatever the API says', async () => {
    const { gateway } = await setUp((incoming) => {
      incoming.socket.end('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nConnection: close\r\n\r\n');
    });
    const { status, headers } = await ask(gateway.url);
    expect([status, headers['content-length']]).toEqual([204, undefined]);
  });
});

describe('an upload', () => {
  const TIMEOUT_MS = 1000;

  it('may take longer than an answer may, while the API goes on reading', async () => {
    let bytes = 0;
    const { gateway } = await setUp(
      (incoming, response) => {
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          incoming.pause();
          setTimeout(() => incoming.resume(), 4);
        });
        incoming.on('end', () => response.end(String(bytes)));
      },
      POLICY,
      TIMEOUT_MS,
    );
    const began = Date.now();
    // Much more than the sockets between hold, so that the last of it is soon read.
    const body = Buffer.alloc(40_000_000);
    expect(await ask(gateway.url, { method: 'PUT', body })).toMatchObject({ status: 200, body: '40000000' });
    // Longer than the bound, or this has shown nothing.
    expect(Date.now() - began).toBeGreaterThan(1.5 * TIMEOUT_MS);
  });

  it('may take longer than an answer may, while the caller is slow', async () => {
    const { gateway } = await setUp(
      (incoming, response) => void text(incoming).then((body) => response.end(body)),
      POLICY,
      200,
    );
    const sent = request(gateway.url, { method: 'PUT', agent: false });
    sent.write('a');
    setTimeout(() => sent.end('b'), 700);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    expect([answer.statusCode, await text(answer)]).toEqual([200, 'ab']);
  });

  it.each([
    ['stops reading', 50_000_000],
    ['has read all and says nothing', 5],
  ])('is answered with 504 when the API %s', async (_, bytes) => {
    const { gateway } = await setUp((incoming) => void (bytes === 5 && incoming.resume()), POLICY, 300);
    const sent = request(gateway.url, { method: 'PUT', agent: false });
    sent.on('error', () => undefined);
    sent.end(Buffer.alloc(bytes));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    expect(answer.statusCode).toBe(504);
    sent.destroy();
  });
});

describe('a stop', () => {
  it('waits for no connection that has no request under way', async () => {
    const { gateway } = await setUp(echo);
    const lines = [await dial(gateway.url), await dial(gateway.url), await dial(gateway.url)];
    lines[0]?.socket.write('GET / HT');
    lines[1]?.socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
    await until(() => lines[1]?.heard().includes('200') === true);
    await gateway.stop(DEADLINE_MS * 10);
    expect(await Promise.all(lines.map(({ closed }) => closed))).toHaveLength(3);
  });

  it('closes a kept connection as soon as its answer is whole', async () => {
    const finish: (() => void)[] = [];
    const { gateway } = await setUp((incoming, response) => {
      if (incoming.url?.endsWith('begun') === true) response.write('begun');
      finish.push(() => response.end('finished'));
    });
    const [begun, waiting] = [await dial(gateway.url), await dial(gateway.url)];
    begun.socket.write(`GET /begun HTTP/1.1\r\n${HOST}\r\n`);
    await until(() => begun.heard().includes('begun'));
    waiting.socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
    await until(() => finish.length === 2);
    const stopped = gateway.stop(DEADLINE_MS * 10);
    for (const end of finish) end();
    await stopped;
    await Promise.all([begun.closed, waiting.closed]);
    expect(begun.heard()).toMatch(/finished\r\n0\r\n\r\n$/);
    expect(waiting.heard()).toMatch(/Connection: close\r\n[^]*finished$/);
  });
});
