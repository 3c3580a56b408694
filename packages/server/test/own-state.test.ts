import { describe, expect, it } from 'vitest';
import { echo, setUp } from './set-up.ts';
import { ask } from './support.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
unidentified: 9/minute
operations: { list: { match: GET /files } }
limits: { calls: { rate: 5/minute, algorithm: fixed, per: key } }
respond: { expose: true, headers: { of: calls, dialect: ratelimit } }
endpoints: { own: { match: GET /limits } }
`;
const KEY = { 'X-API-Key': 'k' };

describe('over a socket', () => {
  it('a caller reads its own state, which the API is never asked for and nothing is charged for', async () => {
    const asked: string[] = [];
    const { gateway } = await setUp((incoming, response) => {
      asked.push(incoming.url ?? '');
      response.end();
    }, POLICY);
    await ask(`${gateway.url}/files`, { headers: KEY });
    const read = await ask(`${gateway.url}/limits`, { headers: KEY });
    expect([read.status, read.headers['cache-control'], read.headers['ratelimit-policy']]).toEqual([
      200,
      'no-store',
      '"calls";q=5;w=60',
    ]);
    expect(JSON.parse(read.body)).toMatchObject({ limits: [{ name: 'calls', used: 1, remaining: 4 }] });
    const head = await ask(`${gateway.url}/limits`, { method: 'HEAD', headers: KEY });
    expect([head.status, head.body, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
    expect([asked, gateway.log.denials]).toEqual([['/base/files'], []]);
  });

  it('401 and 404 tell how limits stand, and let scripts read it', async () => {
    const { gateway } = await setUp(echo, POLICY);
    const unknown = await ask(`${gateway.url}/files`);
    const missing = await ask(`${gateway.url}/nothing`, { headers: KEY });
    expect([
      unknown.status,
      unknown.headers['ratelimit-policy'],
      unknown.headers['access-control-expose-headers'],
    ]).toEqual([401, '"unidentified";q=9;w=60', 'RateLimit-Policy, RateLimit, WWW-Authenticate']);
    expect([missing.status, missing.headers['ratelimit-policy']]).toEqual([404, '"calls";q=5;w=60']);
  });
});
