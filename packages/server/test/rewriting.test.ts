import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask2 } from './http2-support.ts';
import { setUp } from './set-up.ts';
import { ask } from './support.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
endpoints: { own: { match: GET /limits } }
limits: { calls: { rate: 5/minute, algorithm: fixed, per: key } }
respond: { merge: [{ of: calls, at: /meta/limit, body: { left: '{remaining}' } }] }
`;
const KEY = { 'X-API-Key': 'k' };

describe('a limit written into the API\u2019s own JSON', () => {
  it('stands where the policy says, in a body of its own length, without the fields that are no longer true', async () => {
    const seen: unknown[] = [];
    const { gateway } = await setUp((incoming, response) => {
      seen.push(incoming.headers['accept-encoding'], incoming.headers['range']);
      response.writeHead(200, { 'Content-Type': 'application/json', ETag: '"1"', 'Content-Length': 16 });
      response.write('{"items": [1]');
      setImmediate(() => response.end('\r\n}'));
    }, POLICY);
    const answer = await ask(gateway.url, { headers: { ...KEY, 'Accept-Encoding': 'gzip', Range: 'bytes=0-3' } });
    expect(JSON.parse(answer.body)).toEqual({ items: [1], meta: { limit: { left: 4 } } });
    expect([answer.headers['content-length'], answer.headers['etag']]).toEqual([String(answer.body.length), undefined]);
    expect(seen).toEqual(['identity', undefined]);
    const overHttp2 = await ask2(gateway.url, { 'x-api-key': 'k' });
    expect(JSON.parse(overHttp2.body)).toMatchObject({ meta: { limit: { left: 3 } } });
  });

  it.each([
    ['is no JSON', 'text/plain', '{"a": 1}'],
    ['only says that it is JSON', 'application/json', 'a'],
    ['is not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['is too large', 'application/json', `{"a": "${'x'.repeat(1_100_000)}"}`],
  ])('is left out of a body that %s, which passes as it came', async (_, type, body) => {
    const { gateway } = await setUp((_incoming, response) => {
      response.writeHead(200, { 'Content-Type': type, ETag: '"1"' }).end(body);
    }, POLICY);
    const response = await fetch(gateway.url, { headers: KEY });
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(body))).toBe(true);
    expect(response.headers.get('etag')).toBe('"1"');
  });

  it('holds no more of a body than its bound: beyond, what has come is sent on while more is to come', async () => {
    let finish: (() => void) | undefined;
    const { gateway } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).write(`"${'x'.repeat(1_100_000)}`);
      finish = () => response.end('"');
    }, POLICY);
    const response = await fetch(gateway.url, { headers: KEY });
    finish?.();
    expect((await response.text()).length).toBe(1_100_002);
  });

  it('leaves a HEAD without the length and the tag of the body that would have been changed', async () => {
    const { gateway } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', ETag: '"1"', 'Content-Length': 2 }).end('{}');
    }, POLICY);
    const { status, headers } = await ask(gateway.url, { method: 'HEAD', headers: KEY });
    expect([status, headers['content-length'], headers['etag']]).toEqual([200, undefined, undefined]);
  });

  it('is left out of a body that is encoded all the same', async () => {
    const { gateway } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(gzipSync('{}'));
    }, POLICY);
    const response = await fetch(gateway.url, { headers: KEY });
    expect(await response.text()).toBe('{}');
  });
});

describe('an endpoint for one\u2019s own state', () => {
  it('is answered here, and costs nothing', async () => {
    let asked = 0;
    const { gateway } = await setUp((_, response) => void response.end(String(++asked)), POLICY);
    await ask(gateway.url, { headers: KEY });
    const states = [
      await ask(`${gateway.url}/limits`, { headers: KEY }),
      await ask(`${gateway.url}/limits`, { headers: KEY }),
    ];
    for (const { status, body } of states) {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ limits: [{ name: 'calls', limit: 5, remaining: 4 }] });
    }
    expect(asked).toBe(1);
    expect(gateway.log.denials).toEqual([]);
  });
});

describe('what asks to be run as another request', () => {
  it('does not reach the API', async () => {
    const { gateway } = await setUp((incoming, response) => {
      response.end(JSON.stringify([incoming.url, Object.keys(incoming.headers)]));
    }, POLICY);
    const headers = {
      ...KEY,
      'X-HTTP-Method-Override': 'DELETE',
      X_HTTP_Method_Override: 'DELETE',
      'X-Headgate-Subject': 'admin',
    };
    const { body } = await ask(`${gateway.url}/items?a=1&_method=DELETE`, { headers });
    expect(body).not.toMatch(/override|method|headgate-/i);
    expect(JSON.parse(body)).toEqual(['/base/items?a=1', expect.anything()]);
  });
});
