import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGrant } from '../../src/settle/grant.ts';
import { MIN_TOKEN } from '../../src/settle/tokens.ts';
import { ask, start, startApi, type Answer, type Api, type Started } from '../support.ts';

const TOKEN = 'b'.repeat(MIN_TOKEN);
const POLICY = `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits:
  calls: { quota: 2/day, per: key, grants: true }
  flat: { quota: 100/day, per: key }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`;

let api: Api;
let gateway: Started;

beforeEach(async () => {
  api = await startApi((_, response) => response.end('ok'));
  gateway = await start({ policy: POLICY, upstream: api.url, tokens: [TOKEN], admin: true });
});

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

const ORDER = { id: 'order-1', limit: 'calls', subject: { key: 'k' }, units: 3 };

function give(grant: unknown, token = TOKEN): Promise<Answer> {
  const body = typeof grant === 'string' ? grant : JSON.stringify(grant);
  const headers = { authorization: `Bearer ${token}` };
  return ask(`${gateway.settleUrl}/v1/grants`, { method: 'POST', body, headers });
}

async function told(key = 'k'): Promise<unknown[]> {
  const { status, headers } = await ask(gateway.url, { headers: { 'x-api-key': key } });
  return [status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']];
}

describe('a grant that is posted where the API settles', () => {
  it('is given once, to the caller whose key it names, and told from the next request on', async () => {
    expect(await told()).toEqual([200, '2', '1']);
    const [first, again] = [await give(ORDER), await give(ORDER)];
    expect([first, again].map(({ status, body }) => [status, body])).toEqual([
      [200, '{"id":"order-1","is":"given"}'],
      [200, '{"id":"order-1","is":"known"}'],
    ]);
    expect(await told()).toEqual([200, '5', '3']);
    expect(await told('other')).toEqual([200, '2', '1']);
    expect((await ask(`${gateway.adminUrl}/metrics`)).body).toContain(
      'headgate_settlements_total{answer="grant 200"} 2',
    );
  });

  it('ends at its instant', async () => {
    const until = new Date(gateway.clock.nowMs + 5000).toISOString();
    expect((await give({ ...ORDER, until })).status).toBe(200);
    gateway.clock.nowMs += 4999;
    expect(await told()).toEqual([200, '5', '4']);
    gateway.clock.nowMs += 1;
    expect(await told()).toEqual([200, '2', '0']);
    expect((await told())[0]).toBe(429);
  });

  it.each<[what: string, grant: unknown, status: number, detail: string]>([
    ['a limit that there is not', { ...ORDER, limit: 'callz' }, 404, 'no such limit'],
    ['a limit that takes none', { ...ORDER, limit: 'flat' }, 400, 'ERR_VERB'],
    ['an end that is over', { ...ORDER, until: '2001-01-01T00:00:00Z' }, 400, 'ERR_GRANT'],
    ['a part of a unit', { ...ORDER, units: 0.5 }, 400, 'ERR_COST'],
    ['more than can be counted', { ...ORDER, units: 2 ** 53 }, 400, 'ERR_COST'],
    ['no JSON', '{', 400, 'expected JSON'],
    ['nothing', '', 400, 'expected an object'],
  ])('of %s is refused', async (_, grant, status, detail) => {
    const answer = await give(grant);
    expect([answer.status, answer.body.includes(detail)]).toEqual([status, true]);
    expect(await told()).toEqual([200, '2', '1']);
  });

  it('needs a token', async () => {
    expect((await give(ORDER, 'c'.repeat(MIN_TOKEN))).status).toBe(401);
    expect(
      (await ask(`${gateway.settleUrl}/v1/grants`, { headers: { authorization: `Bearer ${TOKEN}` } })).status,
    ).toBe(405);
    expect(await told()).toEqual([200, '2', '1']);
  });
});

describe('a grant', () => {
  it.each<[grant: unknown, said: string]>([
    [[], 'the body: expected an object'],
    [{ ...ORDER, id: '' }, '"id": expected text'],
    [{ ...ORDER, id: 7 }, '"id": expected text, got 7'],
    [{ ...ORDER, limit: undefined }, '"limit": expected text, got undefined'],
    [{ ...ORDER, subject: {} }, '"subject": expected 1 to 100 attributes, got 0'],
    [{ ...ORDER, subject: 'k' }, '"subject": expected an object'],
    [{ ...ORDER, subject: { key: null } }, '"subject": "key": expected text, a number, true or false, got null'],
    [{ ...ORDER, units: 0 }, '"units": expected a number above 0, got 0'],
    [{ ...ORDER, units: -5 }, 'got -5'],
    [{ ...ORDER, units: '3' }, 'got "3"'],
    [{ ...ORDER, until: '2030-01-01' }, '"until": expected an instant such as'],
    [{ ...ORDER, until: '2030-01-01T00:00:00' }, '"until": expected an instant such as'],
    [{ ...ORDER, until: '2030-02-30T00:00:00Z' }, '"until": expected an instant such as'],
    [{ ...ORDER, until: 1_900_000_000_000 }, '"until": expected an instant such as'],
    [{ ...ORDER, ends: 'never' }, '"ends": expected nothing but id, limit, subject, operation, units and until'],
  ])('%j is refused, and named', (grant, said) => {
    expect(() => readGrant(JSON.stringify(grant))).toThrow(said);
  });

  it.each(['{"id":"a","limit":"calls","subject":{"key":"k"},"units":1e400}', '{"units":NaN}'])('%s is none', (text) => {
    expect(() => readGrant(text)).toThrow(/expected (?:JSON|a number above 0)/);
  });
});
