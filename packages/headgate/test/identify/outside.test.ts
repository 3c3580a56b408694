import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outsideOf } from '../../src/http/outside.ts';
import { answered, forwarded, gateOf } from '../gate-of.ts';
import { bearer, ISSUER, pairOf, token } from './tokens.ts';

/* The same over real sockets and files, by the platform's own fetch and timers. */

const asked: IncomingMessage[] = [];
const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/who': ({ headers }, response) => {
    response.writeHead(headers.authorization === 'Bearer good' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ account: 'acme' }));
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/who' }).end(),
  '/silent': () => {},
  '/slow': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"account":');
  },
  '/endless': (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  },
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{');
    setImmediate(() => response.destroy());
  },
};
const server = createServer((request, response) => {
  asked.push(request);
  response.on('error', () => {});
  answers[request.url ?? '']?.(request, response);
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const gateAt = (path: string, timeout = '5s'): ReturnType<typeof gateOf> =>
  gateOf(
    `identify: { key: { header: X-API-Key, find: http, http: { url: "${origin}${path}", timeout: ${timeout} }, attributes: { account: account } } }
limits: { calls: { rate: 9/minute, per: account } }
respond: { headers: { of: calls, fields: { X-Of: "{= subject.account }" } } }`,
    { deadline: outsideOf({}).deadline },
  );
const key = (credential: string) => ({ fields: [['X-API-Key', credential]] as const });

describe('over a real socket', () => {
  it('a directory is asked, and its word is taken', async () => {
    const { wait } = gateAt('/who');
    expect(forwarded(await wait(key('good'))).settle(200)).toEqual(['X-Of', 'acme']);
    expect(answered(await wait(key('bad'))).status).toBe(401);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /who', 'GET /who']);
  });

  it.each([
    ['sends elsewhere', '/moved', '5s'],
    ['says nothing', '/silent', '100ms'],
    ['says half of it', '/slow', '100ms'],
    ['never ends', '/endless', '5s'],
    ['breaks off', '/cut', '5s'],
  ])('a directory that %s is a fault, and nothing is left open', async (_, path, timeout) => {
    const before = asked.length;
    const { status, denial } = answered(await gateAt(path, timeout).wait(key('good')));
    expect([status, denial?.limit]).toEqual([503, 'unavailable']);
    expect(asked.slice(before).map(({ url }) => url)).toEqual([path]);
    // An answer that was read to its end leaves its connection for the next one.
    const isLeft = (): boolean => asked.at(-1)?.socket.destroyed === (path !== '/moved');
    await expect.poll(isLeft).toBe(true);
  });

  it('a directory where nobody listens is a fault', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { wait } = gateOf(
      `identify: { key: { header: X-API-Key, find: http, http: { url: "http://127.0.0.1:${port}/" } } }`,
    );
    expect(answered(await wait(key('good'))).status).toBe(503);
  });
});

describe('a file of keys', () => {
  it('is read, and read again for a key that is not in it', async () => {
    const [first, second] = await Promise.all([pairOf('first'), pairOf('second')]);
    const file = join(await mkdtemp(join(tmpdir(), 'headgate-')), 'jwks.json');
    const { wait, clock } = gateOf(
      `identify: { user: { bearer: true, find: jwt, jwt: { issuer: "${ISSUER}", audience: api, jwks: "${pathToFileURL(file).href}" } } }`,
    );
    expect(answered(await wait(bearer(await token(first)))).denial?.fault).toContain('ENOENT');
    await writeFile(file, JSON.stringify({ keys: [first.jwk] }));
    clock.nowMs += 1000;
    expect((await wait(bearer(await token(first)))).kind).toBe('forward');
    await writeFile(file, JSON.stringify({ keys: [first.jwk, second.jwk] }));
    clock.nowMs += 30_000;
    expect((await wait(bearer(await token(second)))).kind).toBe('forward');
  });
});
