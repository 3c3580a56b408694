import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Certificate } from '../src/gateway/certificate.ts';
import { ask2, session } from './http2-support.ts';
import { echo, POLICY } from './set-up.ts';
import { start, startApi, type Api, type Started } from './support.ts';

function certificate(name: string): Certificate {
  const read = (part: string): Buffer => readFileSync(new URL(`certificates/${name}.${part}.pem`, import.meta.url));
  return { cert: read('cert'), key: read('key') };
}

let api: Api;
let gateway: Started;

async function startSecure(): Promise<void> {
  api = await startApi(echo);
  gateway = await start({ policy: POLICY, upstream: api.url, certificate: certificate('first') });
}

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

async function get(options: RequestOptions): Promise<{ status: number; body: string }> {
  const sent = request(gateway.url, { agent: false, ...options });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** Who the other side says it is, on a new connection. */
async function subject(): Promise<string | undefined> {
  const { port } = new URL(gateway.url);
  const socket: TLSSocket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject: named }: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return typeof named.CN === 'string' ? named.CN : undefined;
}

describe('TLS', () => {
  it('carries HTTP/1.1, and tells the API that it did', async () => {
    await startSecure();
    expect(gateway.url).toMatch(/^https:/);
    const { status, body } = await get({ ca: certificate('first').cert });
    expect([status, JSON.parse(body)]).toMatchObject([
      200,
      { headers: { 'x-forwarded-proto': 'https', via: '1.1 headgate' } },
    ]);
  });

  it('carries HTTP/2 to those who offer it', async () => {
    await startSecure();
    const client = session(gateway.url, { ca: certificate('first').cert });
    const answer = await ask2(gateway.url, {}, undefined, client);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      200,
      { headers: { 'x-forwarded-proto': 'https', via: '2 headgate' } },
    ]);
  });

  it('proves itself by a new certificate from the next connection on', async () => {
    await startSecure();
    expect(await subject()).toBe('first.headgate.test');
    gateway.renew(certificate('second'));
    expect(await subject()).toBe('second.headgate.test');
  });

  it('is not mistaken for plain text, nor plain text for it', async () => {
    await startSecure();
    const { port } = new URL(gateway.url);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    expect((await get({ ca: certificate('first').cert })).status).toBe(200);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('of version %s is not spoken', async (maxVersion) => {
    await startSecure();
    await expect(get({ rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion })).rejects.toThrow(
      /SSL|TLS|ECONNRESET/,
    );
  });
});
