import { describe, expect, it } from 'vitest';
import { answered, atOnce, forwarded, gateOf, KEY, sha256, START, viewOf } from '../../test/gate-of.ts';
import type { Clock } from '../core/index.ts';
import { parsePolicy } from '../policy/index.ts';
import { memoryStore } from '../stores/memory/index.ts';
import { createHttpGate } from './server-gate.ts';

describe('a request that reaches no subject', () => {
  const guarded = `${KEY}unidentified: 3/minute\noperations: { list: { match: GET /files } }\nlimits: { calls: { rate: 100/minute, per: key } }\n`;

  it('is charged to its address, whatever was wrong with it, until the address is refused unread', () => {
    const { ask } = gateOf(guarded);
    const statuses = [
      ask({ fields: [] }),
      ask({ target: '/%00' }),
      ask({ target: '/nothing' }),
      ask({ target: '/files' }),
      ask({ target: '/files', peer: '192.0.2.2' }),
      ask({ target: '/files', peer: '::ffff:192.0.2.1' }),
    ].map((handled) => (handled.kind === 'forward' ? 200 : handled.status));
    expect(statuses).toEqual([401, 400, 404, 429, 200, 429]);
  });

  it('costs an address nothing when it succeeds', () => {
    const { ask } = gateOf(guarded);
    const kinds = Array.from({ length: 20 }, () => ask({ target: '/files' }).kind);
    expect(new Set(kinds)).toEqual(new Set(['forward']));
  });

  it('counts a network of IPv6 as one address', () => {
    const { ask } = gateOf(guarded);
    for (let i = 0; i < 3; i++) ask({ fields: [], peer: `2001:db8:1:2::${i}` });
    expect(answered(ask({ target: '/files', peer: '2001:db8:1:2:ffff::1' })).status).toBe(429);
    expect(ask({ target: '/files', peer: '2001:db8:1:3::1' }).kind).toBe('forward');
  });

  it('is logged by a hash of its address', () => {
    const { denial } = answered(gateOf(guarded).ask({ fields: [] }));
    expect(denial).toEqual({
      limit: 'unauthorized',
      operation: undefined,
      subject: sha256('salt address 192.0.2.1').slice(0, 16),
      retryAfterMs: undefined,
    });
  });
});

describe('an operation', () => {
  it('is chosen in order, under its condition, and has its own limits and header blocks', () => {
    const { ask } = gateOf(`${KEY}
operations:
  big: { match: POST /jobs, when: 'request.headers["x-size"] == "big"' }
  job: { match: POST /jobs }
  rest: { match: ANY /** }
limits:
  bigs: { rate: 1/minute, algorithm: fixed, per: key, on: [big] }
  every: { rate: 10/minute, algorithm: fixed, per: key }
respond:
  headers:
    - { of: bigs, on: [big], dialect: x-ratelimit, prefix: X-Big- }
    - { of: every, dialect: ratelimit }`);
    const big = {
      method: 'POST',
      target: '/jobs',
      fields: [
        ['X-API-Key', 'k'],
        ['X-Size', 'big'],
      ],
    } as const;
    const first = forwarded(ask(big));
    expect([first.operation, first.settle(200)]).toEqual([
      'big',
      [
        'X-Big-Limit',
        '1',
        'X-Big-Remaining',
        '0',
        'X-Big-Reset',
        '1775912461',
        'RateLimit-Policy',
        '"every";q=10;w=60',
        'RateLimit',
        '"every";r=9;t=60',
      ],
    ]);
    expect(answered(ask(big)).status).toBe(429);
    expect(forwarded(ask({ method: 'POST', target: '/jobs' })).operation).toBe('job');
    expect(forwarded(ask({ target: '/x/../y' }))).toMatchObject({ operation: 'rest', target: '/y' });
  });
});

describe('headers of an admitted request', () => {
  it('wait for the status where they depend on it', () => {
    const { ask } = gateOf(
      `${KEY}limits: { calls: { rate: 9/minute, per: key } }\nrespond: { headers: { of: calls, only: succeeded, fields: { X-Left: "{remaining}" } } }`,
    );
    const forward = forwarded(ask());
    expect([forward.settle(201), forward.settle(302), forward.settle(500)]).toEqual([['X-Left', '8'], [], []]);
  });

  it('are exposed to scripts of other origins when the policy says so', () => {
    const { ask } = gateOf(
      `${KEY}limits: { calls: { rate: 1/minute, algorithm: fixed, per: key } }\nrespond: { expose: true, headers: { of: calls, fields: { X-Left: "{remaining}" } } }`,
    );
    expect(forwarded(ask()).settle(200)).toEqual(['X-Left', '0', 'Access-Control-Expose-Headers', 'X-Left']);
    expect(answered(ask()).field('Access-Control-Expose-Headers')).toBe('X-Left, Retry-After');
  });

  it('say nothing of a limit that a caller does not have', () => {
    const { ask } = gateOf(
      `${KEY}limits: { calls: { rate: unlimited, per: key } }\nrespond: { headers: { of: calls, dialect: x-ratelimit } }`,
    );
    expect(forwarded(ask()).settle(200)).toEqual([]);
  });

  it('show an end of window that does not move while the wall clock is a little apart', () => {
    const clock = { wall: START, mono: START };
    const time: Clock = { monotonicMs: () => clock.mono, wallMs: () => clock.wall };
    const policy = parsePolicy(
      `headgate: 1\n${KEY}limits: { calls: { rate: 9/minute, algorithm: fixed, per: key } }\nrespond: { headers: { of: calls, dialect: x-ratelimit, reset: epochMs } }`,
    );
    const gate = createHttpGate({ policy, store: memoryStore({ clock: time }), clock: time, sha256, salt: 's' });
    const reset = (): string | undefined => forwarded(atOnce(gate.handle(viewOf()))).settle(200)[5];
    const first = reset();
    [clock.wall, clock.mono] = [START + 1200, START + 1000];
    expect(reset()).toBe(first);
    [clock.wall, clock.mono] = [START + 3_600_000, START + 1000];
    expect(reset()).toBe(String(Number(first) + 3_599_000));
  });
});

describe('a figure that a request does not give', () => {
  it('is the request’s fault, answered with 400 and charged to its address', () => {
    const { ask } = gateOf(
      `${KEY}unidentified: 1/minute\nlimits: { calls: { rate: 9/minute, per: key, cost: 'int(request.headers["x-n"])' } }`,
    );
    expect(answered(ask()).status).toBe(400);
    expect(answered(ask()).status).toBe(429);
  });
});

describe('a precondition', () => {
  it('refuses with its own answer before any counter is touched', () => {
    const { ask } = gateOf(`${KEY}
require: { known: { that: 'request.method != "DELETE"', else: frozen } }
limits: { calls: { rate: 2/minute, per: key } }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" } }, answers: { frozen: { status: 403, body: { error: Nothing may be deleted. } } } }`);
    const refused = answered(ask({ method: 'DELETE' }));
    expect([refused.status, refused.json(), refused.fields.includes('Retry-After')]).toEqual([
      403,
      { error: 'Nothing may be deleted.' },
      false,
    ]);
    expect(forwarded(ask()).settle(200)).toEqual(['X-Left', '1']);
  });

  it('is asked first, and what it refuses still counts where attempts count', () => {
    const { ask } = gateOf(`${KEY}
require: { known: { that: 'request.method != "DELETE"', else: frozen } }
limits:
  calls: { rate: 9/minute, algorithm: fixed, per: key }
  tries: { rate: 3/minute, algorithm: fixed, per: key, count: attempts }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" } }, answers: { frozen: { status: 403 } } }`);
    // The fourth is beyond what may be tried, and is told of the precondition all the same.
    expect([1, 2, 3, 4].map(() => answered(ask({ method: 'DELETE' })).status)).toEqual([403, 403, 403, 403]);
    const refused = answered(ask());
    expect([refused.status, refused.denial?.limit, refused.field('X-Left')]).toEqual([429, 'tries', '9']);
  });

  it('reads what is derived, and the plan that an override puts in force', () => {
    const { ask } = gateOf(`${KEY}
derive: { tier: 'subject.key == "big" ? "gold" : "tin"' }
plans: { FREE: { deletes: false }, PRO: { deletes: true } }
operations: { gold: { match: ANY /x, when: 'subject.tier == "gold"' }, rest: { match: ANY /** } }
overrides: [{ for: { key: big }, plan: PRO, from: 2026-01-01T00:00:00Z, reason: paid, by: me }]
limits: { calls: { rate: { PRO: 9/minute, else: 2/minute }, algorithm: fixed, per: key } }
respond: { headers: { of: calls, fields: { X-Tier: "{= subject.tier }", X-Plan: "{= plan.deletes }" } } }`);
    const big = forwarded(ask({ target: '/x', fields: [['X-API-Key', 'big']] }));
    expect([big.operation, big.settle(200)]).toEqual(['gold', ['X-Tier', 'gold', 'X-Plan', 'true']]);
    expect(forwarded(ask({ target: '/x' })).operation).toBe('rest');
  });
});
