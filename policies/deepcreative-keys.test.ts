/* oxlint-disable no-await-in-loop -- each counts after the one before */
import { effectiveLimits } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { describe, expect, it } from 'vitest';
import { policyText, type Answer } from '../packages/server/test/support.ts';
import { CREATE, running } from './running.ts';
import { bearer, START } from './served.ts';

const POLICY = policyText('deepcreative.yaml');
const statuses = (...answers: Answer[]): number[] => answers.map(({ status }) => status);

describe('the table of the Deep Creative page', () => {
  it('"limit type" and "default": the policy names and defaults its limits as the rows do', () => {
    const rows = effectiveLimits(parsePolicy(POLICY)).map(({ label, amount, unit, per }) => [label, amount, unit, per]);
    expect(rows).toEqual([
      ['Requests per minute', '60/1m', 'requests', 'key'],
      ['Concurrent predictions', '5', 'predictions', 'key'],
      ['Daily spending', 'unlimited', 'USD', 'key'],
      ['Monthly spending', 'unlimited', 'USD', 'key'],
      ['Polls of a prediction', 'unlimited', 'requests', 'key, path.id'],
    ]);
  });

  it.each(['succeeded', 'failed', 'canceled'])(
    'a prediction that is %s when its creation is answered holds nothing',
    async (status) => {
      const api = await running();
      api.begins = status;
      for (let i = 0; i < 7; i++) expect((await api.create()).status).toBe(201);
      api.begins = 'starting';
      const after = await Promise.all([1, 2, 3, 4, 5, 6].map(api.create));
      expect(statuses(...after).filter((one) => one === 201)).toHaveLength(5);
    },
  );
});

describe('what is "configurable per key" on the Deep Creative page', () => {
  it('holds from the day on which it was agreed, and as long: no budget, no second between polls, and 60 a minute before and after', async () => {
    const { ask, create, gateway } = await running('dk_budget_demo', Date.UTC(2026, 0, 1) - 1);
    const limit = async (): Promise<unknown> =>
      (await ask('GET /v1/models', bearer('dk_enterprise_demo'))).headers['x-ratelimit-limit'];
    const poll = (): Promise<Answer> => ask('GET /v1/predictions/p1', bearer('dk_calm_demo'));
    const budgeted = (): Promise<Answer[]> => Promise.all([1, 2, 3, 4, 5].map(create));
    expect(statuses(...(await budgeted())), 'as many as may run').toEqual([201, 201, 201, 201, 201]);
    expect([await limit(), ...statuses(await poll(), await poll())]).toEqual(['60', 200, 200]);
    gateway.clock.nowMs += 1;
    expect([await limit(), ...statuses(await poll(), await poll())]).toEqual(['600', 200, 429]);
    gateway.clock.nowMs += 3_600_000;
    expect(
      statuses(...(await budgeted())).filter((one) => one === 201),
      'of $2, 50 cents each',
    ).toHaveLength(4);
    gateway.clock.nowMs = Date.UTC(2027, 0, 1) - 1;
    expect(await limit()).toBe('600');
    gateway.clock.nowMs += 1;
    expect(await limit()).toBe('60');
  });

  it('a budget is each key\u2019s own, counts what its creations cost and nothing else, and is told whole where one answer overspends it', async () => {
    const api = await running('dk_budget_demo');
    const { ask, create, gateway, set } = api;
    const another = POLICY.replace('overrides:\n', `overrides:\n${budgetOf('dk_other')}`);
    gateway.use(parsePolicy(another));
    api.price = 5.25;
    expect((await create()).status).toBe(201);
    set('p1', 'succeeded');
    for (let i = 0; i < 10; i++)
      expect((await ask('GET /v1/predictions/p1', bearer('dk_budget_demo'))).status).toBe(200);
    expect(JSON.parse((await create()).body)).toMatchObject({
      error: {
        message: 'Monthly spending limit exceeded. $5.25 of $3 spent.',
        details: { limit: 3, spent: 5.25, currency: 'USD', reset_at: '2026-05-01T00:00:00Z' },
      },
    });
    expect((await ask(CREATE, bearer('dk_other'))).status).toBe(201);
    gateway.clock.nowMs = Date.UTC(2026, 3, 12);
    expect((await create()).status, 'the month is spent').toBe(429);
  });

  it('an enterprise key has 600 requests a minute, and fifty predictions at once', async () => {
    const { create } = await running('dk_enterprise_demo');
    const fifty = await Promise.all(Array.from({ length: 50 }, create));
    expect(new Set(statuses(...fifty))).toEqual(new Set([201]));
    const { body, headers } = await create();
    expect(body).toContain('Concurrent prediction limit exceeded. 50/50 predictions running.');
    expect([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']]).toEqual([
      '600',
      '550',
      String(Math.ceil((START + 60_000) / 1000)),
    ]);
  });

  it('a second between polls is of polls alone, and of one key\u2019s', async () => {
    const { ask, gateway } = await running();
    gateway.use(parsePolicy(POLICY.replace('rate: unlimited', 'rate: 1/second')));
    const [calm, other] = [bearer('dk_calm_demo'), bearer('dk_2')];
    expect(statuses(await ask(CREATE, calm), await ask(CREATE, calm))).toEqual([201, 201]);
    expect(statuses(await ask('GET /v1/predictions/p1', calm), await ask('GET /v1/predictions/p1', other))).toEqual([
      200, 200,
    ]);
    expect(statuses(await ask('GET /v1/predictions/p1', calm), await ask('GET /v1/predictions/p1', other))).toEqual([
      429, 429,
    ]);
    expect(JSON.parse((await ask('GET /v1/predictions/p1', calm)).body)).toEqual({
      error: {
        type: 'rate_limit_error',
        message: 'Rate limit exceeded. Polls of a prediction: 1 per second. Retry after 1 seconds.',
        code: 'RATE_LIMIT_EXCEEDED',
        details: { limit: 1, retry_after: 1 },
      },
    });
    expect((await ask('POST /v1/predictions/p1/cancel', calm)).status).toBe(200);
  });
});

describe('who shows no key to the Deep Creative API', () => {
  it('is answered in the page\u2019s envelope, and told to wait once there were too many', async () => {
    const { ask, gateway } = await running();
    gateway.use(parsePolicy(`unidentified: 2/minute\n${POLICY}`));
    const [first, , third] = [await ask('GET /v1/models'), await ask('GET /v1/models'), await ask('GET /v1/models')];
    expect([first.status, JSON.parse(first.body)]).toEqual([
      401,
      {
        error: {
          type: 'authentication_error',
          message: 'A valid API key is required. Send it as a bearer token.',
          code: 'INVALID_API_KEY',
          details: {},
        },
      },
    ]);
    expect([third.status, third.headers['retry-after'], JSON.parse(third.body)]).toEqual([
      429,
      '64',
      {
        error: {
          type: 'rate_limit_error',
          message: 'Too many requests without a valid API key. Retry after 64 seconds.',
          code: 'RATE_LIMIT_EXCEEDED',
          details: { limit: 2, retry_after: 64 },
        },
      },
    ]);
  });
});

describe('a limit of the Deep Creative page that is lowered while predictions run', () => {
  it('ends none, tells how many run, and lets the next begin once fewer do', async () => {
    const { ask, create, gateway, set } = await running('dk_1', START);
    const of = (limit: number): void =>
      gateway.use(parsePolicy(POLICY.replace('concurrency: 5', `concurrency: ${limit}`)));
    await Promise.all([1, 2, 3, 4, 5].map(create));
    of(3);
    expect(JSON.parse((await create()).body)).toMatchObject({
      error: {
        message: 'Concurrent prediction limit exceeded. 5/3 predictions running.',
        details: { limit: 3, active: 5 },
      },
    });
    for (const [id, status] of [
      ['p1', 429],
      ['p2', 429],
      ['p3', 201],
    ] as const) {
      set(id, 'succeeded');
      await ask(`GET /v1/predictions/${id}`, bearer('dk_1'));
      expect((await create()).status, `without ${id}`).toBe(status);
    }
    of(5);
    expect(statuses(await create(), await create(), await create())).toEqual([201, 201, 429]);
  });
});

function budgetOf(key: string): string {
  return `  - { for: { key: ${key} }, limits: { daily: $2/day, monthly: $3/month }, from: 2026-01-01, reason: Asked for a budget, by: support }\n`;
}
