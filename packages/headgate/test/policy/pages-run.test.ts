import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createHttpGate, type HttpGateOptions } from '../../src/http/index.ts';
import type { Handled, HttpGate } from '../../src/http/handled.ts';
import type { Letter } from '../../src/http/notify/mail.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';
import { sha256, viewOf, type Spec } from '../gate-of.ts';

/*
 * The pages that the language was sketched against, run: each figure of theirs, by requests and what is answered.
 */

const read = (path: string): string => readFileSync(new URL(`pages/${path}`, import.meta.url), 'utf8');
const BEGINS_AT = Date.parse('2026-05-15T12:00:00Z');

interface Answer {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Running {
  readonly clock: ManualClock;
  readonly gate: HttpGate;
  /** One request; an API that answers `status` and, as JSON, `reply` stands behind. */
  readonly ask: (request: string, spec?: Spec & Asked) => Promise<Answer>;
  /** So many of them, one after another: the last. */
  readonly asks: (times: number, request: string, spec?: Spec & Asked) => Promise<Answer>;
}

interface Asked {
  readonly body?: unknown;
  readonly status?: number;
  readonly reply?: unknown;
}

function running(page: string, more: Partial<HttpGateOptions> = {}, edit = (text: string): string => text): Running {
  const clock = manualClock({ wallMs: BEGINS_AT, monotonicMs: BEGINS_AT });
  const policy = parsePolicy(edit(read(`${page}.yaml`)), { readFile: read });
  const gate = createHttpGate({ policy, store: memoryStore({ clock }), clock, sha256, salt: 's', ...more });
  const ask: Running['ask'] = async (request, { body, status = 200, reply, ...spec } = {}) => {
    const [method = 'GET', target = '/'] = request.split(' ');
    const bytes = new TextEncoder().encode(JSON.stringify(body ?? null));
    const fields = [
      ...(spec.fields ?? []),
      ...(body === undefined ? [] : [['Content-Length', String(bytes.length)] as const]),
    ];
    const handled = await gate.handle(viewOf({ ...spec, method, target, fields }), async () => ({
      is: 'whole',
      bytes,
    }));
    return answerOf(handled, status, reply);
  };
  return {
    clock,
    gate,
    ask,
    async asks(times, request, spec) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      for (let i = 1; i < times; i++) await ask(request, spec);
      return ask(request, spec);
    },
  };
}

function answerOf(handled: Handled, status: number, reply: unknown): Answer {
  if (handled.kind === 'answer') return { status: handled.status, fields: byName(handled.fields), body: handled.body };
  const fields = ['Content-Type', 'application/json'];
  const settled = handled.settle(status, fields);
  handled.end({
    status,
    reached: true,
    fields,
    body: reply === undefined ? { is: 'unread', why: 'absent' } : { is: 'json', value: reply },
    sentBytes: 9,
    tookMs: 5,
    torn: false,
  });
  return { status, fields: byName(settled), body: '' };
}

function byName(fields: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) found[(fields[i] ?? '').toLowerCase()] = fields[i + 1] ?? '';
  return found;
}

const json = ({ body }: Answer): unknown => JSON.parse(body);
const bearer = (token: string): Spec => ({ fields: [['Authorization', `Bearer ${token}`]] });

describe('the page of GitHub', () => {
  const people: Readonly<Record<string, object>> = {
    ann: {},
    corp: { enterprise: true },
    ghs_small: { id: 1, app: 'a', repos: 120, users: 20 },
    ghs_large: { id: 2, app: 'a', repos: 900, users: 20 },
  };
  /** The page does not say what its directory answers. */
  const edit = (text: string): string =>
    text
      .replace(
        'attributes: { org: org }',
        'attributes: { account: /id, account.repos: /repos, account.users: /users, app: /app }',
      )
      .replace(
        /user:\n\s+\{ bearer: true.*\n|user: \{ bearer: true, find: http, http: \{ url: '[^']*' \} \}/,
        "user: { bearer: true, find: http, http: { url: 'https://directory.example/users' }, attributes: { user.enterpriseApp: { at: /enterprise, default: false }, app: { at: /app, default: none } } }",
      );
  const fetch: HttpGateOptions['fetch'] = async (_url, { headers }) => {
    const found = people[(headers['authorization'] ?? '').slice('Bearer '.length)];
    return found === undefined
      ? { status: 404, body: null }
      : { status: 200, body: new Blob([JSON.stringify(found)]).stream() };
  };
  const github = (): Running => running('github', { fetch, deadline: () => new AbortController().signal }, edit);

  it('lets an address have 60 an hour, and says so in its own words', async () => {
    const { asks, ask } = github();
    expect((await asks(60, 'GET /repos/a')).fields).toMatchObject({
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-used': '60',
      'x-ratelimit-resource': 'core',
    });
    const refused = await ask('GET /repos/a');
    expect([refused.status, json(refused)]).toEqual([403, { message: 'API rate limit exceeded' }]);
  });

  it.each([
    ['ann', '5000'],
    ['corp', '15000'],
    ['ghs_small', '10000'],
    ['ghs_large', '12500'],
  ])('lets %s have %s, by formula or by plan', async (token, limit) => {
    const { fields } = await github().ask('GET /repos/a', bearer(token));
    expect(fields['x-ratelimit-limit']).toBe(limit);
  });

  it('limits searches apart, and contents to 80 a minute, whose refusal is of the second kind', async () => {
    const { asks, ask, gate } = github();
    expect((await asks(30, 'GET /search/code', bearer('ann'))).status).toBe(200);
    expect((await ask('GET /search/code', bearer('ann'))).status).toBe(403);
    await asks(79, 'POST /repos/a', bearer('ann'));
    const web = await gate.event('web-content', { subject: { auth: 'user', user: 'ann' } });
    expect(web !== 'unknown' && web.allowed).toBe(true);
    const refused = await ask('POST /repos/a', bearer('ann'));
    expect([refused.status, json(refused), refused.fields['retry-after']]).toEqual([
      429,
      { message: 'You have exceeded a secondary rate limit.' },
      expect.stringMatching(/^6\d$/),
    ]);
  });
});

describe('the page of Binance', () => {
  const from = (peer: string): Spec => ({ peer, fields: [] });

  it('counts weights a clock minute, and bans who goes on for two minutes, then for ten', async () => {
    const { asks, ask, clock } = running('binance');
    const a = from('192.0.2.1');
    expect((await asks(299, 'GET /api/v3/exchangeInfo', a)).fields['x-mbx-used-weight-1m']).toBe('5980');
    expect((await asks(4, 'GET /api/v3/depth', a)).fields['x-mbx-used-weight-1m']).toBe('6000');
    const refused = await ask('GET /api/v3/depth', a);
    expect([refused.status, refused.fields['retry-after'], json(refused)]).toEqual([
      429,
      '60',
      { code: -1003, msg: 'Too many requests.' },
    ]);
    const banned = await asks(20, 'GET /api/v3/depth', a);
    expect([banned.status, banned.fields['retry-after'], json(banned)]).toEqual([
      418,
      '120',
      { code: -1003, msg: `IP banned until ${BEGINS_AT + 120_000}.` },
    ]);
    expect((await ask('GET /api/v3/depth', from('192.0.2.2'))).status).toBe(200);
    clock.advance(120_000);
    expect((await ask('GET /api/v3/depth', a)).status).toBe(200);
    await asks(300, 'GET /api/v3/exchangeInfo', a);
    expect((await asks(40, 'GET /api/v3/depth', a)).fields['retry-after']).toBe('600');
  });

  it('counts orders that succeed, and tells of them only then', async () => {
    const { ask, asks } = running('binance');
    const key: Spec = { fields: [['X-MBX-APIKEY', 'test']] };
    expect((await asks(3, 'POST /api/v3/order', { ...key, status: 400 })).fields).not.toHaveProperty(
      'x-mbx-order-count-10s',
    );
    expect((await asks(2, 'POST /api/v3/order', key)).fields['x-mbx-order-count-10s']).toBe('2');
    await asks(48, 'POST /api/v3/order', key);
    expect((await ask('POST /api/v3/order', key)).status).toBe(429);
  });
});

describe('the page of EVE', () => {
  it('charges by the status of the answer: two, one, five or nothing', async () => {
    const { ask } = running('eve-esi');
    const left = async (status: number): Promise<number> => {
      await ask('GET /markets/1', { fields: [], status });
      const { fields } = await ask('GET /markets/1', { fields: [], status: 500 });
      expect([fields['x-ratelimit-group'], fields['x-ratelimit-limit']]).toEqual(['market', '600/15m']);
      return Number(fields['x-ratelimit-remaining']);
    };
    expect([await left(200), await left(304), await left(404), await left(503)]).toEqual([598, 597, 592, 592]);
    expect((await ask('GET /fleets/1', { fields: [] })).fields['x-ratelimit-limit']).toBe('150/15m');
  });
});

describe('the page of a model API', () => {
  const chat = (max: number, price = 0): object => ({ model: 'm', max_tokens: max, messages: [], price });
  const letters: Letter[] = [];
  const model = (plan = 'free'): Running =>
    running(
      'model-api',
      {
        hosts: { price: (body) => (body as { price?: number } | undefined)?.price ?? 0 },
        mail: async (letter) => letters.push(letter),
      },
      (text) =>
        text.replace('{ plan: free, org: acme }', `{ plan: ${plan}, org: acme, org.email: owner@acme.example }`),
    );
  const post = 'POST /v1/chat/completions';

  it('reserves the tokens that may be used, and settles those that were', async () => {
    const { ask } = model();
    const first = await ask(post, { ...bearer('test'), body: chat(1000), reply: { usage: { total_tokens: 300 } } });
    expect(first.fields).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-limit-tokens': '40000',
      'x-ratelimit-remaining-tokens': '39000',
    });
    const next = await ask(post, { ...bearer('test'), body: chat(1000), reply: { usage: { total_tokens: 0 } } });
    expect(next.fields['x-ratelimit-remaining-tokens']).toBe('38700');
    const refused = await ask(post, { ...bearer('test'), body: chat(39_900) });
    expect([refused.status, json(refused)]).toMatchObject([
      429,
      { error: { type: 'tokens', code: 'rate_limit_exceeded' } },
    ]);
  });

  it('takes no conversation that is longer than the model, and says so otherwise', async () => {
    const long = await model('tier5').ask(post, { ...bearer('test'), body: chat(130_000) });
    expect([long.status, json(long)]).toMatchObject([400, { error: { code: 'context_length_exceeded' } }]);
    expect(long.fields).not.toHaveProperty('retry-after');
  });

  it('tells the owner by mail at four fifths of the month, and stops at its end', async () => {
    const { ask } = model();
    const spend = (price: number): Promise<Answer> =>
      ask(post, { ...bearer('test'), body: chat(10, price), reply: { usage: { price, total_tokens: 10 } } });
    expect((await spend(90)).status).toBe(200);
    expect(letters).toEqual([]);
    expect((await spend(20)).status).toBe(200);
    await expect
      .poll(() => letters.map(({ to, subject }) => [to, subject]))
      .toEqual([['owner@acme.example', "Model API (as OpenAI's): 80% of month used: 110 of 120 USD"]]);
    const refused = await spend(11);
    expect([refused.status, json(refused)]).toMatchObject([429, { error: { code: 'insufficient_quota' } }]);
    expect((await spend(10)).status).toBe(200);
  });
});
