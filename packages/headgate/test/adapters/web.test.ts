/* oxlint-disable no-await-in-loop -- one after another */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { describe, expect, it } from 'vitest';
import { fetch, type FetchOptions } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';

const peer = (): string => '203.0.113.7';
/** On a clock that stands still; each gate has a store of its own. */
const quiet = { onWarning: (): void => undefined, clock: manualClock(), peer };
const ask = (path = '/', init?: RequestInit): Request => new Request(`http://api.example${path}`, init);

describe('whose address it is', () => {
  it('has to be said, or a handler is not made', () => {
    expect(() => fetch('1/minute', {} as FetchOptions<[]>)).toThrow(
      /^ERR_ADAPTER_PEER: peer: expected a function, got undefined\. Say where/,
    );
  });

  it.each([
    undefined,
    '',
    'localhost',
    'unknown',
    '203.0.113.7, 10.0.0.1',
    '203.0.113',
    Promise.resolve('203.0.113.7'),
  ] as (string | undefined)[])('is not taken for one that all share when it is said to be %j', async (said) => {
    const faults: unknown[] = [];
    const gate = fetch('1/minute', { ...quiet, peer: () => said, onFault: (fault) => faults.push(fault) });
    const { status } = await gate(() => new Response())(ask());
    expect([status, String(faults[0])]).toEqual([
      500,
      expect.stringContaining('ERR_ADAPTER_PEER: peer: expected an address'),
    ]);
  });

  it('is told to Hono by Node, by Bun and by Deno, each in its way, and by nobody on a platform that knows none', async () => {
    const app = new Hono();
    app.use(hono('9/minute', { onWarning: quiet.onWarning, onFault: () => undefined }));
    app.get('/', (c) => c.text(String(c.get('headgate').subject['address'])));
    const platforms = [
      { incoming: { socket: { remoteAddress: '203.0.113.1' } } },
      { server: { requestIP: () => ({ address: '203.0.113.2' }) } },
      { requestIP: () => ({ address: '203.0.113.3' }) },
      { remoteAddr: { hostname: '203.0.113.4' } },
    ];
    const told = platforms.map(async (env) => (await app.request('/', {}, env)).text());
    expect(await Promise.all(told)).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4']);
    expect((await app.request('/', {}, {})).status).toBe(500);
  });

  /** As Cloudflare's stub of another service: it has every member that it is asked for. */
  const stub: unknown = new Proxy(() => undefined, { get: () => stub });

  it.each([
    ['nothing', { incoming: null, outgoing: null }],
    ['text', { incoming: 'rawHeaders', outgoing: 'writeHead' }],
    ['half of it', { incoming: { rawHeaders: [] }, outgoing: {} }],
    ['a service that answers to every name', { incoming: stub, outgoing: stub }],
  ])('is not looked for in Node’s where a platform hands on %s by the names of that', async (_, given) => {
    const app = new Hono();
    app.use(hono('9/minute', { onWarning: quiet.onWarning, clock: quiet.clock }));
    app.get('/', (c) => c.text('told'));
    const server = { requestIP: () => ({ address: '203.0.113.5' }) };
    const response = await app.request('/', {}, { ...given, server });
    expect([response.status, response.headers.get('ratelimit')]).toEqual([200, '"limit";r=8;t=64']);
  });
});

describe('a handler of Web requests', () => {
  it('is told how its request stands, and so is its caller, on a response that cannot be changed too', async () => {
    const gate = fetch('9/minute', quiet);
    const redirect = gate(() => Response.redirect('http://api.example/other', 302));
    const { status, headers } = await redirect(ask());
    expect([status, headers.get('location'), headers.get('ratelimit')]).toEqual([
      302,
      'http://api.example/other',
      '"limit";r=8;t=64',
    ]);
  });

  it('gets what its framework hands on', async () => {
    const gate = fetch('9/minute', { ...quiet, peer: (_request: Request, { ip }: { ip: string }) => ip });
    const handler = gate(async (request, { ip, id }: { ip: string; id: number }) =>
      Response.json([gate.of(request).subject['address'], ip, id]),
    );
    expect(await (await handler(ask(), { ip: '203.0.113.9', id: 1 })).json()).toEqual([
      '203.0.113.9',
      '203.0.113.9',
      1,
    ]);
  });

  it('is given a request of its framework’s own class, also where that had to be made anew, and all that is handed on', async () => {
    class Extended extends Request {
      readonly extra = 'kept';
    }
    const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { size: { size: 40B, of: request.bytes }, calls: { rate: 9/minute, per: address } }
`);
    const gate = fetch(policy, {
      ...quiet,
      peer: (request: Request) => (request instanceof Extended ? peer() : undefined),
    });
    const handler = gate(async (request: Extended, { params }: { params: Promise<{ id: string }> }) =>
      Response.json([request.extra, await request.text(), request.url, (await params).id]),
    );
    const asked = new Extended('http://api.example/?_method=PUT&a=b', { method: 'POST', body: 'a body' });
    const answer = await handler(asked, { params: Promise.resolve({ id: '7' }) });
    expect(await answer.json()).toEqual(['kept', 'a body', 'http://api.example/?a=b', '7']);
  });

  it('does not see what asks it to run something else, nor what it would believe', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { anonymous: true }\nlimits: { calls: { rate: 9/minute, per: address } }',
    );
    const gate = fetch(policy, quiet);
    const seen = gate((request) => Response.json([request.url, ...request.headers.keys()]));
    const headers = { 'X-HTTP-Method-Override': 'DELETE', 'X-Headgate-Reservation': 'mine', 'X-Own': 'kept' };
    const answer = await seen(ask('/files?a=b&_method=DELETE', { headers }));
    expect(await answer.json()).toEqual(['http://api.example/files?a=b', 'x-own']);
  });

  it('fails as it would without a gate, and lets go of what it held', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { anonymous: true }\nlimits: { running: { concurrency: 1, per: address } }',
    );
    const gate = fetch(policy, quiet);
    const fails = gate(() => Promise.reject(new Error('on purpose')));
    for (let i = 0; i < 3; i++) await expect(fails(ask())).rejects.toThrow('on purpose');
    expect((await gate(() => new Response())(ask())).status).toBe(200);
  });

  it('may answer with a failure of the network, which passes as it is, and costs what a failure does', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits:
  running: { concurrency: 1, per: address }
  tokens: { rate: 9/minute, algorithm: fixed, per: address, cost: { reserve: 5, actual: 'response.ok ? 1 : 2', lost: 4 } }
respond: { headers: { of: tokens, dialect: ratelimit } }
`);
    const failure = Response.error();
    const leaves = async (handle: () => Response | Promise<Response>): Promise<unknown> => {
      const gate = fetch(policy, quiet);
      const answer = await gate(handle)(ask()).catch(() => failure);
      return [answer === failure, (await gate(() => new Response())(ask())).headers.get('ratelimit')];
    };
    const thrown = await leaves(() => Promise.reject(new Error('on purpose')));
    expect([await leaves(() => failure), thrown]).toEqual([thrown, [true, '"tokens";r=0;t=60']]);

    const app = new Hono();
    app.use(hono('9/minute', quiet));
    app.get('/', () => failure);
    expect((await app.request('/')).type).toBe('error');
  });

  it('is not run for a caller that has gone while it was looked up, and nothing stays held', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { key: { header: X-API-Key, find: who } }\nunidentified: unlimited\nlimits: { running: { concurrency: 1, per: address } }',
    );
    const leaving = new AbortController();
    const finders = { who: async () => (leaving.abort(), { plan: '' }) };
    const ran: string[] = [];
    const handler = fetch(policy, { ...quiet, finders })(({ url }) => {
      ran.push(new URL(url).pathname);
      return new Response('body');
    });
    const headers = { 'X-API-Key': 'k' };
    await handler(ask('/gone', { headers, signal: leaving.signal }));
    expect((await handler(ask('/there', { headers }))).status).toBe(200);
    expect(ran).toEqual(['/there']);
  });

  it('holds until its body is read to the end, or is not wanted any more', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { anonymous: true }\nlimits: { running: { concurrency: 1, per: address } }',
    );
    const handler = fetch(policy, quiet)(() => new Response('body'));
    const [first, second] = [await handler(ask()), await handler(ask())];
    expect([first.status, second.status]).toEqual([200, 429]);
    expect(await first.text()).toBe('body');
    const third = await handler(ask());
    await third.body?.cancel();
    expect([third.status, (await handler(ask())).status]).toEqual([200, 200]);
  });

  it('sees a field that came twice as two, where it must come once', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\nlimits: { calls: { rate: 9/minute, per: key } }',
    );
    const headers = new Headers([['X-API-Key', 'a'], ['X-API-Key', 'b']]); // prettier-ignore
    expect((await fetch(policy, quiet)(() => new Response())(ask('/', { headers }))).status).toBe(400);
  });
});

describe('a middleware of Hono', () => {
  it('keeps what was set before it refused, as CORS does', async () => {
    const app = new Hono();
    app
      .use(cors())
      .use(hono('1/minute', quiet))
      .get('/', (c) => c.text('home'));
    const answers = [await app.request('/'), await app.request('/')];
    expect(
      answers.map(({ status, headers }) => [
        status,
        headers.get('access-control-allow-origin'),
        headers.get('content-type'),
      ]),
    ).toEqual([
      [200, '*', 'text/plain; charset=UTF-8'],
      [429, '*', 'application/problem+json'],
    ]);
  });

  it('counts by what a key says, of the context that handlers have', async () => {
    const app = new Hono<{ Variables: { user: string } }>();
    app.use(async (c, next) => {
      c.set('user', c.req.query('user') ?? '');
      await next();
    });
    app.use(hono('1/minute', { ...quiet, key: (c) => c.get('user') as string })).get('/', (c) => c.text('home'));
    const statuses = [];
    for (const user of ['a', 'a', 'b', '', '']) statuses.push((await app.request(`/?user=${user}`)).status);
    expect(statuses).toEqual([200, 429, 200, 200, 429]);
  });

  it('tells of a response that a failure gave, and of a path that nothing is at', async () => {
    const app = new Hono();
    app.use(hono('9/minute', quiet)).get('/', () => { throw new Error('on purpose'); }); // prettier-ignore
    app.onError((_error, c) => c.text('failed', 500));
    const answers = [await app.request('/'), await app.request('/nothing')];
    expect(answers.map(({ status, headers }) => [status, headers.get('ratelimit')])).toEqual([[500, '"limit";r=8;t=64'], [404, '"limit";r=7;t=64']]); // prettier-ignore
  });
});
