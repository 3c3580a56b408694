import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../core/index.ts';
import { parsePolicy } from '../policy/index.ts';
import { memoryStore } from '../stores/memory/index.ts';
import { createHttpGate } from './gate.ts';
import type { Answered, Forward, Handled } from './handled.ts';
import type { RequestView } from './request.ts';

const START = Date.UTC(2026, 3, 11, 13, 0, 0, 500);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Spec {
  readonly method?: string;
  readonly target?: string;
  readonly peer?: string;
  readonly fields?: readonly (readonly [string, string])[];
}

/** A gate of a policy, on a clock that stands still until it is told. */
function gateOf(policy: string): { ask: (spec?: Spec) => Handled; clock: { nowMs: number } } {
  const clock = { nowMs: START };
  const time: Clock = { monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  const gate = createHttpGate({ policy: parsePolicy(`headgate: 1\n${policy}`), store: memoryStore({ clock: time }), clock: time, sha256, salt: 'salt' });
  return { clock, ask: (spec) => gate.handle(viewOf(spec)) };
}

function viewOf({ method = 'GET', target = '/', peer = '192.0.2.1', fields = [['X-API-Key', 'k']] }: Spec = {}): RequestView {
  const values = (name: string): string[] => fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
  return { id: 'r1', method, target, scheme: 'http', peer, header: (name) => values(name)[0], headers: values, fields: () => fields.flat() };
}

function forwarded(handled: Handled): Forward {
  if (handled.kind !== 'forward') throw new Error(`expected a forward, got ${handled.status} ${handled.body}`);
  return handled;
}

function answered(handled: Handled): Answered & { readonly field: (name: string) => string | undefined; readonly json: () => Record<string, unknown> } {
  if (handled.kind !== 'answer') throw new Error('expected an answer');
  const { fields } = handled;
  return {
    ...handled,
    field: (name) => fields[fields.findIndex((field, i) => i % 2 === 0 && field.toLowerCase() === name.toLowerCase()) + 1],
    json: () => JSON.parse(handled.body) as Record<string, unknown>, // an object, or the test fails
  };
}

const KEY = 'identify: { key: { header: X-API-Key, find: any } }\n';

describe('an answer that the policy does not write', () => {
  it('is a problem of the registered type, which names what was exceeded and when to come back', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { label: Calls, rate: 1/minute, algorithm: fixed, per: key } }`);
    expect(ask().kind).toBe('forward');
    const denial = answered(ask());
    expect([denial.status, denial.field('Content-Type'), denial.field('Retry-After')]).toEqual([429, 'application/problem+json', '60']);
    expect(denial.json()).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      detail: 'The limit "Calls" is used up. Retry after 60 seconds.',
      'violated-policies': ['calls'],
      retryAfter: 60,
    });
  });

  it('promises no time to a request that no wait helps', () => {
    const { ask } = gateOf(`${KEY}limits: { one: { size: 10, of: request.bytes } }`);
    const denial = answered(ask({ fields: [['X-API-Key', 'k'], ['Content-Length', '11']] }));
    expect([denial.status, denial.fields.includes('Retry-After')]).toEqual([429, false]);
    expect(denial.json()).not.toHaveProperty('retryAfter');
    expect(denial.json()['detail']).toContain('No wait will help');
    expect(denial.denial.retryAfterMs).toBeUndefined();
  });

  it('is 401 with a challenge, and a problem', () => {
    const { ask } = gateOf('identify: { key: { header: X-API-Key, bearer: true, find: any } }\nname: "A \\"quoted\\" API"');
    const answer = answered(ask({ fields: [] }));
    expect([answer.status, answer.field('WWW-Authenticate')]).toEqual([401, 'ApiKey realm="A \\"quoted\\" API", in="header", name="x-api-key", Bearer realm="A \\"quoted\\" API"']);
    expect(answer.json()).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  });

  it('says why a target is refused', () => {
    const answer = answered(gateOf(KEY).ask({ target: '/a%2fb' }));
    expect([answer.status, answer.json()['detail']]).toEqual([400, 'The request cannot be read: the path has an escaped slash.']);
  });
});

describe('an answer that the policy writes', () => {
  it('keeps the type of a lone placeholder, and tells one instant everywhere', () => {
    const { ask, clock } = gateOf(`${KEY}
limits: { calls: { rate: 2/minute, algorithm: fixed, per: key } }
respond:
  exceeded:
    status: 503
    headers: { Retry-After: "{retryAfter}", X-At: "{retryAt:http}" }
    body: { n: "{limit}", used: "{used}", left: "{remaining}", pct: "{percent}", s: "in {retryAfter} s", ms: "{retryAfter:ms}", at: "{retryAt:iso}", reset: "{resetAt:epoch}", list: ["{name}", "{window}", "{request.id}", "{operation}", "{{x}", 1, true, null] }`);
    ask();
    ask();
    clock.nowMs += 12_345;
    const denial = answered(ask({ target: '/a' }));
    expect([denial.status, denial.field('Content-Type'), denial.field('Retry-After'), denial.field('X-At')]).toEqual([503, 'application/json; charset=utf-8', '48', 'Sat, 11 Apr 2026 13:01:01 GMT']);
    expect(denial.json()).toEqual({
      n: 2, used: 2, left: 0, pct: 100, s: 'in 48 s', ms: 47_655, at: '2026-04-11T13:01:01Z', reset: Date.UTC(2026, 3, 11, 13, 1, 1) / 1000,
      list: ['calls', 'minute', 'r1', 'GET /a', '{x}', 1, true, null],
    });
  });

  it('says null for a time that does not exist, and sends no header for it', () => {
    const { ask } = gateOf(`${KEY}
limits: { one: { size: 1, of: request.bytes } }
respond: { exceeded: { headers: { Retry-After: "{retryAfter}" }, body: { wait: "{retryAfter}", at: "{retryAt:iso}" } } }`);
    const denial = answered(ask({ fields: [['X-API-Key', 'k'], ['Content-Length', '2']] }));
    expect([denial.fields.includes('Retry-After'), denial.json()]).toEqual([false, { wait: null, at: null }]);
  });

  it('can be text, of another type, and cannot be broken out of', () => {
    const { ask } = gateOf(`${KEY}
limits: { calls: { rate: 1/minute, per: key } }
respond: { exceeded: { type: text/xml, headers: { X-Op: "{operation}" }, body: "<slow>{retryAfter}</slow>" } }`);
    ask();
    const denial = answered(ask({ target: '/a%C3%A9"' }));
    expect([denial.field('Content-Type'), denial.body, denial.field('X-Op')]).toEqual(['text/xml', '<slow>64</slow>', 'GET /a%C3%A9%22']);
  });

  it('lets an expression lengthen the wait it tells', () => {
    const { ask } = gateOf(`${KEY}
limits: { calls: { rate: 1/10s, algorithm: fixed, per: key } }
respond: { exceeded: { headers: { Retry-After: "{= max(retryAfter, 60) }" }, body: { plan: "{plan}" } } }`);
    ask();
    expect(answered(ask()).field('Retry-After')).toBe('60');
  });
});

describe('of several limits that refuse', () => {
  const limits = `${KEY}
limits:
  short: { rate: 1/10s, algorithm: fixed, per: key }
  long: { rate: 1/minute, algorithm: fixed, per: key }
  same: { rate: 1/minute, algorithm: fixed, per: [key, operation] }
  size: { size: 5, of: request.bytes }
`;
  const report = (how: string, bytes = '1'): readonly unknown[] => {
    const { ask } = gateOf(`${limits}respond: { ${how} exceeded: { headers: { Retry-After: "{retryAfter}" }, body: "{name} {resetIn}" } }`);
    ask();
    const denial = answered(ask({ fields: [['X-API-Key', 'k'], ['Content-Length', bytes]] }));
    return [denial.body, denial.field('Retry-After'), denial.denial.limit];
  };

  it('the longest wait speaks, the first in the file among equals', () => {
    expect(report('')).toEqual(['long 60', '60', 'long']);
  });

  it('the first or a named one speaks if the policy says so, and Retry-After stays the longest', () => {
    expect(report('report: first,')).toEqual(['short 10', '60', 'short']);
    expect(report('report: same,')).toEqual(['same 60', '60', 'same']);
  });

  it('never outranks any wait, and has no Retry-After', () => {
    expect(report('', '6').slice(0, 1)).toEqual(['size never']);
    expect(report('', '6')[2]).toBe('size');
  });

  it('a named limit that does not refuse leaves the word to the one that decided', () => {
    expect(report('report: size,')).toEqual(['long 60', '60', 'long']);
  });
});

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
    expect(denial).toEqual({ limit: 'unauthorized', operation: undefined, subject: sha256('salt address 192.0.2.1').slice(0, 16), retryAfterMs: undefined });
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
    const big = { method: 'POST', target: '/jobs', fields: [['X-API-Key', 'k'], ['X-Size', 'big']] } as const;
    const first = forwarded(ask(big));
    expect([first.operation, first.settle(200)]).toEqual(['big', ['X-Big-Limit', '1', 'X-Big-Remaining', '0', 'X-Big-Reset', '1775912461', 'RateLimit-Policy', '"every";q=10;w=60', 'RateLimit', '"every";r=9;t=60']]);
    expect(answered(ask(big)).status).toBe(429);
    expect(forwarded(ask({ method: 'POST', target: '/jobs' })).operation).toBe('job');
    expect(forwarded(ask({ target: '/x/../y' }))).toMatchObject({ operation: 'rest', target: '/y' });
  });
});

describe('headers of an admitted request', () => {
  it('wait for the status where they depend on it', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { rate: 9/minute, per: key } }\nrespond: { headers: { of: calls, only: succeeded, fields: { X-Left: "{remaining}" } } }`);
    const forward = forwarded(ask());
    expect([forward.settle(201), forward.settle(302), forward.settle(500)]).toEqual([['X-Left', '8'], [], []]);
  });

  it('are exposed to scripts of other origins when the policy says so', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { rate: 1/minute, algorithm: fixed, per: key } }\nrespond: { expose: true, headers: { of: calls, fields: { X-Left: "{remaining}" } } }`);
    expect(forwarded(ask()).settle(200)).toEqual(['X-Left', '0', 'Access-Control-Expose-Headers', 'X-Left']);
    expect(answered(ask()).field('Access-Control-Expose-Headers')).toBe('X-Left, Retry-After');
  });

  it('say nothing of a limit that a caller does not have', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { rate: unlimited, per: key } }\nrespond: { headers: { of: calls, dialect: x-ratelimit } }`);
    expect(forwarded(ask()).settle(200)).toEqual([]);
  });

  it('show an end of window that does not move while the wall clock is a little apart', () => {
    const clock = { wall: START, mono: START };
    const time: Clock = { monotonicMs: () => clock.mono, wallMs: () => clock.wall };
    const policy = parsePolicy(`headgate: 1\n${KEY}limits: { calls: { rate: 9/minute, algorithm: fixed, per: key } }\nrespond: { headers: { of: calls, dialect: x-ratelimit, reset: epochMs } }`);
    const gate = createHttpGate({ policy, store: memoryStore({ clock: time }), clock: time, sha256, salt: 's' });
    const reset = (): string | undefined => forwarded(gate.handle(viewOf())).settle(200)[5];
    const first = reset();
    [clock.wall, clock.mono] = [START + 1200, START + 1000];
    expect(reset()).toBe(first);
    [clock.wall, clock.mono] = [START + 3_600_000, START + 1000];
    expect(reset()).toBe(String(Number(first) + 3_599_000));
  });
});

describe('a precondition', () => {
  it('refuses with its own answer before any counter is touched', () => {
    const { ask } = gateOf(`${KEY}
require: { known: { that: 'request.method != "DELETE"', else: frozen } }
limits: { calls: { rate: 2/minute, per: key } }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" } }, answers: { frozen: { status: 403, body: { error: Nothing may be deleted. } } } }`);
    const refused = answered(ask({ method: 'DELETE' }));
    expect([refused.status, refused.json(), refused.fields.includes('Retry-After')]).toEqual([403, { error: 'Nothing may be deleted.' }, false]);
    expect(forwarded(ask()).settle(200)).toEqual(['X-Left', '1']);
  });
});
