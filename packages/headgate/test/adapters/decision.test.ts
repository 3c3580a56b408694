import { describe, expect, it } from 'vitest';
import type { AnyDecision, RequestDecision } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import type { Handlers } from './framework.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { appOf, leftIn } from './set-up.ts';

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code; // of whatever is thrown
const plain: Handlers = { '/': { handle: (decision) => decision } };

describe.each(Object.entries(FRAMEWORKS))('in %s', (_, start) => {
  it('lets an address ask as often as it may, tells it how it stands, and refuses it with a problem', async () => {
    const app = await appOf(start, '2/minute', plain);
    expect([await app.left('/'), await app.left('/')]).toEqual([{ limit: 1 }, { limit: 0 }]);
    const { status, fields, json } = await app.ask('/');
    expect([status, fields.get('retry-after'), fields.get('content-type')]).toEqual([
      429,
      '64',
      'application/problem+json',
    ]);
    expect(json).toMatchObject({ status: 429, 'violated-policies': ['limit'] });
    app.clock.advance(64_000);
    expect((await app.ask('/')).status).toBe(200);
  });

  it('has a handler read how its request stands', async () => {
    const read = ({ allowed, limit, remaining, retryAfterMs, limits }: RequestDecision): unknown => ({
      allowed,
      limit,
      remaining,
      retryAfterMs,
      limits: limits.map(({ name, limit: amount, remaining: left }) => [name, amount, left]),
    });
    const two = { limits: { burst: '5/s', day: { rate: '3/24h', algorithm: 'fixed' } } } as const;
    const { json } = await (await appOf(start, two, { '/': { handle: read } })).ask('/');
    const limits = [['burst', 5, 4], ['day', 3, 2]]; // prettier-ignore
    expect(json).toEqual({ allowed: true, limit: 'day', remaining: 2, retryAfterMs: 0, limits });
  });

  it('knows who asks for what, by the policy’s names', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { key: { header: X-API-Key, find: keys, keys: { secret: { plan: PRO, account: acme } } } }
plans: [FREE, PRO]
operations: { home: { match: GET / } }
limits: { calls: { rate: { FREE: 1/minute, PRO: 9/minute }, per: account } }
`);
    const app = await appOf(start, policy, {
      '/': { handle: ({ plan, operation, subject }) => ({ plan, operation, subject }) },
    });
    expect((await app.ask('/', { headers: { 'X-API-Key': 'secret' } })).json).toEqual({
      plan: 'PRO',
      operation: 'home',
      subject: { plan: 'PRO', account: 'acme', key: 'secret', auth: 'key', address: '127.0.0.1' },
    });
  });

  it('charges more where there is room, nothing where there is not, and has the response say so', async () => {
    const app = await appOf(start, '10/minute', {
      '/': {
        handle: async (decision: AnyDecision) => {
          const answers = [await decision.charge(6), await decision.charge(6), await decision.charge({ limit: 2 })];
          return answers.map(({ allowed, remaining, retryAfterMs }) => [allowed, remaining, retryAfterMs]);
        },
      },
    });
    const { json, fields } = await app.ask('/');
    expect(json).toEqual([[true, 3, 0], [false, 3, 63_749], [true, 1, 0]]); // prettier-ignore
    expect(leftIn(fields)).toEqual({ limit: 1 });
  });

  it('gives back what was charged, all of it or a part, once', async () => {
    const app = await appOf(start, '10/minute', {
      '/all': {
        handle: async (decision: AnyDecision) => [
          (await decision.charge(4)).remaining,
          await decision.refund(),
          await decision.refund(),
          decision.remaining,
        ],
      },
      '/part': {
        handle: async (decision: AnyDecision) => [
          (await decision.charge(4)).remaining,
          await decision.refund(2),
          decision.remaining,
        ],
      },
    });
    expect((await app.ask('/all')).json).toEqual([5, 5, 0, 10]);
    expect((await app.ask('/part')).json).toEqual([5, 2, 7]);
  });

  it('settles to what was really used, less or more, whether there is room or not', async () => {
    const app = await appOf(start, '10/minute', {
      '/less': {
        handle: async (decision: AnyDecision) => {
          await decision.charge(5);
          await decision.settle(2);
          return decision.remaining;
        },
      },
      '/more': {
        handle: async (decision: AnyDecision) => {
          await decision.settle(20);
          return decision.remaining;
        },
      },
    });
    expect((await app.ask('/less')).json).toBe(8);
    expect((await app.ask('/more')).json).toBe(0);
    expect((await app.ask('/less')).status).toBe(429);
  });

  it.each([-1, 0.5, Number.NaN, { nobody: 1 }])('refuses the cost %j, and charges nothing', async (cost) => {
    const app = await appOf(start, '10/minute', { '/': { handle: (decision: AnyDecision) => decision.charge(cost) } });
    expect((await app.ask('/')).status).toBe(500);
    expect(await app.left('/')).toEqual({ limit: 8 });
  });

  it('refuses what is no cost, whatever is asked, and remembers what was charged as it was', async () => {
    const handle = async (decision: AnyDecision): Promise<unknown> => {
      await decision.charge(2);
      const codes = new Set<unknown>();
      for (const cost of [-5, 0.5, Number.NaN, '3', null, [], {}, { limit: -5 }, { limit: '3' }, { nobody: 1 }])
        for (const verb of ['charge', 'refund', 'settle'] as const)
          // oxlint-disable-next-line no-await-in-loop -- one after another
          codes.add(await (async () => decision[verb](cost as number))().catch(codeOf));
      return [[...codes], await decision.refund(), decision.remaining];
    };
    const app = await appOf(start, '10/minute', { '/': { handle } });
    expect((await app.ask('/')).json).toEqual([['ERR_COST'], 3, 10]);
  });

  it('lets a handler write its head in any way, and its own fields in none of them', async () => {
    const written: Handlers = {
      '/map': {
        handle: (_decision, { response }) => response.writeHead(201, { RateLimit: 'mine', 'X-Own': 'kept' }).end('1'),
      },
      '/list': {
        handle: (_decision, { response }) =>
          response.writeHead(201, 'Fine', ['RateLimit', 'mine', 'X-Own', 'kept']).end('1'),
      },
      '/stream': {
        handle: (_decision, { response }) => {
          response.statusCode = 201;
          response.setHeader('RateLimit', 'mine').setHeader('X-Own', 'kept');
          response.write('1');
          response.end();
        },
      },
      '/flush': {
        handle: (_decision, { response }) => {
          response.statusCode = 201;
          response.setHeader('X-Own', 'kept').flushHeaders();
          response.end('1');
        },
      },
    };
    const app = await appOf(start, '10/minute', written);
    for (const path of Object.keys(written)) {
      // oxlint-disable-next-line no-await-in-loop -- each is charged after the one before
      const { status, fields, json } = await app.ask(path);
      expect([status, json, fields.get('x-own'), fields.get('ratelimit')]).toEqual([
        201,
        '1',
        'kept',
        expect.stringMatching(/^"limit";r=\d;t=\d+$/),
      ]);
    }
  });
});
