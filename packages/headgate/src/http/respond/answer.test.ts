import { describe, expect, it } from 'vitest';
import { answered, gateOf, KEY } from '../../../test/gate-of.ts';

describe('an answer that the policy does not write', () => {
  it('is a problem of the registered type, which names what was exceeded and when to come back', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { label: Calls, rate: 1/minute, algorithm: fixed, per: key } }`);
    expect(ask().kind).toBe('forward');
    const denial = answered(ask());
    expect([denial.status, denial.field('Content-Type'), denial.field('Retry-After')]).toEqual([
      429,
      'application/problem+json',
      '60',
    ]);
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
    const denial = answered(
      ask({
        fields: [
          ['X-API-Key', 'k'],
          ['Content-Length', '11'],
        ],
      }),
    );
    expect([denial.status, denial.fields.includes('Retry-After')]).toEqual([429, false]);
    expect(denial.json()).not.toHaveProperty('retryAfter');
    expect(denial.json()['detail']).toContain('No wait will help');
    expect(denial.denial?.retryAfterMs).toBeUndefined();
  });

  it('is 401 with a challenge, and a problem', () => {
    const { ask } = gateOf(
      'identify: { key: { header: X-API-Key, bearer: true, find: any } }\nname: "A \\"quoted\\" API"',
    );
    const answer = answered(ask({ fields: [] }));
    expect([answer.status, answer.field('WWW-Authenticate')]).toEqual([
      401,
      'ApiKey realm="A \\"quoted\\" API", in="header", name="x-api-key", Bearer realm="A \\"quoted\\" API"',
    ]);
    expect(answer.json()).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
  });

  it('says why a target is refused', () => {
    const answer = answered(gateOf(KEY).ask({ target: '/a%2fb' }));
    expect([answer.status, answer.json()['detail']]).toEqual([
      400,
      'The request cannot be read: the path has an escaped slash.',
    ]);
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
    expect([denial.status, denial.field('Content-Type'), denial.field('Retry-After'), denial.field('X-At')]).toEqual([
      503,
      'application/json',
      '48',
      'Sat, 11 Apr 2026 13:01:01 GMT',
    ]);
    expect(denial.json()).toEqual({
      n: 2,
      used: 2,
      left: 0,
      pct: 100,
      s: 'in 48 s',
      ms: 47_655,
      at: '2026-04-11T13:01:01Z',
      reset: Date.UTC(2026, 3, 11, 13, 1, 1) / 1000,
      list: ['calls', 'minute', 'r1', 'GET /a', '{x}', 1, true, null],
    });
  });

  it('says null for a time that does not exist, and sends no header for it', () => {
    const { ask } = gateOf(`${KEY}
limits: { one: { size: 1, of: request.bytes } }
respond: { exceeded: { headers: { Retry-After: "{retryAfter}" }, body: { wait: "{retryAfter}", at: "{retryAt:iso}" } } }`);
    const denial = answered(
      ask({
        fields: [
          ['X-API-Key', 'k'],
          ['Content-Length', '2'],
        ],
      }),
    );
    expect([denial.fields.includes('Retry-After'), denial.json()]).toEqual([false, { wait: null, at: null }]);
  });

  it('can be text, of another type, and cannot be broken out of', () => {
    const { ask } = gateOf(`${KEY}
limits: { calls: { rate: 1/minute, per: key } }
respond: { exceeded: { type: text/xml, headers: { X-Op: "{operation}" }, body: "<slow>{retryAfter}</slow>" } }`);
    ask();
    const denial = answered(ask({ target: '/a%C3%A9"' }));
    expect([denial.field('Content-Type'), denial.body, denial.field('X-Op')]).toEqual([
      'text/xml',
      '<slow>64</slow>',
      'GET /a%C3%A9%22',
    ]);
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
    const { ask } = gateOf(
      `${limits}respond: { ${how} exceeded: { headers: { Retry-After: "{retryAfter}" }, body: "{name} {resetIn}" } }`,
    );
    ask();
    const denial = answered(
      ask({
        fields: [
          ['X-API-Key', 'k'],
          ['Content-Length', bytes],
        ],
      }),
    );
    return [denial.body, denial.field('Retry-After'), denial.denial?.limit];
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
