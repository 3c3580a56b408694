import { describe, expect, it } from 'vitest';
import { answered, atOnce, forwarded, gateOf, KEY, viewOf } from '../gate-of.ts';

/*
 * What is answered here, without a limit of the caller's having refused it, says how the limits stand as well.
 */

const GUARDED = `${KEY}unidentified: 3/minute
operations: { list: { match: GET /files }, add: { match: POST /files } }
limits:
  calls: { rate: 9/minute, algorithm: fixed, per: key }
  adds: { rate: 5/minute, algorithm: fixed, per: key, on: [add] }
`;
const HEADERS =
  'respond: { headers: [{ of: calls, dialect: ratelimit }, { of: adds, dialect: x-ratelimit, on: [add] }] }';
const listed = { target: '/files' };

describe('a request of somebody who is not known', () => {
  it('is told of what its address may still ask, in every dialect that is for all operations', () => {
    const { ask } = gateOf(GUARDED + HEADERS);
    const refused = answered(ask({ ...listed, fields: [] }));
    expect([refused.status, refused.field('RateLimit-Policy'), refused.field('RateLimit')]).toEqual([
      401,
      '"unidentified";q=3;w=60',
      '"unidentified";r=2;t=64',
    ]);
    expect(refused.field('X-RateLimit-Limit')).toBeUndefined();
    expect(answered(ask({ target: '/%00' })).field('RateLimit')).toBe('"unidentified";r=1;t=64');
  });

  it('is refused with the wait, once the address is exhausted, as a problem of abnormal use', () => {
    const { ask } = gateOf(GUARDED + HEADERS);
    for (let i = 0; i < 3; i++) ask({ ...listed, fields: [] });
    const refused = answered(ask(listed));
    expect([refused.status, refused.field('RateLimit'), refused.field('Retry-After')]).toEqual([
      429,
      '"unidentified";r=0;t=64',
      '64',
    ]);
    expect(refused.json()).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#abnormal-usage-detected',
      title: 'Request not satisfied due to detection of abnormal request pattern',
      status: 429,
      detail: 'Too many requests from this address that nobody could be identified by. Retry after 64 seconds.',
      'violated-policies': ['unidentified'],
      retryAfter: 64,
    });
  });

  it('is told nothing where failures are not limited, and no Retry-After where they are not exhausted', () => {
    const { ask } = gateOf(`${GUARDED.replace('3/minute', 'unlimited')}${HEADERS}`);
    const refused = answered(ask({ ...listed, fields: [] }));
    expect([refused.status, refused.field('RateLimit'), refused.field('Retry-After')]).toEqual([
      401,
      undefined,
      undefined,
    ]);
    const limited = answered(gateOf(GUARDED + HEADERS).ask({ ...listed, fields: [] }));
    expect(limited.field('Retry-After')).toBeUndefined();
  });

  it('hears one set of fields, though several blocks would write it', () => {
    const two = `limits: { calls: { rate: 9/minute, per: key }, more: { quota: 99/day, per: key } }
respond: { headers: [{ of: calls, dialect: x-ratelimit }, { of: more, dialect: x-ratelimit }, { of: more, fields: { X-More: "{remaining}" } }] }`;
    const refused = answered(gateOf(`${KEY}unidentified: 3/minute\n${two}`).ask({ fields: [] }));
    expect(refused.fields.filter((name) => /^x-/i.test(name))).toEqual([
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
    expect(refused.field('X-RateLimit-Limit')).toBe('3');
  });
});

describe('a request of somebody who is known', () => {
  it('that is for no operation is told of the limits for all of them, and charged to none', () => {
    const { ask } = gateOf(GUARDED + HEADERS);
    expect(forwarded(ask(listed)).settle(200)).toContain('"calls";r=8;t=60');
    const missing = answered(ask({ target: '/nothing' }));
    expect([missing.status, missing.field('RateLimit')]).toEqual([404, '"calls";r=8;t=60']);
    expect(forwarded(ask(listed)).settle(200)).toContain('"calls";r=7;t=60');
  });

  it('that a precondition refuses is told of all that would apply, and charged where attempts count', () => {
    const { ask } = gateOf(`${GUARDED}  tries: { rate: 7/minute, algorithm: fixed, per: key, count: attempts }
require: { open: { that: 'request.method == "GET"', else: { status: 403 } } }
respond: { headers: { of: [calls, adds, tries], dialect: ratelimit } }`);
    const refused = (): string | undefined => {
      const answer = answered(ask({ ...listed, method: 'POST' }));
      expect([answer.status, answer.field('Retry-After')]).toEqual([403, undefined]);
      return answer.field('RateLimit');
    };
    expect(refused()).toBe('"calls";r=9;t=0, "adds";r=5;t=0, "tries";r=6;t=60');
    expect(refused()).toBe('"calls";r=9;t=0, "adds";r=5;t=0, "tries";r=5;t=60');
  });

  it('whose plan has none of it is told of the others', () => {
    const { ask } = gateOf(`${KEY}limits:
  calls: { rate: 9/minute, algorithm: fixed, per: key }
  exports: { quota: { by: request.method, POST: none, else: unlimited }, per: key }
respond: { headers: { of: [calls, exports], dialect: x-ratelimit } }`);
    const refused = answered(ask({ method: 'POST' }));
    expect([refused.status, refused.field('X-RateLimit-Remaining'), refused.field('Retry-After')]).toEqual([
      429,
      '9',
      undefined,
    ]);
    expect(refused.json()).toMatchObject({
      type: 'about:blank',
      detail: 'This is not part of what the caller may use.',
    });
  });

  it('whose figure cannot be told is told of those that can', () => {
    const { ask } = gateOf(`${KEY}limits:
  calls: { rate: 9/minute, algorithm: fixed, per: key }
  units: { rate: '(int(request.headers["x-n"]))/minute', per: key }
respond: { headers: [{ of: units, dialect: draft-07 }, { of: calls, dialect: x-ratelimit }] }`);
    const refused = answered(ask());
    expect([refused.status, refused.field('X-RateLimit-Remaining')]).toEqual([400, '9']);
  });
});

describe('an answer of the server’s own', () => {
  it('to an admitted request carries its fields, in a problem', () => {
    const { ask } = gateOf(`${GUARDED}respond: { expose: true, headers: { of: calls, dialect: draft-07 } }`);
    const forward = forwarded(ask(listed));
    for (const [status, title] of [
      [413, 'Content Too Large'],
      [502, 'Bad Gateway'],
      [504, 'Gateway Timeout'],
    ] as const) {
      expect(forward.answer(status, 'No.')).toEqual({
        status,
        fields: [
          'Content-Type',
          'application/problem+json',
          'RateLimit-Policy',
          '9;w=60',
          'RateLimit',
          'limit=9, remaining=8, reset=60',
          'Access-Control-Expose-Headers',
          'RateLimit-Policy, RateLimit',
        ],
        body: JSON.stringify({ type: 'about:blank', title, status, detail: 'No.' }),
      });
    }
  });

  it('to a request that was never judged is charged to its address', () => {
    const { gate, ask } = gateOf(GUARDED + HEADERS);
    const refused = answered(atOnce(gate.refuse(viewOf({ fields: [] }), 400, 'Two hosts.')));
    expect([refused.status, refused.field('RateLimit'), refused.json()['detail']]).toEqual([
      400,
      '"unidentified";r=2;t=64',
      'Two hosts.',
    ]);
    for (let i = 0; i < 2; i++) void gate.refuse(viewOf(), 408, 'Too slow.');
    expect(answered(ask(listed)).status).toBe(429);
  });
});

describe('a size', () => {
  it('is refused with 429, without a wait, unless the policy says otherwise', () => {
    const big = {
      fields: [
        ['X-API-Key', 'k'],
        ['Content-Length', '11'],
      ],
    } as const;
    const usual = answered(gateOf(`${KEY}limits: { one: { size: 10 } }`).ask(big));
    expect([usual.status, usual.field('Retry-After'), usual.json()['violated-policies']]).toEqual([
      429,
      undefined,
      ['one'],
    ]);
    const large = answered(gateOf(`${KEY}limits: { one: { size: 10, past: { status: 413 } } }`).ask(big));
    expect([large.status, large.json()['title']]).toEqual([
      413,
      'Request cannot be satisfied as assigned quota has been exceeded',
    ]);
  });
});

describe('an answer of a status that has no content', () => {
  it.each([204, 205, 304])('%i has no body, and no type of one', (status) => {
    const { ask } = gateOf(
      `${KEY}limits: { calls: { rate: 1/minute, per: key, past: { status: ${status}, body: no } } }`,
    );
    ask();
    const refused = answered(ask());
    expect([refused.status, refused.field('Content-Type'), refused.body]).toEqual([status, undefined, '']);
  });
});

describe('scripts of other origins', () => {
  const SHARED = `${GUARDED}respond: { expose: true, help: "https://a.example/more", headers: { of: calls, dialect: x-ratelimit } }`;

  it('may read what any answer tells, refusals included', () => {
    const { ask } = gateOf(SHARED);
    const exposed = (spec: Parameters<typeof ask>[0]): string | undefined =>
      answered(ask(spec)).field('Access-Control-Expose-Headers');
    const figures = 'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset';
    expect(exposed({ ...listed, fields: [] })).toBe(`${figures}, WWW-Authenticate`);
    expect(exposed({ target: '/nothing' })).toBe(figures);
    for (let i = 0; i < 9; i++) ask(listed);
    expect(exposed(listed)).toBe(`${figures}, Retry-After, Link`);
  });

  it('are not told twice what the upstream tells them', () => {
    const forward = forwarded(gateOf(SHARED).ask(listed));
    const expose = (upstream: readonly string[]): string | undefined => {
      const fields = forward.settle(200, upstream);
      return fields[fields.indexOf('Access-Control-Expose-Headers') + 1];
    };
    expect(expose(['access-control-expose-headers', 'ETag,x-ratelimit-LIMIT', 'Vary', 'x'])).toBe(
      'X-RateLimit-Remaining, X-RateLimit-Reset',
    );
    expect(expose(['Access-Control-Expose-Headers', '*'])).toBe(
      'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset',
    );
  });
});

describe('who needs more', () => {
  it('is told where to ask, by a refusal of the policy’s', () => {
    const { ask } = gateOf(`${KEY}require: { get: { that: 'request.method == "GET"', else: { status: 403 } } }
limits: { calls: { rate: 1/minute, per: key } }
respond: { help: "mailto:sales@a.example?subject=more%20calls" }`);
    const link = '<mailto:sales@a.example?subject=more%20calls>; rel="help"';
    ask();
    for (const refused of [answered(ask()), answered(ask({ method: 'PUT' }))]) {
      expect(refused.field('Link')).toBe(link);
      expect(refused.json()['help']).toBe('mailto:sales@a.example?subject=more%20calls');
    }
    for (const other of [answered(ask({ fields: [] })), answered(ask({ target: '/%00' }))])
      expect([other.field('Link'), other.json()['help']]).toEqual([undefined, undefined]);
  });
});
