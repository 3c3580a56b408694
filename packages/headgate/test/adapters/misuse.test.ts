import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { AdapterWarningCode, Options, Spec, Warning } from '../../src/adapters/kit/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { listening, type Handlers, type Running } from './framework.ts';
import { appOf, closeAfterwards, leftIn } from './set-up.ts';
import { FRAMEWORKS } from './frameworks.ts';

const plain: Handlers = { '/': { handle: (decision) => decision.limits } };

/** A listener to warnings, and the codes that it was told. */
function heard(): { codes: () => AdapterWarningCode[]; warnings: Warning[]; onWarning: (warning: Warning) => void } {
  const warnings: Warning[] = [];
  return {
    warnings,
    codes: () => warnings.map(({ code }) => code),
    onWarning: (warning) => void warnings.push(warning),
  };
}

describe('who is trusted', () => {
  it.each([[['0.0.0.0/0']], [['::/0']], [['0.0.0.0/1', '128.0.0.0/1']], [['::ffff:0:0/96']], [['10.0.0.0/8', '::/0']]])(
    'is too wide: %j, which is told at the start',
    (trust) => {
      const { codes, onWarning } = heard();
      node('1/minute', { trust, onWarning });
      expect(codes()).toEqual(['WARN_ADAPTER_TRUST_ALL']);
    },
  );

  it.each([[[]], [['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '127.0.0.1', '203.0.113.0/24']]])(
    'is fine: %j, of which nothing is told',
    (trust) => {
      const { codes, onWarning } = heard();
      node('1/minute', { trust, onWarning });
      expect(codes()).toEqual([]);
    },
  );
});

describe.each(Object.entries(FRAMEWORKS))('in %s', (name, start) => {
  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP'])(
    'a proxy’s field that nobody may send, %s, is told once',
    async (field) => {
      const app = await appOf(start, '9/minute', plain);
      for (const value of ['203.0.113.7', '203.0.113.8']) {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        await app.ask('/', { headers: { [field]: value } });
      }
      expect(app.warnings.map(({ code }) => code)).toEqual(['WARN_ADAPTER_TRUST_NONE']);
      expect(await app.left('/')).toEqual({ limit: 6 });
    },
  );

  it('a proxy’s field from a proxy that is trusted is nothing to tell', async () => {
    const app = await appOf(start, '9/minute', plain, { trust: ['127.0.0.1'] });
    expect(await app.left('/', { headers: { 'X-Forwarded-For': '203.0.113.7' } })).toEqual({ limit: 8 });
    expect(await app.left('/', { headers: { 'X-Forwarded-For': '203.0.113.8' } })).toEqual({ limit: 8 });
    expect(app.warnings).toEqual([]);
  });

  const bad: [string, () => unknown, AdapterWarningCode][] = [
    ['throws', () => { throw new Error('on purpose'); }, 'WARN_ADAPTER_KEY_THREW'],
    ['returns nothing', () => undefined, 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns an empty text', () => '', 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns an object', () => ({}), 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns a promise', () => Promise.resolve('key'), 'WARN_ADAPTER_KEY_PROMISE'],
    ['returns a promise that fails', () => Promise.reject(new Error('on purpose')), 'WARN_ADAPTER_KEY_PROMISE'],
  ]; // prettier-ignore
  it.each(bad)(
    'a key function that %s is told once, and its requests are counted on their address',
    async (__, key, code) => {
      const app = await appOf(start, '9/minute', plain, { key: key as Options<never>['key'] & {} });
      expect([await app.left('/'), await app.left('/')]).toEqual([{ limit: 8 }, { limit: 7 }]);
      expect(app.warnings.map((warning) => warning.code)).toEqual([code]);
    },
  );

  it('a caller that has no key, as a function says by null, is counted on its address, and nothing to tell', async () => {
    const app = await appOf(start, '9/minute', plain, { key: () => null });
    expect([await app.left('/'), await app.left('/')]).toEqual([{ limit: 8 }, { limit: 7 }]);
    expect(app.warnings).toEqual([]);
  });

  it('no key that a function says is the address of another, nor is refused for how it is written', async () => {
    let key: string | number = 'address:127.0.0.1';
    const app = await appOf(start, '9/minute', plain, { key: () => key });
    const left = [await app.left('/')];
    for (key of ['127.0.0.1', 'a, b', 'ü\r\n', '\ud800', 'x'.repeat(5000), 7, '7 ']) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      left.push(await app.left('/'));
    }
    expect(left).toEqual(Array.from({ length: 8 }, () => ({ limit: 8 })));
  });

  // Of a store that answers later, and does not, each limit says what becomes of it: later.test.ts.
  it.skipIf(name.endsWith('later'))('a request that cannot be judged does not pass, and is told', async () => {
    const down = { traits: { name: 'down', clock: 'process', durable: false } as const, apply: () => { throw new Error('the store is down'); } }; // prettier-ignore
    const app = await appOf(start, '9/minute', plain, { store: down });
    const { status, json } = await app.ask('/');
    expect([status, json]).toEqual([500, expect.objectContaining({ detail: 'The request could not be judged.' })]);
    expect(app.warnings.map(({ code }) => code)).toEqual(['WARN_ADAPTER_FAULT']);
  });
});

describe('a key from what callers may choose', () => {
  it.each([
    ['a field of the body', (request: { body: { user: string } }) => request.body.user, 'body'],
    ['a part of the body', ({ body }: { body: { user: string } }) => body.user, 'body'],
    ['a header', (request: IncomingMessage) => String(request.headers['x-user']), 'headers'],
    ['a header that is asked for', (request: { get(name: string): string }) => request.get('X-User'), 'headers'],
    ['the query', (request: { query: Record<string, string> }) => request.query['user'], 'query'],
    ['a cookie', (request: { cookies: Record<string, string> }) => request.cookies['user'], 'cookies'],
  ] as const)('%s is told at the start, unless it is declared', (_, key, part) => {
    const { codes, warnings, onWarning } = heard();
    const keyed = { key: key as unknown as () => string, onWarning };
    node('1/minute', keyed);
    expect([codes(), warnings[0]?.message]).toEqual([['WARN_ADAPTER_KEY_CHOSEN'], expect.stringContaining(part)]);
    warnings.length = 0;
    node('1/minute', { ...keyed, keyReads: [part] });
    expect(codes()).toEqual([]);
  });

  it.each([
    ['a field of Hono’s', 'c => c.req.header("x-user")', ['headers']],
    ['a part of the path in Hono', 'c => c.req.param("id")', ['params']],
    ['a cookie in Hono', 'c => getCookie(c, "user")', ['cookies']],
    ['a part of an address', 'q => new URL(q.url).searchParams.get("user")', ['query']],
    ['a cookie that is asked for, as that and nothing else', 'c => c.cookies.get("user")', ['cookies']],
    ['a field that is asked for, once', 'q => q.headers.get("x-user")', ['headers']],
    ['what a session has', 'q => q.session.get("user")', []],
    ['what the app has set in Hono', 'c => c.get("user").id', []],
    ['what it has set there, too', 'c => c.var.user.id', []],
  ])('%s is told for what it is', (_, source, parts) => {
    const key = Object.assign(() => 'k', { toString: () => source });
    const { warnings, onWarning } = heard();
    hono('1/minute', { key, onWarning });
    expect(warnings.map(({ message }) => /\((.*)\)/.exec(message)?.[1])).toEqual(parts);
  });

  it('what was proved before is nothing to tell', () => {
    const { codes, onWarning } = heard();
    node('1/minute', {
      key: ((request: { user: { id: string } }) => request.user.id) as unknown as () => string,
      onWarning,
    });
    expect(codes()).toEqual([]);
  });
});

/** A server whose every request meets what `handle` says. */
async function serving(handle: Parameters<typeof createServer>[1] & {}): Promise<Running> {
  const running = await listening(createServer(handle));
  closeAfterwards(running.close);
  return running;
}

describe('a limiter', () => {
  it('that is mounted twice counts a request once, and tells it once', async () => {
    const { codes, onWarning } = heard();
    const gate = node('9/minute', { onWarning });
    const { url } = await serving((request, response) =>
      gate(request, response, () => gate(request, response, () => response.end())),
    );
    expect(leftIn((await fetch(url)).headers)).toEqual({ limit: 8 });
    expect(leftIn((await fetch(url)).headers)).toEqual({ limit: 7 });
    expect(codes()).toEqual(['WARN_ADAPTER_TWICE']);
  });

  it('for a route that is mounted twice adds its limit once', async () => {
    const { codes, onWarning } = heard();
    const gate = node('9/minute', { onWarning });
    const route = gate.route({ limits: { login: '5/minute' }, extraCost: { limit: 2 } });
    const { url } = await serving((request, response) =>
      route(request, response, () => route(request, response, () => response.end())),
    );
    expect(leftIn((await fetch(url)).headers)).toEqual({ limit: 6, login: 4 });
    expect(codes()).toEqual(['WARN_ADAPTER_TWICE']);
  });

  it('beside another one counts for itself, and both are told', async () => {
    const { codes, onWarning } = heard();
    const [one, two] = [
      node({ limits: { one: '9/minute' } }, { onWarning }),
      node({ limits: { two: '5/minute' } }, { onWarning }),
    ];
    const { url } = await serving((request, response) =>
      one(request, response, () => two(request, response, () => response.end())),
    );
    expect(leftIn((await fetch(url)).headers)).toEqual({ one: 8, two: 4 });
    expect(codes()).toEqual([]);
  });

  it('that is made in a handler is told at first sight, with the place', async () => {
    const { codes, warnings, onWarning } = heard();
    const { url } = await serving((request, response) => {
      node('9/minute', { onWarning })(request, response, () => response.end());
    });
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (let i = 0; i < 4; i++) await fetch(url);
    expect(codes()).toEqual(['WARN_ADAPTER_IN_HANDLER']);
    expect(warnings[0]?.message).toContain('misuse.test.ts:');
  });

  it('that is made in a handler which has waited is told once each has served one request and was thrown away', async () => {
    const { codes, onWarning } = heard();
    const made = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      await text(request);
      node('9/minute', { onWarning })(request, response, () => response.end());
    };
    const { url } = await serving((request, response) => void made(request, response));
    for (let i = 0; i < 6; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await fetch(url);
    }
    expect(codes()).toEqual(['WARN_ADAPTER_IN_HANDLER']);
  });

  it('of an app that is made again for each test, which asks it once, is nothing to tell', async () => {
    const { codes, onWarning } = heard();
    for (let i = 0; i < 5; i++) {
      const gate = node('9/minute', { onWarning });
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const { url } = await serving((request, response) => gate(request, response, () => response.end()));
      await fetch(url); // oxlint-disable-line no-await-in-loop -- one after another
    }
    expect(codes()).toEqual([]);
  });

  it('of a module that a handler has loaded is nothing to tell', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
    closeAfterwards(async () => rmSync(folder, { recursive: true }));
    const file = join(folder, 'limits.cjs');
    writeFileSync(file, 'module.exports = globalThis.makeLimiter();');
    const { codes, onWarning } = heard();
    Object.assign(globalThis, { makeLimiter: () => node('9/minute', { onWarning }) });
    const { url } = await serving((request, response) => {
      const gate = createRequire(import.meta.url)(file) as ReturnType<typeof node>;
      gate(request, response, () => response.end());
    });
    expect((await fetch(url)).status).toBe(200);
    expect(codes()).toEqual([]);
  });

  it('that is made once is nothing to tell, however many there are', () => {
    const { codes, onWarning } = heard();
    for (let i = 0; i < 3; i++) node('9/minute', { onWarning });
    expect(codes()).toEqual([]);
  });
});

describe('one store', () => {
  const made = (first: Spec, second: Spec): AdapterWarningCode[] => {
    const { codes, onWarning } = heard();
    const store = memoryStore();
    node(first, { store, onWarning });
    node(second, { store, onWarning });
    return codes();
  };

  it('under two policies is told', () => expect(made('9/minute', '5/minute')).toEqual(['WARN_ADAPTER_STORE_SHARED']));
  it('under one policy twice is nothing to tell', () => expect(made('9/minute', '9/minute')).toEqual([]));
});

describe('an option', () => {
  it.each([
    [
      'a key beside a policy',
      { headgate: 1 } as Spec,
      { key: (): string => 'k' },
      /^ERR_ADAPTER_OPTION: key: a policy says itself/,
    ],
    [
      'a limit per key without one',
      { rate: '1/s', per: 'key' },
      {},
      /^ERR_ADAPTER_OPTION: per: "key" needs the option key/,
    ],
    [
      'a limit per what no caller has',
      { limits: { calls: { rate: '1/s', per: 'ip' } } },
      {},
      /^ERR_ADAPTER_OPTION: limits\.calls\.per: expected one of address, auth, operation, global, got "ip"/,
    ],
    [
      'a limit per two, one of which no caller has',
      { rate: '1/s', per: ['key', 'user'] },
      { key: (): string => 'k' },
      /^ERR_ADAPTER_OPTION: limits\.limit\.per: expected one of address, auth, key, operation, global, got "user"/,
    ],
    [
      'a policy as it is written',
      { headgate: 1, limits: {} } as unknown as Spec,
      {},
      /^ERR_ADAPTER_OPTION: a policy: exp/,
    ],
    [
      'another limiter’s option',
      '1/s',
      { keyGenerator: () => 'k' },
      /^ERR_ADAPTER_OPTION: keyGenerator: expected one of/,
    ],
    ['a key that is no function', '1/s', { key: 'ip' }, /^ERR_ADAPTER_OPTION: key: expected a function, got "ip"/],
    ['one address for a list', '1/s', { trust: '10.0.0.1' }, /^ERR_ADAPTER_OPTION: trust: .* got "10\.0\.0\.1"/],
    ['a range that is none', '1/s', { trust: ['10.0.0.0/33'] }, /^ERR_ADAPTER_OPTION: trust: expected a list of addr/],
    [
      'an option among the limits',
      { limits: { calls: '1/s' }, trust: ['10.0.0.0/8'] },
      {},
      /^ERR_ADAPTER_OPTION: trust: expected beside the limits/,
    ],
    [
      'a rate beside others',
      { rate: '1/s', limits: { calls: '1/s' } },
      {},
      /^ERR_ADAPTER_OPTION: rate: expected beside/,
    ],
    ['a hop count', '1/s', { trust: 1 }, /^ERR_ADAPTER_OPTION: trust: .* got 1/],
    ['a store that is none', '1/s', { store: new Map() }, /^ERR_ADAPTER_OPTION: store: expected a store/],
    ['nothing', '1/s', null, /^ERR_ADAPTER_OPTION: options: expected an object, got null/],
  ] as const)('that is none, or does not go with the others is refused: %s', (_, spec, options, says) => {
    expect(() => node(spec, options as unknown as Options<IncomingMessage>)).toThrow(says);
  });
});
