import { describe, expect, it } from 'vitest';
import { ask as askAt, type Answer } from '../packages/server/test/support.ts';
import { bearer, serve, START, TOKEN, type Served } from './served.ts';
import { uploads } from './uploads.ts';

type Tier = 'FREE' | 'STARTER' | 'PROFESSIONAL' | 'ENTERPRISE';

const CALLERS: Readonly<Record<Tier, Record<string, string>>> = {
  FREE: { Cookie: 'session=free-demo' },
  STARTER: bearer('starter-demo'),
  PROFESSIONAL: bearer('professional-demo'),
  ENTERPRISE: bearer('enterprise-demo'),
};

/** Has used so much more of a limit, as an operator's correction says. */
async function used({ gateway }: Served, limit: string, plan: Tier, by: number): Promise<number> {
  const answer = await askAt(`${gateway.settleUrl}/v1/limits/${limit}/adjust`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subject: { account: plan.toLowerCase(), plan }, by }),
  });
  return answer.status;
}

const statuses = (...answers: Answer[]): number[] => answers.map(({ status }) => status);

describe('the tier table of the Aionvision page', () => {
  it.each<readonly [Tier, number]>([
    ['FREE', 15],
    ['STARTER', 300],
    ['PROFESSIONAL', 2500],
    ['ENTERPRISE', 10_000],
  ])('"AI descriptions/month": %s has %i', async (tier, amount) => {
    const served = await serve('aionvision.yaml');
    expect(await used(served, 'ai', tier, amount - 1)).toBe(200);
    const describeOne = (): Promise<Answer> => served.ask('POST /v1/files/f1/describe', CALLERS[tier]);
    expect(statuses(await describeOne(), await describeOne())).toEqual([200, 429]);
    served.gateway.clock.nowMs = Date.UTC(2026, 4, 1);
    expect(statuses(await describeOne())).toEqual([200]);
  });

  it.each<readonly [Tier, number]>([
    ['FREE', 10],
    ['STARTER', 200],
    ['PROFESSIONAL', 2000],
    ['ENTERPRISE', 5000],
  ])('"Chat messages/month": %s has %i', async (tier, amount) => {
    const served = await serve('aionvision.yaml');
    expect(await used(served, 'chats', tier, amount - 1)).toBe(200);
    const say = (): Promise<Answer> => served.ask('POST /v1/chat', CALLERS[tier]);
    expect(statuses(await say(), await say())).toEqual([200, 429]);
    served.gateway.clock.nowMs = Date.UTC(2026, 4, 1);
    expect(statuses(await say())).toEqual([200]);
  });

  it.each<readonly [Tier, number]>([
    ['FREE', 1e9],
    ['STARTER', 25e9],
    ['PROFESSIONAL', 100e9],
  ])('"storage quota": %s has %i bytes', async (tier, bytes) => {
    const api = uploads();
    api.atOnce = 201;
    const served = await serve('aionvision.yaml', START, api.listener);
    expect(await used(served, 'storage', tier, bytes - 10)).toBe(200);
    const store = (size: number): Promise<Answer> =>
      askAt(`${served.gateway.url}/v1/upload/presigned/f`, {
        method: 'PUT',
        headers: CALLERS[tier],
        body: 'x'.repeat(size),
      });
    expect(statuses(await store(11), await store(10), await store(1))).toEqual([429, 201, 429]);
  });

  it('"storage quota" of ENTERPRISE is unlimited: nothing is counted', async () => {
    const served = await serve('aionvision.yaml');
    expect(await used(served, 'storage', 'ENTERPRISE', 1)).toBe(404);
  });
});
