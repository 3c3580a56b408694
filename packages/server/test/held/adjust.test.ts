/* oxlint-disable no-await-in-loop -- one request after another */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCorrection } from '../../src/settle/correction.ts';
import { MIN_TOKEN } from '../../src/settle/tokens.ts';
import { ask, start, startApi, type Answer, type Api, type Started } from '../support.ts';

const TOKEN = 'b'.repeat(MIN_TOKEN);
const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
unidentified: unlimited
operations: { put: { match: POST /files }, look: { match: GET /files }, drop: { match: DELETE /files/:id } }
limits:
  stored: { level: 1000B, per: key, on: put, cost: request.bytes, hold: { id: response.body.id, until: drop } }
  month: { quota: $5/month, per: key, on: look, cost: 0.25 }
  calls: { rate: 100/minute, per: key, on: look }
respond:
  headers:
    - { of: stored, on: [put], fields: { X-Used: '{used}' } }
    - { of: month, on: [look], fields: { X-Used: '{used}' } }
`;

let api: Api;
let gateway: Started;

beforeEach(async () => {
  api = await startApi((_, response) => response.end('ok'));
  gateway = await start({ policy: POLICY, upstream: api.url, tokens: [TOKEN] });
});

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

function say(limit: string, body: unknown, token = TOKEN): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  return ask(`${gateway.settleUrl}/v1/limits/${limit}/adjust`, { method: 'POST', body: JSON.stringify(body), headers });
}

async function used(method: string, key = 'k'): Promise<string | undefined> {
  return (await ask(`${gateway.url}/files`, { method, headers: { 'X-API-Key': key } })).headers['x-used'] as string;
}

describe('an operator of the gateway', () => {
  it('sets right what a level counts for one subject, never below nothing', async () => {
    const told = await say('stored', { subject: { key: 'k' }, by: 700 });
    expect([told.status, JSON.parse(told.body)]).toEqual([200, { limit: 'stored', is: 'adjusted' }]);
    expect([await used('POST'), await used('POST', 'other')]).toEqual(['700', '0']);
    await say('stored', { subject: { key: 'k' }, by: -300 });
    expect(await used('POST')).toBe('400');
    await say('stored', { subject: { key: 'k' }, by: -5000 });
    expect(await used('POST')).toBe('0');
  });

  it('sets right what a quota counts, in dollars', async () => {
    await say('month', { subject: { key: 'k' }, by: 1.5 });
    expect(await used('GET')).toBe('1.75');
    await say('month', { subject: { key: 'k' }, by: -0.75 });
    expect(await used('GET')).toBe('1.25');
  });

  it.each<[what: string, limit: string, body: unknown, status: number, said: string]>([
    ['a limit that there is not', 'store', { subject: { key: 'k' }, by: 1 }, 404, 'no such limit'],
    ['a rate', 'calls', { subject: { key: 'k' }, by: 1 }, 400, 'expected a level or a quota, got a rate'],
    ['part of a byte', 'stored', { subject: { key: 'k' }, by: 0.5 }, 400, 'at most 0 decimals, got 0.5'],
    ['a name that nobody expects', 'stored', { subject: { key: 'k' }, by: 1, of: 2 }, 400, 'of'],
    ['a subject without what it is counted by', 'stored', { subject: { kye: 'k' }, by: 1 }, 404, 'attributes'],
    ['a subject whose name is empty', 'stored', { subject: { key: '' }, by: 1 }, 404, 'attributes'],
  ])('is told of %s, and nothing is changed', async (_, limit, body, status, said) => {
    const answer = await say(limit, body);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(said)]);
    expect([await used('POST'), await used('GET')]).toEqual(['0', '0.25']);
  });

  it('shows a token', async () => {
    expect((await say('stored', { subject: { key: 'k' }, by: 1 }, 'c'.repeat(MIN_TOKEN))).status).toBe(401);
    expect(await used('POST')).toBe('0');
  });
});

describe('a correction', () => {
  it.each([
    ['{}', '"by": expected a number that is not 0, got undefined'],
    ['{"by":0}', 'got 0'],
    ['{"by":"3"}', 'got "3"'],
    ['{"by":1e400}', 'got Infinity'],
    ['{"by":1}', '"subject": expected an object, got undefined'],
    ['{"by":1,"subject":{}}', 'expected 1 to 100 attributes, got 0'],
    ['{"by":1,"subject":{"key":null}}', '"subject": "key": expected text, a number, true or false, got null'],
    ['{"by":1,"subject":{"key":"k"},"operation":3}', '"operation": expected a name, got 3'],
    ['{"by":1,', 'expected JSON'],
  ])('%s is refused, and named', (text, said) => {
    expect(() => readCorrection(text)).toThrow(said);
  });
});
