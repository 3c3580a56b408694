/* oxlint-disable no-await-in-loop -- one handshake after another */
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { node } from 'headgate/node';
import { parsePolicy } from 'headgate/policy';
import { afterEach, describe, expect, it } from 'vitest';
import { ask2, session } from './http2-support.ts';
import { echo } from './set-up.ts';
import { start, startApi, type Started } from './support.ts';

const pem = (name: string): Buffer => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url));
const pair = (name: string) => ({ cert: pem(`${name}.cert`), key: pem(`${name}.key`) });
const fingerprint = (name: string): string =>
  new X509Certificate(pem(`${name}.cert`)).fingerprint256.replaceAll(':', '').toLowerCase();
const TRUSTING = { ca: pem('first.cert'), agent: false } as const;

const byField = (field: string): string =>
  `headgate: 1\nidentify: { partner: { certificate: ${field}, find: any }, anonymous: true }
limits: { calls: { rate: 2/minute, algorithm: fixed, per: [partner, address] } }
respond: { headers: { of: calls, fields: { X-Who: "{= has(subject.partner) ? subject.partner : 'nobody' }" } } }`;

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

async function gatewayOf(policy: string): Promise<Started> {
  const api = await startApi(echo);
  const gateway = await start({
    policy,
    upstream: api.url,
    certificate: pair('first'),
    authorities: pem('clients.ca'),
  });
  closing.push(
    async () => api.close(),
    async () => gateway.stop(0),
  );
  return gateway;
}

/** What is answered to who shows a certificate, on a connection of its own: the status, and whom it was taken for. */
async function asked(url: string, name?: string, headers = {}): Promise<readonly [number | undefined, unknown]> {
  const sent = request(url, { ...TRUSTING, ...(name === undefined ? {} : pair(name)), headers });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
  await text(answer);
  return [answer.statusCode, answer.headers['x-who']];
}

describe('a caller that shows a certificate', () => {
  it.each([
    ['subject.cn', 'reports'],
    ['subject', String.raw`CN=reports,O=Partner\, Inc.`],
    ['san.dns', 'reports.partner.example'],
    ['san.uri', 'spiffe://partner.example/reports'],
    ['fingerprint', fingerprint('partner')],
  ])('is known by its %s', async (field, who) => {
    const { url } = await gatewayOf(byField(field));
    expect(await asked(url, 'partner')).toEqual([200, who]);
    expect(await asked(url)).toEqual([200, 'nobody']);
  });

  it('is counted by it over HTTP/2 too, whatever its fields say', async () => {
    const { url } = await gatewayOf(byField('subject.cn'));
    const client = session(url, { ca: TRUSTING.ca, ...pair('partner') });
    const answer = await ask2(url, { 'x-client-cert': 'CN=billing' }, undefined, client);
    expect([answer.status, answer.headers['x-who']]).toEqual([200, 'reports']);
    expect(await asked(url, 'partner')).toEqual([200, 'reports']);
    expect((await asked(url, 'partner'))[0]).toBe(429);
  });

  it('is nobody, and not the next source’s, where nobody vouches for it, it is over, or it has no such name', async () => {
    const { url } = await gatewayOf(byField('subject.cn'));
    expect(await asked(url, 'impostor')).toEqual([401, undefined]);
    expect(await asked(url, 'partner-expired')).toEqual([401, undefined]);
    const mail = await gatewayOf(byField('san.email'));
    expect(await asked(mail.url, 'partner')).toEqual([401, undefined]);
  });

  it('that has two of what it is known by is refused', async () => {
    const { url } = await gatewayOf(byField('san.dns'));
    expect(await asked(url, 'partner-two')).toEqual([400, undefined]);
  });

  it('is known by a fingerprint that is listed, whoever vouches for it', async () => {
    const listed = createHash('sha256').update(fingerprint('impostor')).digest('hex');
    const { url } = await gatewayOf(`headgate: 1
identify: { device: { certificate: fingerprint, find: keys, keys: { "sha256:${listed}": { account: acme } } } }
limits: { calls: { rate: 9/minute, per: account } }`);
    expect(
      [await asked(url, 'impostor'), await asked(url, 'partner'), await asked(url)].map(([status]) => status),
    ).toEqual([200, 401, 401]);
  });

  it('is asked for one only while the policy does', async () => {
    const gateway = await gatewayOf('headgate: 1\nlimits: { calls: { rate: 9/minute, per: address } }');
    expect((await asked(gateway.url, 'impostor'))[0]).toBe(200);
    gateway.use(parsePolicy(byField('subject.cn')));
    expect(await asked(gateway.url, 'impostor')).toEqual([401, undefined]);
    expect(await asked(gateway.url, 'partner')).toEqual([200, 'reports']);
  });

  it('is known in an app on Node too', async () => {
    const gate = node(parsePolicy(byField('subject.cn')));
    const server = createServer(
      { ...pair('first'), ca: pem('clients.ca'), requestCert: true, rejectUnauthorized: false },
      gate.wrap((_, response) => void response.end()),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo; // it listens on a port
    const url = `https://127.0.0.1:${port}/`;
    expect(await asked(url, 'partner')).toEqual([200, 'reports']);
    expect(await asked(url, 'impostor')).toEqual([401, undefined]);
    expect(await asked(url)).toEqual([200, 'nobody']);
  });
});
