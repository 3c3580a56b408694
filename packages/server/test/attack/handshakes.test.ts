import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../src/gateway/certificate.ts';
import { ask2, session } from '../http2-support.ts';
import { DEADLINE_MS, until } from '../support.ts';
import { OK } from './recorder.ts';
import { setUpRaw } from './set-up-raw.ts';

const read = (part: string): Buffer => readFileSync(new URL(`../certificates/first.${part}.pem`, import.meta.url));
const certificate: Certificate = { cert: read('cert'), key: read('key') };
const TRUSTING = { rejectUnauthorized: false };
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

function dialTls(url: string, options: ConnectionOptions): TLSSocket {
  return connect({ port: Number(new URL(url).port), host: '127.0.0.1', ...TRUSTING, ...options }).on(
    'error',
    () => undefined,
  );
}

function dialTcp(url: string): Socket {
  return connectTcp(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.resume().on('close', () => resolve()));

async function heardFrom(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (chunk) => (heard += String(chunk)));
  await closed(socket);
  return heard;
}

describe('a handshake', () => {
  it('that never ends counts among what its address has open, and is ended in time', async () => {
    const { gateway } = await setUpRaw({ certificate, bounds: { connectionsAnAddress: 5, headMs: 1000 } });
    const held = Array.from({ length: 5 }, () => dialTcp(gateway.url));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const ended = held.map(closed);
    expect(await heardFrom(dialTls(gateway.url, {}))).toBe('');
    await Promise.all(ended);
    expect((await ask2(gateway.url, {}, undefined, session(gateway.url, TRUSTING))).status).toBe(200);
  });

  it('that has not ended keeps no drain waiting, and one that has is drained like any connection', async () => {
    const { gateway, api } = await setUpRaw({ certificate, script: () => undefined });
    const [shaking, shaken] = [dialTcp(gateway.url), dialTls(gateway.url, { ALPNProtocols: ['http/1.1'] })];
    shaken.write(GET);
    await until(() => api.heard().requests.length === 1);
    const answer = heardFrom(shaken);
    const stopped = gateway.stop(DEADLINE_MS * 10);
    await closed(shaking);
    api.each((socket) => socket.write(OK));
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
    await stopped;
  });

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)('that is broken off (%s) ends nothing else', async (how) => {
    const { gateway } = await setUpRaw({ certificate });
    for (const bytes of ['', '\u0016', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', 'x'.repeat(100)]) {
      const socket = dialTcp(gateway.url);
      const gone = closed(socket);
      socket.write(Buffer.from(bytes, 'latin1'), () => socket[how]());
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await gone;
    }
    expect((await ask2(gateway.url, {}, undefined, session(gateway.url, TRUSTING))).status).toBe(200);
  });

  it('that is none ends the connection, and nothing else', async () => {
    const { gateway, api } = await setUpRaw({ certificate });
    const plain = dialTcp(gateway.url);
    plain.write(GET);
    expect(await heardFrom(plain)).not.toContain('HTTP/1.1 200');
    expect(api.heard().requests).toEqual([]);
    expect((await ask2(gateway.url, {}, undefined, session(gateway.url, TRUSTING))).status).toBe(200);
  });

  it('of a protocol that is not spoken here fails', async () => {
    const { gateway } = await setUpRaw({ certificate });
    const socket = dialTls(gateway.url, { ALPNProtocols: ['spdy/1'] });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]; // what "error" is emitted with
    expect(error.code).toMatch(/NO_APPLICATION_PROTOCOL/);
  });

  it('for HTTP/1.1 does not carry HTTP/2', async () => {
    const { gateway, api } = await setUpRaw({ certificate });
    const socket = dialTls(gateway.url, { ALPNProtocols: ['http/1.1'] });
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(await heardFrom(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect(api.heard().requests).toEqual([]);
  });

  it('for HTTP/2 does not carry HTTP/1.1', async () => {
    const { gateway, api } = await setUpRaw({ certificate });
    const socket = dialTls(gateway.url, { ALPNProtocols: ['h2'] });
    socket.write(GET);
    expect(await heardFrom(socket)).not.toContain('HTTP/1.1');
    expect(api.heard().requests).toEqual([]);
  });

  it('that is asked for again and again ends the connection', async () => {
    const { gateway } = await setUpRaw({ certificate });
    const socket = dialTls(gateway.url, { maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    let shaken = 0;
    const again = (error: Error | null): void => {
      if (error === null && ++shaken < 1000) socket.renegotiate(TRUSTING, again);
    };
    socket.renegotiate(TRUSTING, again);
    await closed(socket);
    expect(shaken).toBeLessThan(10);
    expect((await ask2(gateway.url, {}, undefined, session(gateway.url, TRUSTING))).status).toBe(200);
  });
});
