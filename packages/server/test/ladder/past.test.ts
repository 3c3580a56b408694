/* oxlint-disable no-await-in-loop -- one request after another */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { echo, setUp } from '../set-up.ts';
import { ask, dial, startApi } from '../support.ts';

const KEYED = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
const headers = { 'X-API-Key': 'k' };

/** A receiver of web hooks, on a real socket. */
async function receiver(status: () => number) {
  const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const api = await startApi((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      got.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status(), { Location: '/elsewhere' }).end();
    });
  });
  return { got, api };
}

describe('a gateway whose policy says what happens past the limit', () => {
  it('closes the connection where it says drop', async () => {
    const { gateway } = await setUp(echo, `${KEYED}limits: { a: { rate: 1/minute, per: key, past: { drop: true } } }`);
    expect((await ask(gateway.url, { headers })).status).toBe(200);
    const line = await dial(gateway.url);
    line.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    await expect.poll(() => line.socket.destroyed || line.socket.readableEnded).toBe(true);
    expect(line.heard()).toBe('');
  });

  it('hands the API its mark, and never one that a client sends', async () => {
    const { gateway } = await setUp(
      echo,
      `${KEYED}limits: { a: { rate: 2/minute, per: key, past: [{ at: 100%, mark: coarse }, { deny: exceeded }] } }`,
    );
    const marks: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const { body } = await ask(gateway.url, { headers: { ...headers, 'X-Headgate-Mark': 'mine' } });
      marks.push((JSON.parse(body) as { headers: Record<string, string> }).headers['x-headgate-mark']);
    }
    expect(marks).toEqual([undefined, 'coarse']);
  });

  it('tells a web hook, signed, once it takes it, and blocks nobody meanwhile', async () => {
    vi.stubEnv('HOOK', 'shared secret');
    let isUp = false;
    const { got, api } = await receiver(() => (isUp ? 204 : 302));
    const { gateway } = await setUp(
      echo,
      `${KEYED}limits: { a: { rate: 2/minute, per: key, past: [{ at: 100%, notify: ops }, { bill: ops }] } }
notify: { ops: { webhook: "${api.url}/hook", secret: { env: HOOK } } }`,
    );
    for (let i = 0; i < 3; i++) expect((await ask(gateway.url, { headers })).status).toBe(200);
    await expect.poll(() => got.length).toBeGreaterThan(0);
    isUp = true;
    await expect.poll(() => new Set(got.map((one) => one.headers['webhook-id'])).size).toBe(2);
    const last = got.at(-1);
    const signed = `${String(last?.headers['webhook-id'])}.${String(last?.headers['webhook-timestamp'])}.${last?.body}`;
    const own = createHmac('sha256', 'shared secret').update(signed).digest('base64');
    expect(last?.headers['webhook-signature']).toBe(`v1,${own}`);
    const said = got.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(new Set(said)).toEqual(new Set(['limit.reached', 'limit.overage']));
    vi.unstubAllEnvs();
    await api.close();
  });
});
