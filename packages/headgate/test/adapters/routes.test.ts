import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { node } from '../../src/adapters/node/index.ts';
import type { Notice } from '../../src/http/index.ts';
import type { AnyDecision, RequestDecision, RouteSpec } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening, type Handlers } from './framework.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { appOf, closeAfterwards, leftIn } from './set-up.ts';

const handle = (): null => null;

const handlers: Handlers = {
  '/': { handle },
  '/login': { route: { limits: { login: '1/minute' } }, handle },
  '/search': { route: { extraCost: 4 }, handle },
  '/both': { route: { limits: { login: '1/minute' }, extraCost: { limit: 1 } }, handle },
};

describe.each(Object.entries(FRAMEWORKS))('a route in %s', (name, start) => {
  it('adds its limit to the global one, and is told beside it', async () => {
    const app = await appOf(start, '10/minute', handlers);
    expect([await app.left('/'), await app.left('/login')]).toEqual([{ limit: 9 }, { limit: 8, login: 0 }]);
  });

  it('leaves the global counter as it was when it refuses', async () => {
    const app = await appOf(start, '10/minute', handlers);
    await app.ask('/login');
    const { status, json } = await app.ask('/login');
    expect([status, json]).toEqual([429, expect.objectContaining({ 'violated-policies': ['login'] })]);
    expect(await app.left('/')).toEqual({ limit: 8 });
  });

  it('is refused by the global limit too, and then charges its own nothing', async () => {
    const app = await appOf(start, '2/minute', handlers);
    await app.ask('/');
    await app.ask('/');
    expect((await app.ask('/login')).status).toBe(429);
    app.clock.advance(64_000);
    expect(await app.left('/login')).toEqual({ limit: 1, login: 0 });
  });

  it('costs more on top, all of it or nothing', async () => {
    const app = await appOf(start, '10/minute', handlers);
    expect([await app.left('/search'), await app.left('/')]).toEqual([{ limit: 5 }, { limit: 4 }]);
    expect([(await app.ask('/search')).status, await app.left('/')]).toEqual([429, { limit: 3 }]);
  });

  it('may do both, and shares a limit that another names alike', async () => {
    const app = await appOf(start, '10/minute', handlers);
    expect(await app.left('/both')).toEqual({ limit: 8, login: 0 });
    expect((await app.ask('/login')).status).toBe(429);
  });

  it('adds to a whole policy, on the counter that it names', async () => {
    const policy = parsePolicy(`
headgate: 1
name: A policy
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: 10/minute, algorithm: fixed, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`);
    const limits = { login: { rate: '1/minute', per: 'key' } };
    const app = await appOf(start, policy, { '/': { handle }, '/login': { route: { limits }, handle } });
    const ask = async (path: string, key: string): Promise<unknown> => {
      const { status, fields } = await app.ask(path, { headers: { 'X-API-Key': key } });
      return [status, fields.get('x-ratelimit-remaining')];
    };
    expect([await ask('/login', 'a'), await ask('/login', 'a'), await ask('/login', 'b'), await ask('/', 'a')]).toEqual([
      [200, '9'], [429, '9'], [200, '9'], [200, '8'],
    ]); // prettier-ignore
  });

  it.each([
    [
      'takes the place of a limit',
      { limits: { limit: '5/minute' } },
      /ERR_ADAPTER_ROUTE: limits\.limit: there is a limit/,
    ],
    ['takes away', { extraCost: -1 }, /ERR_COST: extraCost: expected a whole number from 0 .* got -1/],
    ['takes away by name', { extraCost: { limit: -1 } }, /ERR_COST: extraCost\.limit: .* got -1/],
    ['costs what is no number', { extraCost: true }, /ERR_COST: extraCost: .* got true/],
    ['costs nothing by no name', { extraCost: {} }, /ERR_COST: extraCost: .* got object/],
    ['costs half a unit', { extraCost: 0.5 }, /ERR_COST: extraCost: .* got 0\.5/],
    ['costs of a limit that nobody has', { extraCost: { limt: 1 } }, /ERR_COST: extraCost\.limt: no such limit/],
    [
      'counts by what no caller has',
      { limits: { login: { rate: '5/minute', per: 'ip' } } },
      /ERR_ADAPTER_ROUTE: limits\.login\.per: expected one of address, auth, operation, global, got "ip"/,
    ],
    [
      'counts by a key that nobody says',
      { limits: { login: { rate: '5/minute', per: ['address', 'key'] } } },
      /ERR_ADAPTER_ROUTE: limits\.login\.per: .* got "key"/,
    ],
    ['has a word that adds nothing', { cost: 5 }, /ERR_ADAPTER_ROUTE: cost: expected limits or extraCost/],
    ['cannot be read', { limits: { login: 'often' } }, /ERR_AMOUNT: limits\.login/],
  ])('that %s is refused at the start', async (__, route, says) => {
    await expect(appOf(start, '10/minute', { '/': { route: route as unknown as RouteSpec, handle } })).rejects.toThrow(
      says,
    );
  });

  // Nest's @Limit takes a rate, whose name is the handler's.
  it.skipIf(name.startsWith('nest')).each(['5/minute', true, 5])(
    'that is no specification is refused at the start: %j',
    async (route) => {
      const handlersOf = { '/': { route: route as unknown as RouteSpec, handle } };
      await expect(appOf(start, '10/minute', handlersOf)).rejects.toThrow(
        /ERR_ADAPTER_ROUTE: a route: expected \{ limits: /,
      );
    },
  );

  it('costs a caller nothing on top for whom the limit is none, and a handler may charge it there', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { key: { header: X-API-Key, find: keys, keys: { free: { plan: FREE }, pro: { plan: PRO } } } }
plans: [FREE, PRO]
limits: { calls: { rate: { FREE: 9/minute, PRO: unlimited }, per: key } }
respond: { headers: { of: calls, fields: { left: '{remaining}' } } }
`);
    const charges = async (decision: AnyDecision): Promise<unknown> => (await decision.charge({ calls: 1 })).allowed;
    const app = await appOf(start, policy, { '/': { route: { extraCost: { calls: 4 } }, handle: charges } });
    const ask = async (key: string): Promise<unknown> => {
      const { status, fields, json } = await app.ask('/', { headers: { 'X-API-Key': key } });
      return [status, fields.get('left'), json];
    };
    expect([await ask('free'), await ask('pro')]).toEqual([[200, '3', true], [200, null, true]]); // prettier-ignore
  });

  it('asks the functions of the program that the policy calls', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { points: { rate: 100/hour, algorithm: fixed, per: address, cost: 'host("price", 2)' } }
respond: { headers: { of: points, fields: { left: '{remaining}' } } }
`);
    const hosts = { price: (units: unknown) => Number(units) * 3 };
    const app = await appOf(
      start,
      policy,
      { '/': { handle }, '/more': { route: { extraCost: 4 }, handle } },
      { hosts },
    );
    const left = async (path: string): Promise<unknown> => (await app.ask(path)).fields.get('left');
    expect([await left('/'), await left('/more')]).toEqual(['94', '84']);
  });
});

it.each([
  ['gave back', (decision: RequestDecision) => decision.refund(), 10],
  ['charged', (decision: RequestDecision) => decision.charge(3), 6],
  ['settled to less', (decision: RequestDecision) => decision.settle(0), 10],
] as const)('what a middleware %s before a route is known stays so', async (_, act, left) => {
  const gate = node('10/minute', { onWarning: () => undefined });
  const route = gate.route({ limits: { few: '5/minute' } });
  const { url, close } = await listening(
    createServer((request, response) =>
      gate(request, response, () => {
        act(gate.of(request));
        route(request, response, () => response.end());
      }),
    ),
  );
  closeAfterwards(close);
  expect(leftIn((await fetch(url)).headers)).toEqual({ limit: left, few: 4 });
});

it('a quota that is used so far is told once, whatever route a request has', async () => {
  const told: Notice[] = [];
  const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { calls: { quota: 4/day, per: address, past: [{ at: 50%, notify: [owner] }, { deny: exceeded }] } }
notify: { owner: { log: warn } }
`);
  const gate = node(policy, { onNotice: (notice) => told.push(notice) });
  const more = gate.route({ limits: { other: { rate: '9/minute', per: 'address' } } });
  const { url, close } = await listening(
    createServer((request, response) => more(request, response, () => response.end())),
  );
  closeAfterwards(close);
  for (let i = 0; i < 3; i++) await fetch(url); // oxlint-disable-line no-await-in-loop -- one after another
  expect(told.map(({ limit, percent }) => [limit, percent])).toEqual([['calls', 50]]);
});
