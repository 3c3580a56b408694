/* oxlint-disable no-await-in-loop -- one event after another */
import { describe, expect, it } from 'vitest';
import { MIN_TOKEN } from '../../src/settle/tokens.ts';
import { ask, start, startApi, type Answer, type Started } from '../support.ts';

const TOKEN = 't'.repeat(MIN_TOKEN);
const POLICY = `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations:
  start: { match: POST /jobs }
  web: { event: app.web-content }
  send: { event: app.send }
limits:
  content: { rate: 2/hour, algorithm: fixed, per: key, on: [web, start] }
  sent: { rate: 100/hour, algorithm: fixed, per: key, on: send, cost: facts.recipients }
  jobs: { concurrency: 1, per: key, on: start, hold: { id: response.body.id, until: [app.done], lease: 1h } }
respond: { exceeded: { status: 429, body: { wait: "{retryAfter}" }, codes: { smtp: "450 4.7.1 Wait {retryAfter} s" } } }
`;

async function within(work: (gateway: Started) => Promise<void>): Promise<void> {
  const api = await startApi((_, response) => response.setHeader('Content-Type', 'application/json').end('{"id": 7}'));
  const gateway = await start({ policy: POLICY, upstream: api.url, tokens: [TOKEN] });
  try {
    await work(gateway);
  } finally {
    await gateway.stop(0);
    await api.close();
  }
}

function tell({ settleUrl }: Started, name: string, body: unknown, token = TOKEN): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(`${settleUrl}/v1/events/${name}`, {
    method: 'POST',
    body: text,
    headers: { authorization: `Bearer ${token}` },
  });
}

const json = ({ body }: Answer): unknown => JSON.parse(body);
const WHO = { subject: { key: 'k' } };

describe('an event that the application tells', () => {
  it('is decided with what else is counted, and a refusal says what the policy answers', () =>
    within(async (gateway) => {
      await ask(`${gateway.url}/jobs`, { method: 'POST', headers: { 'X-API-Key': 'k' } });
      expect(json(await tell(gateway, 'web-content', WHO))).toEqual({ event: 'web-content', allowed: true });
      expect(json(await tell(gateway, 'app.web-content', WHO))).toEqual({
        event: 'web-content',
        allowed: false,
        limit: 'content',
        retryAfterMs: 3_600_000,
        status: 429,
        body: '{"wait":3600}',
        codes: { smtp: '450 4.7.1 Wait 3600 s' },
      });
    }));

  it('ends what a request began, once, however often it is told', () =>
    within(async (gateway) => {
      const job = async (): Promise<number> =>
        (await ask(`${gateway.url}/jobs`, { method: 'POST', headers: { 'X-API-Key': 'k' } })).status;
      expect([await job(), await job()]).toEqual([200, 429]);
      for (let i = 0; i < 3; i++) expect((await tell(gateway, 'done', { facts: { id: '7' } })).status).toBe(200);
      expect([await job(), await job()]).toEqual([200, 429]);
    }));

  it('told twice under one id is charged once; the id with other facts is an error', () =>
    within(async (gateway) => {
      const send = async (recipients: unknown, id?: string): Promise<unknown> => {
        const answer = await tell(gateway, 'send', { ...WHO, facts: { recipients }, id });
        return answer.status === 200 ? (json(answer) as { allowed: boolean }).allowed : answer.status;
      };
      expect([await send(60, 'a'), await send(60, 'a'), await send(60, 'b'), await send(40, 'c')]).toEqual([
        true,
        true,
        false,
        true,
      ]);
      expect([await send(0, 'a'), await send(-1), await send('3'), await send(undefined)]).toEqual([
        400, 400, 400, 400,
      ]);
    }));

  it.each<[what: string, name: string, body: unknown, token: string | undefined, status: number]>([
    ['that nobody knows', 'nothing', WHO, undefined, 404],
    ['by a name that is none', 'a%2fb', WHO, undefined, 404],
    ['with a wrong token', 'web-content', WHO, 'x'.repeat(MIN_TOKEN), 401],
    ['that is no JSON', 'web-content', '{', undefined, 400],
    ['with a word that nobody expects', 'web-content', { ...WHO, fact: {} }, undefined, 400],
    ['whose facts are a list', 'web-content', { ...WHO, facts: [] }, undefined, 400],
    ['whose id is a number', 'web-content', { ...WHO, id: 7 }, undefined, 400],
    ['that ends something, and does not say what', 'done', WHO, undefined, 400],
    ['that names what it ends by no id', 'done', { facts: { id: { job: 7 } } }, undefined, 400],
    ['that names what it ends by an empty text', 'done', { facts: { id: '' } }, undefined, 400],
    ['that is too long', 'web-content', { ...WHO, facts: { text: 'x'.repeat(20_000) } }, undefined, 413],
  ])('%s is refused, and changes nothing', (_, name, body, token, status) =>
    within(async (gateway) => {
      expect((await tell(gateway, name, body, token)).status).toBe(status);
      const left: unknown[] = [];
      for (let i = 0; i < 3; i++)
        left.push((json(await tell(gateway, 'web-content', WHO)) as { allowed: boolean }).allowed);
      expect(left).toEqual([true, true, false]);
    }),
  );
});
