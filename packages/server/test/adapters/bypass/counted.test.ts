/* oxlint-disable no-await-in-loop -- one attack after another is what is tested */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { SECRET } from '../../attack/spellings.ts';
import { readAll, valuesOf, type Message } from '../../attack/wire.ts';
import { sendRaw } from '../../support.ts';
import type { App, MakeApp } from './app.ts';
import { APPS } from './apps.ts';
import { ODD, request } from './requests.ts';
import { HOSTS, ODDER, OVERRIDES, RESPELLED } from './respelled.ts';

const AMOUNT = 100_000;
/** What may be charged and reach no handler: a body that never ends, an answer that nobody reads. */
const WAIT_MS = 400;

/** Operations as the app's routes are; what is none of them is the rest. */
const OPERATIONS = parsePolicy(`
headgate: 1
identify: { anonymous: true }
unidentified: unlimited
operations:
  secret: { match: ANY /v1/secret }
  items: { match: GET /v1/items }
  item: { match: 'GET /v1/items/:id' }
  removed: { match: 'DELETE /v1/items/:id' }
  rest: { match: ANY /** }
limits: { calls: { rate: 1000/minute, per: [address, operation] } }
respond: { headers: { of: calls, fields: { X-Charged: '{= operation.name }' } } }
`);

async function messagesOf(app: App, bytes: string): Promise<Message[]> {
  const received = await sendRaw(app.url, bytes, WAIT_MS);
  return readAll(received, (first) => bytes.startsWith('HEAD ') || / (?:1\d\d|204|304) /.test(first)).messages;
}

async function within(make: MakeApp, spec: Parameters<MakeApp>[0], act: (app: App) => Promise<void>): Promise<void> {
  const app = await make(spec);
  try {
    await act(app);
  } finally {
    await app.close();
  }
}

/** Units that are left, as the next request is told, which costs one. */
async function left(app: App): Promise<number> {
  const [answer] = await messagesOf(app, request('GET /v1/items'));
  return Number(/r=(\d+)/.exec(valuesOf(answer ?? { fields: [] }, 'ratelimit')[0] ?? '')?.[1]);
}

describe.each(Object.entries(APPS))('in %s', (_, make) => {
  it.each(Object.entries({ ...ODD, ...ODDER }))(
    'whatever reaches a handler was counted, to its address, whatever is odd about its %s',
    async (__, attacks) => {
      await within(make, `${AMOUNT}/24h`, async (app) => {
        for (const bytes of attacks) {
          const [before, ran] = [await left(app), app.ran.length];
          for (const answer of await messagesOf(app, bytes))
            expect(valuesOf(answer, 'x-subject').filter((each) => each !== '127.0.0.1')).toEqual([]);
          const charged = before - (await left(app)) - 1;
          // The last question ran too.
          expect({ bytes, isCounted: charged >= app.ran.length - ran - 1 }).toEqual({ bytes, isCounted: true });
        }
        expect(app.ran.length).toBeGreaterThan(attacks.length);
      });
    },
  );

  it.each(SECRET)('what runs is what was counted, however its path is spelled: %s', async (target) => {
    await within(make, OPERATIONS, async (app) => {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
        const [answer] = await messagesOf(app, request(`${method} ${target}`));
        const [ran] = app.ran.slice(-1);
        if (answer === undefined || valuesOf(answer, 'x-ran').length === 0) continue;
        expect([method, valuesOf(answer, 'x-charged')]).toEqual([method, [ran]]);
      }
    });
  });

  /** Whether each answer that a handler gave tells that its own operation was charged, and once. */
  async function isAsCounted(app: App, bytes: string): Promise<boolean> {
    const before = app.ran.length;
    const answers = (await messagesOf(app, bytes)).filter((answer) => valuesOf(answer, 'x-ran').length > 0);
    const ran = answers.flatMap((answer) => valuesOf(answer, 'x-ran'));
    const charged = answers.flatMap((answer) => valuesOf(answer, 'x-charged'));
    return JSON.stringify(charged) === JSON.stringify(ran) && app.ran.length - before <= ran.length;
  }

  it('what runs is what was counted, whatever else its path may be read as', async () => {
    await within(make, OPERATIONS, async (app) => {
      for (const target of RESPELLED)
        for (const method of ['GET', 'POST', 'DELETE'])
          expect([target, method, await isAsCounted(app, request(`${method} ${target}`))]).toEqual([
            target,
            method,
            true,
          ]);
      expect(app.ran.length).toBeGreaterThan(RESPELLED.length / 2);
    });
  });

  it('what runs is what was counted, whatever host it names', async () => {
    await within(make, OPERATIONS, async (app) => {
      for (const host of HOSTS)
        for (const target of ['/v1/items', 'http://a/v1/items', '/v1/secret']) {
          const bytes = request(`GET ${target}`).replace('Host: a', `Host: ${host}`);
          expect([host, target, await isAsCounted(app, bytes)]).toEqual([host, target, true]);
        }
    });
  });

  it('what runs is what was counted, in whatever way it asks to be run as something else', async () => {
    await within(make, OPERATIONS, async (app) => {
      for (const [line, ...fields] of OVERRIDES) {
        const bytes = request(line, ...fields, ...(line.startsWith('POST') ? ['Content-Length: 0'] : []));
        expect([line, fields, await isAsCounted(app, bytes)]).toEqual([line, fields, true]);
      }
    });
  });

  it.each([
    ['POST /v1/items/1', ['X-HTTP-Method-Override: DELETE']],
    ['POST /v1/items/1', ['X-HTTP-Method: DELETE']],
    ['POST /v1/items/1', ['X-Method-Override: DELETE']],
    ['POST /v1/items/1', ['X_HTTP_Method_Override: DELETE']],
    ['POST /v1/items/1', ['x-http-method-override: get', 'X-HTTP-Method-Override: DELETE']],
    ['POST /v1/items/1?_method=DELETE', []],
    ['POST /v1/items/1?a=b&_method=DELETE&c=d', []],
    ['POST /v1/items/1?%5fmethod=DELETE', []],
    ['POST /v1/items/1?_method[]=DELETE', []],
    ['GET /v1/items/1', ['X-Original-URL: /v1/secret']],
    ['GET /v1/items/1', ['X-Rewrite-URL: /v1/secret']],
    ['GET /v1/items', ['X-Original-Method: DELETE']],
  ] as const)('what asks to be run as something else is not, or is counted as that: %s %j', async (line, fields) => {
    await within(make, OPERATIONS, async (app) => {
      const [answer] = await messagesOf(
        app,
        request(line, ...fields, ...(line.startsWith('POST') ? ['Content-Length: 0'] : [])),
      );
      expect(app.ran).toHaveLength(1);
      expect(valuesOf(answer ?? { fields: [] }, 'x-charged')).toEqual(app.ran);
    });
  });
});
