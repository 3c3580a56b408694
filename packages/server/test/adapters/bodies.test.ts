/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { readAll, type Message } from '../attack/wire.ts';
import { sendRaw } from '../support.ts';
import { written } from './raw.ts';
import { SERVERS } from './servers.ts';

/** Those that see a body before anybody has read it, and pass it on piece by piece. */
const READERS: ReadonlySet<string> = new Set([
  'gateway',
  'node',
  'express 4',
  'express 5',
  'koa',
  'fastify',
  'hono',
  'fetch',
]);

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits:
  tokens: { rate: 100/minute, algorithm: fixed, per: key, cost: request.body.tokens }
  size: { size: 40B, of: request.bytes, past: { status: 413, body: { largest: '{limit}' } } }
respond: { headers: { of: tokens, dialect: x-ratelimit } }
`;

const chunked = (body: string, pieces = 1): string => {
  const length = Math.ceil(body.length / pieces);
  const parts = Array.from({ length: pieces }, (_, i) => body.slice(i * length, (i + 1) * length)).filter(
    (part) => part !== '',
  );
  return `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
};

/** Sends a body with its length, or in so many pieces without one. */
async function post(url: string, body: string, pieces = 0): Promise<Message | undefined> {
  const framing = pieces === 0 ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked';
  const head = [
    'POST /files HTTP/1.1',
    'Host: a',
    'X-API-Key: k',
    'Content-Type: application/json',
    framing,
    'Connection: close',
  ];
  const bytes = await sendRaw(url, `${head.join('\r\n')}\r\n\r\n${pieces === 0 ? body : chunked(body, pieces)}`, 3000);
  return readAll(bytes).messages.at(-1);
}

const told = (message: Message | undefined): readonly [number, string | undefined, string] => {
  const [status, fields, body] = written(message);
  return [status, fields.find((field) => field.startsWith('x-ratelimit-remaining'))?.split(' ')[1], body];
};

describe.each(Object.entries(SERVERS).filter(([name]) => READERS.has(name)))('before an API, %s', (_, serve) => {
  it('reads a body for its cost, and hands it on as it came', async () => {
    const clock = { nowMs: 1e12, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
    const served = await serve({ policy: parsePolicy(POLICY), clock });
    try {
      const small = '{"tokens":40}';
      const received = JSON.stringify({ received: small });
      expect(told(await post(served.url, small))).toEqual([201, '60', received]);
      expect(told(await post(served.url, small, 3))).toEqual([201, '20', received]);
      expect((await post(served.url, small))?.first).toContain(' 429 ');
      expect((await post(served.url, '{"tokens":-1}'))?.first).toContain(' 400 ');
      expect((await post(served.url, 'no JSON'))?.first).toContain(' 400 ');
      expect(told(await post(served.url, '{"tokens":5}'))).toEqual([
        201,
        '15',
        JSON.stringify({ received: '{"tokens":5}' }),
      ]);
      expect(served.handled).toHaveLength(3);
    } finally {
      await served.close();
    }
  });

  it.each([0, 1, 7])(
    'refuses a body that is too large, also where its length is not told: in %i pieces',
    async (pieces) => {
      const clock = { nowMs: 1e12, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
      const served = await serve({ policy: parsePolicy(POLICY), clock });
      try {
        const [status, , body] = told(await post(served.url, `{"tokens":1,"padding":"${'x'.repeat(60)}"}`, pieces));
        expect([status, body]).toEqual([413, '{"largest":40}']);
      } finally {
        await served.close();
      }
    },
  );
});
