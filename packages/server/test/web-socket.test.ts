import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { echo, POLICY, setUp } from './set-up.ts';
import { ask, DEADLINE_MS, dial as dialRaw, sendRaw, until } from './support.ts';

const ONE_AT_ONCE = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { sockets: { concurrency: 1, per: key } }
`;

/** Answers every message with itself in capitals; tells what the upgrade was asked with. */
function shouting(server: Server, heads: IncomingMessage[] = []): void {
  new WebSocketServer({ server }).on('connection', (socket, head) => {
    heads.push(head);
    socket.on('message', (data: Buffer, isBinary) => socket.send(isBinary ? data : data.toString().toUpperCase()));
  });
}

function dial(url: string, key?: string): WebSocket {
  const headers = key === undefined ? {} : { 'X-API-Key': key };
  return new WebSocket(url.replace('http', 'ws'), { headers }).on('error', () => undefined);
}

describe('a web socket', () => {
  it('is counted once, and carries messages both ways', async () => {
    const { api, gateway } = await setUp(echo);
    const heads: IncomingMessage[] = [];
    shouting(api.server, heads);
    const socket = dial(`${gateway.url}/chat?a=1`, 'k');
    const [[answer]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [
      [IncomingMessage],
      unknown,
    ];
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4' });
    for (const word of ['one', 'two', 'three']) {
      socket.send(word);
      // oxlint-disable-next-line no-await-in-loop -- one message follows another
      const [data] = (await once(socket, 'message')) as [Buffer];
      expect(String(data)).toBe(word.toUpperCase());
    }
    const large = Buffer.alloc(1_000_000, 7);
    socket.send(large);
    expect(((await once(socket, 'message')) as [Buffer])[0].equals(large)).toBe(true);
    expect([heads[0]?.url, heads[0]?.headers['x-forwarded-for']]).toEqual(['/base/chat?a=1', '127.0.0.1']);
    const { headers } = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect(headers['x-ratelimit-remaining']).toBe('3');
    socket.close();
    await once(socket, 'close');
  });

  it('is refused like any request, and the connection ends', async () => {
    const { api, gateway } = await setUp(echo, POLICY.replace('5/minute', '1/hour'));
    shouting(api.server);
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const [, answer] = (await once(dial(gateway.url, 'k'), 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, answer.headers['connection'], answer.headers['retry-after']]).toEqual([
      429,
      'close',
      '3600',
    ]);
  });

  it('may be refused by the API, whose answer passes', async () => {
    const { api, gateway } = await setUp(echo);
    api.server.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
    );
    const [, answer] = (await once(dial(gateway.url, 'k'), 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, answer.headers['x-ratelimit-remaining']]).toEqual([403, '4']);
  });

  it('is 502 when the API is down', async () => {
    const { api, gateway } = await setUp(echo);
    await api.close();
    const [, answer] = (await once(dial(gateway.url, 'k'), 'unexpected-response')) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(502);
  });

  it('ends on both sides when either goes away', async () => {
    const { api, gateway } = await setUp(echo);
    let open = 0;
    new WebSocketServer({ server: api.server }).on('connection', (socket) => {
      open++;
      socket.on('close', () => open--).on('message', () => socket.terminate());
    });
    const [first, second] = [dial(gateway.url), dial(gateway.url)];
    await Promise.all([once(first, 'open'), once(second, 'open')]);
    await until(() => open === 2);
    first.terminate();
    await until(() => open === 1);
    second.send('end it');
    await once(second, 'close');
    await expect.poll(() => open, { timeout: DEADLINE_MS }).toBe(0);
  });

  it('gives back what its caller held, who has gone, though the API never ends its side', async () => {
    const { api, gateway } = await setUp(echo, ONE_AT_ONCE);
    let end = (): void => undefined;
    api.server.on('upgrade', (_, socket) => {
      end = () => socket.destroy();
      socket.on('error', () => undefined).resume();
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    const line = await dialRaw(gateway.url);
    line.socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(line.socket, 'data');
    const status = async (): Promise<number> => (await ask(gateway.url, { headers: { 'X-API-Key': 'k' } })).status;
    expect(await status()).toBe(429);
    line.socket.end();
    await expect.poll(status, { timeout: DEADLINE_MS }).toBe(200);
    end();
  });

  it('ends when it is silent for too long', async () => {
    const { api, gateway } = await setUp(echo, POLICY, 5000, { silenceMs: 200 });
    shouting(api.server);
    const socket = dial(gateway.url);
    await once(socket, 'open');
    await once(socket, 'close');
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });

  it('does not outlast a stop', async () => {
    const { api, gateway } = await setUp(echo);
    shouting(api.server);
    const socket = dial(gateway.url);
    await once(socket, 'open');
    await Promise.all([once(socket, 'close'), gateway.stop(50)]);
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });
});

describe('a wish for another protocol', () => {
  it('that is no web socket is not granted, and the request is served', async () => {
    const { gateway } = await setUp(echo);
    const head = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\n';
    const received = await sendRaw(
      gateway.url,
      `${head}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
      3000,
    );
    expect(received).toMatch(/^HTTP\/1\.1 200/);
    expect(received).not.toMatch(/h2c|http2-settings/i);
  });

  it('with a web socket among others is not granted either', async () => {
    const { gateway } = await setUp(echo);
    const sent = request(gateway.url, { agent: false, headers: { Connection: 'Upgrade', Upgrade: 'h2c, websocket' } });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });
});
