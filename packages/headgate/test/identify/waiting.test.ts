import { describe, expect, it } from 'vitest';
import { answered, forwarded, gateOf, KEY } from '../gate-of.ts';

describe('a request', () => {
  it('waits only where the source that decides has to', async () => {
    const text = `address: { trust: 192.0.2.1 }
identify:
  key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": {} } }
  user: { header: X-User-Id, from: proxy, find: any }
  slow: { cookie: sid, find: sessions }
  anonymous: true
limits: { calls: { rate: 100/minute, per: address } }`;
    const { ask, gate, wait } = gateOf(text, { finders: { sessions: async () => ({}) } });
    expect(ask({ fields: [['X-API-Key', 'test']] }).kind).toBe('forward');
    expect(answered(ask({ fields: [['X-API-Key', 'wrong']] })).status).toBe(401);
    expect(ask({ fields: [['X-User-Id', 'me']] }).kind).toBe('forward');
    expect(ask({ fields: [] }).kind).toBe('forward');
    const both = { fields: [['X-API-Key', 'test'] as const, ['Cookie', 'sid=a'] as const] };
    expect(ask(both).kind).toBe('forward');
    expect((await wait({ fields: [['Cookie', 'sid=a']] })).kind).toBe('forward');
    expect(gate.identifies('x-user-id')).toBe(true);
  });

  it('is told how to say who it is, and not how a proxy says it', () => {
    const { ask } = gateOf(`address: { trust: 10.0.0.1 }
identify: { user: { header: X-User-Id, from: proxy, find: any }, key: { bearer: true, find: any } }`);
    expect(answered(ask({ fields: [] })).field('WWW-Authenticate')).toBe('Bearer realm="API"');
  });

  it('is judged by the time at which its caller is known', async () => {
    let go = (): void => {};
    const { wait, clock } = gateOf(
      `identify: { slow: { cookie: sid, find: sessions } }
overrides: [{ for: { slow: a }, limits: { calls: unlimited }, from: 2026-04-11T13:00:10Z, reason: r, by: b }]
limits: { calls: { rate: 5/minute, per: slow } }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" } } }`,
      { finders: { sessions: () => new Promise((resolve) => (go = () => resolve({}))) } },
    );
    const waiting = wait({ fields: [['Cookie', 'sid=a']] });
    clock.nowMs += 20_000;
    go();
    expect(forwarded(await waiting).settle(200)).toEqual([]);
  });
});

describe('a question of a browser before its request', () => {
  const preflight = (target = '/files', method = 'PUT', more: readonly (readonly [string, string])[] = []) => ({
    method: 'OPTIONS',
    target,
    fields: [['Origin', 'https://app.example'], ['Access-Control-Request-Method', method], ...more] as const,
  });
  const text = `${KEY}unidentified: 3/minute
operations: { list: { match: GET /files }, put: { match: PUT /files, when: 'request.headers["x-a"] == "b"' } }
limits: { calls: { rate: 2/minute, per: key } }
respond: { expose: true, headers: { of: calls, fields: { X-Left: "{remaining}" } } }`;

  it('needs no key, is forwarded, and costs its address one and no limit anything', () => {
    const { ask } = gateOf(text);
    const first = forwarded(ask(preflight('/files?x=1')));
    expect([first.operation, first.target, first.settle(204)]).toEqual(['(preflight)', '/files?x=1', []]);
    expect(forwarded(ask({ target: '/files' })).settle(200)).toEqual([
      'X-Left',
      '1',
      'Access-Control-Expose-Headers',
      'X-Left',
    ]);
    expect([ask(preflight()).kind, ask(preflight('/files', 'GET')).kind]).toEqual(['forward', 'forward']);
    expect(answered(ask(preflight())).status).toBe(429);
    expect(answered(ask({ target: '/files' })).status).toBe(429);
  });

  it('passes only for what could pass itself: another path or method is 404', () => {
    const { ask } = gateOf(text);
    expect(answered(ask(preflight('/nothing'))).status).toBe(404);
    expect(answered(ask(preflight('/files', 'DELETE'))).status).toBe(404);
    expect(answered(ask(preflight('/files/%00'))).status).toBe(400);
    expect(answered(ask(preflight('/files', 'HEAD'))).status).toBe(429);
  });

  it.each([
    ['without an Origin', { ...preflight(), fields: [['Access-Control-Request-Method', 'GET']] as const }],
    ['without a method that it asks for', { ...preflight(), fields: [['Origin', 'https://a']] as const }],
    ['with a body', preflight('/files', 'PUT', [['Content-Length', '5']])],
    ['with a body of unknown length', preflight('/files', 'PUT', [['Transfer-Encoding', 'chunked']])],
    ['of another method', { ...preflight(), method: 'GET' }],
  ])('is a request like others %s: it needs a key', (_, spec) => {
    expect(answered(gateOf(text).ask(spec)).status).toBe(401);
  });

  it('is an operation like others, as any OPTIONS is, once it has a key', () => {
    const { ask } = gateOf(
      `${KEY}operations: { any: { match: ANY /** } }\nlimits: { calls: { rate: 1/minute, per: key } }`,
    );
    expect(forwarded(ask({ method: 'OPTIONS' })).operation).toBe('any');
    expect(answered(ask({ method: 'OPTIONS' })).status).toBe(429);
  });
});

describe('what must not reach the upstream', () => {
  const { gate } = gateOf(`address: { trust: 192.0.2.1, header: CF-Connecting-IP }
identify: { user: { header: X-User-Id, from: proxy, find: any }, key: { header: X-API-Key, find: any }, anonymous: true }
operations: { del: { match: POST /x, when: 'request.headers["x-http-method"] == "DELETE"' }, rest: { match: ANY /** } }`);

  it.each([
    'x-http-method-override',
    'x-method-override',
    'x-original-url',
    'x-rewrite-url',
    'x-original-uri',
    'x_http_method_override',
    'x-http_method-override',
    'x-headgate-plan',
    'x_headgate_plan',
    'x_api_key',
    'x_user_id',
  ])('is %s, from anybody', (name) => {
    expect([gate.strips(name, true), gate.strips(name, false)]).toEqual([true, true]);
  });

  it.each(['x-user-id', 'cf-connecting-ip', 'cf_connecting_ip'])('is %s, unless a proxy says it', (name) => {
    expect(gate.strips(name, false)).toBe(true);
    expect(gate.strips(name, true)).toBe(name.includes('_'));
  });

  it.each(['x-api-key', 'authorization', 'x-http-method', 'accept', 'x_other', 'host'])('is not %s', (name) => {
    expect([gate.strips(name, true), gate.strips(name, false)]).toEqual([false, false]);
  });

  it.each([
    ['/x?_method=DELETE', '/x'],
    ['/x?a=1&_method=DELETE&b=2', '/x?a=1&b=2'],
    ['/x?_method=PUT&a=1', '/x?a=1'],
    ['/x?%5Fmethod=PUT', '/x'],
    ['/x?_%6dethod=PUT&_METHOD=PUT', '/x'],
    ['/x?.method=PUT&+_method=PUT&_method[]=PUT', '/x'],
    ['/x?a=1;_method=PUT', '/x?a=1'],
    ['/x?_method', '/x'],
    ['/x?method=a&my_method=b&c=%zz', '/x?method=a&my_method=b&c=%zz'],
    ['/x?a=_method', '/x?a=_method'],
    ['/x?', '/x?'],
  ])('is the method in a query: %s goes up as %s', (target, forwardedAs) => {
    expect(forwarded(gateOf(KEY).ask({ target })).target).toBe(forwardedAs);
  });

  it('is not what the policy itself reads', () => {
    const reads = gateOf(
      `${KEY}operations: { del: { match: POST /x, when: 'request.query["_method"] == "DELETE"' }, rest: { match: ANY /** } }`,
    );
    const sent = forwarded(reads.ask({ method: 'POST', target: '/x?_method=DELETE' }));
    expect([sent.operation, sent.target]).toEqual(['del', '/x?_method=DELETE']);
  });
});
