import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { node } from '../../src/adapters/node/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { listening, type Handlers, type Running } from './framework.ts';
import { appOf, closeAfterwards, leftIn } from './set-up.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { heard } from './heard.ts';

const plain: Handlers = { '/': { handle: (decision) => decision.limits } };

describe('who is trusted', () => {
  it.each([
    [['0.0.0.0/0']],
    [['::/0']],
    [['0.0.0.0/1', '128.0.0.0/1']],
    [['::ffff:0:0/96']],
    [['0.0.0.0/1']],
    [['128.0.0.0/1']],
    [['10.0.0.0/8', '::/0']],
  ])('is too wide: %j, which is told at the start', (trust) => {
    const { codes, onWarning } = heard();
    node('1/minute', { trust, onWarning });
    expect(codes()).toEqual(['WARN_ADAPTER_TRUST_ALL']);
  });

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

  it.each([
    [
      'from an address that is none of those that are trusted',
      ['10.0.0.0/8'],
      'X-Forwarded-For',
      'WARN_ADAPTER_TRUST_OTHER',
    ],
    ['in a field that is not read', ['127.0.0.1'], 'X-Real-IP', 'WARN_ADAPTER_TRUST_FIELD'],
    ['in another field that is not read', ['127.0.0.1'], 'Forwarded', 'WARN_ADAPTER_TRUST_FIELD'],
  ] as const)('a proxy’s word %s is told once', async (__, trust, field, code) => {
    const app = await appOf(start, '9/minute', plain, { trust });
    await app.ask('/', { headers: { [field]: '203.0.113.7' } });
    expect(await app.left('/', { headers: { [field]: '203.0.113.8' } })).toEqual({ limit: 7 });
    expect(app.warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it('what a caller says beside a proxy whose word is read is nothing to tell', async () => {
    const app = await appOf(start, '9/minute', plain, { trust: ['127.0.0.1'] });
    await app.ask('/', { headers: { 'X-Forwarded-For': '203.0.113.7', 'X-Real-IP': '6.6.6.6' } });
    await app.ask('/', { headers: { 'X-Real-IP': '6.6.6.6' } });
    expect(app.warnings).toEqual([]);
  });

  it('a proxy’s field from a proxy that is trusted is nothing to tell', async () => {
    const app = await appOf(start, '9/minute', plain, { trust: ['127.0.0.1'] });
    expect(await app.left('/', { headers: { 'X-Forwarded-For': '203.0.113.7' } })).toEqual({ limit: 8 });
    expect(await app.left('/', { headers: { 'X-Forwarded-For': '203.0.113.8' } })).toEqual({ limit: 8 });
    expect(app.warnings).toEqual([]);
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

  it('that is made in a handler with a store of its own is told once each has served one request and was thrown away', async () => {
    const { codes, onWarning } = heard();
    const { url } = await serving((request, response) =>
      node('9/minute', { onWarning, store: memoryStore() })(request, response, () => response.end()),
    );
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (let i = 0; i < 6; i++) await fetch(url);
    expect(codes()).toEqual(['WARN_ADAPTER_IN_HANDLER']);
  });

  it('that a handler makes over one store, which counts on, is nothing to tell', async () => {
    const { codes, onWarning } = heard();
    const store = memoryStore();
    const { url } = await serving((request, response) =>
      node('9/minute', { onWarning, store })(request, response, () => response.end()),
    );
    // oxlint-disable-next-line no-await-in-loop -- one after another
    for (let i = 0; i < 6; i++) await fetch(url);
    expect([codes(), leftIn((await fetch(url)).headers)]).toEqual([[], { limit: 2 }]);
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
