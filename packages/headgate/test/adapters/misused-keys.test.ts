import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { AdapterWarningCode, Options } from '../../src/adapters/kit/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import type { Handlers } from './framework.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { heard } from './heard.ts';
import { appOf } from './set-up.ts';

const plain: Handlers = { '/': { handle: (decision) => decision.limits } };

describe.each(Object.entries(FRAMEWORKS))('in %s', (_, start) => {
  const bad: [string, () => unknown, AdapterWarningCode][] = [
    ['throws', () => { throw new Error('on purpose'); }, 'WARN_ADAPTER_KEY_THREW'],
    ['returns nothing', () => undefined, 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns an empty text', () => '', 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns an object', () => ({}), 'WARN_ADAPTER_KEY_NOTHING'],
    ['returns no number', () => NaN, 'WARN_ADAPTER_KEY_NOTHING'],
    ['throws nothing that has a name', () => { throw Object.create(null); }, 'WARN_ADAPTER_KEY_THREW'],
    ['returns what throws when it is looked at', () => new Proxy({}, { has: () => { throw new Error('on purpose'); } }), 'WARN_ADAPTER_KEY_THREW'],
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

  it.each([
    ['203.0.113.7', 'WARN_ADAPTER_KEY_ADDRESS'],
    ['::ffff:203.0.113.7', 'WARN_ADAPTER_KEY_ADDRESS'],
    ['2001:db8::1', 'WARN_ADAPTER_KEY_ADDRESS'],
    [`user:${String(undefined)}`, 'WARN_ADAPTER_KEY_BLANK'],
    ['undefined', 'WARN_ADAPTER_KEY_BLANK'],
    ['[object Object]', 'WARN_ADAPTER_KEY_BLANK'],
  ] as const)('a key that is %s is a key, and told once for what it mostly means', async (said, code) => {
    const app = await appOf(start, '9/minute', plain, { key: () => said });
    expect([await app.left('/'), await app.left('/')]).toEqual([{ limit: 8 }, { limit: 7 }]);
    expect(app.warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it('keys that only look like an address, or like nothing, are nothing to tell', async () => {
    let key = 'de:ad:be';
    const app = await appOf(start, '9/minute', plain, { key: () => key });
    for (key of ['7', '1.2.3', 'face', 'undefined behaviour', 'nullable', 'nanny'])
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await app.left('/')).toEqual({ limit: 8 });
    expect(app.warnings).toEqual([]);
  });

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
    ['a field of Koa’s', 'c => c.request.header["x-user"]', ['headers']],
    ['fields as they came', '({ rawHeaders }) => rawHeaders[1]', ['headers']],
    ['the name of a host', 'q => q.hostname', ['headers']],
    ['the name of a host, of Koa’s', 'c => c.host', ['headers']],
    ['a target', '({ originalUrl }) => originalUrl', ['params']],
    ['a path', 'q => new URL(q.url).pathname', ['params']],
    ['a path in Hono', 'c => c.req.path', ['params']],
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
