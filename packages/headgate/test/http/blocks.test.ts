import { describe, expect, it } from 'vitest';
import { answered, forwarded, gateOf, KEY, type Spec } from '../gate-of.ts';

/*
 * Header blocks in the combinations that published pages need, from the text of a policy to the fields.
 */

function headers(limits: string, blocks: string, before = ''): (spec?: Spec, status?: number) => readonly string[] {
  const { ask } = gateOf(`${KEY}${before}limits: { ${limits} }\nrespond: { headers: ${blocks} }`);
  return (spec, status = 200) => {
    const handled = ask(spec);
    const fields = handled.kind === 'forward' ? handled.settle(status) : handled.fields.slice(2);
    return Array.from({ length: fields.length / 2 }, (_, i) => `${fields[2 * i]}: ${fields[2 * i + 1]}`);
  };
}

const FIXED = 'algorithm: fixed, per: key';
const MINUTE = `calls: { rate: 5/minute, ${FIXED} }`;
const BOTH = `${MINUTE}, day: { quota: 50/day, per: key }`;

describe('several blocks', () => {
  it('are all written, in order, each in its dialect and of its limit', () => {
    const fields = headers(
      BOTH,
      '[{ of: calls, dialect: draft-02 }, { of: day, dialect: x-ratelimit, prefix: X-Day-, reset: iso, used: true }, { of: [calls, day], dialect: ratelimit, prefix: Limits }]',
    );
    expect(fields()).toEqual([
      'RateLimit-Limit: 5',
      'RateLimit-Remaining: 4',
      'RateLimit-Reset: 60',
      'X-Day-Limit: 50',
      'X-Day-Remaining: 49',
      'X-Day-Reset: 2026-04-12T00:00:00Z',
      'X-Day-Used: 1',
      'Limits-Policy: "calls";q=5;w=60, "day";q=50',
      'Limits: "calls";r=4;t=60, "day";r=49;t=39600',
    ]);
  });

  it('go by operation, group and tag', () => {
    const fields = headers(
      MINUTE,
      '[{ of: calls, on: [reads], fields: { X-Read: "{remaining}" } }, { of: calls, on: [bulk, add], fields: { X-Write: "{remaining}" } }]',
      'operations: { list: { match: GET /, group: reads }, add: { match: POST / }, load: { match: PUT /, tags: [bulk] }, drop: { match: DELETE / } }\n',
    );
    expect(['GET', 'POST', 'PUT', 'DELETE'].map((method) => fields({ method }))).toEqual([
      ['X-Read: 4'],
      ['X-Write: 3'],
      ['X-Write: 2'],
      [],
    ]);
  });

  it('go by what became of the request, and by the status', () => {
    const fields = headers(
      `calls: { rate: 4/minute, ${FIXED} }`,
      `[{ of: calls, only: succeeded, fields: { X-Ok: "{used}" } }, { of: calls, only: admitted, fields: { X-In: "{used}" } },
        { of: calls, only: denied, fields: { X-Out: "{retryAfter}" } }, { of: calls, when: response.class == "5xx", fields: { X-Broken: "{= response.status }" } }]`,
    );
    expect([fields({}, 204), fields({}, 404), fields({}, 503)]).toEqual([
      ['X-Ok: 1', 'X-In: 1'],
      ['X-In: 2'],
      ['X-In: 3', 'X-Broken: 503'],
    ]);
    fields();
    expect(fields()).toEqual(['X-Out: 60', 'Retry-After: 60']);
  });
});

describe('a condition of a block', () => {
  it('may read the limit, and leaves out those it does not hold of', () => {
    const fields = headers(
      `a: { rate: 2/minute, ${FIXED} }, b: { rate: 10/minute, ${FIXED} }`,
      '{ of: [a, b], when: limit.fraction >= 0.5, fields: { X-Near: "{name}" } }',
    );
    expect([fields(), fields()]).toEqual([['X-Near: a'], ['X-Near: a']]);
    const named = headers(
      BOTH,
      `{ of: [calls, day], when: 'limit.name == "day" && limit.unit == "requests" && limit.amount == 50', fields: { X: "{name}" } }`,
    );
    expect(named()).toEqual(['X: day']);
  });

  it('may read whether an override is in force', () => {
    const fields = headers(
      MINUTE,
      '[{ of: calls, when: limit.overridden, fields: { X-Contract: "{limit}" } }]',
      'overrides: [{ for: { key: big }, limits: { calls: 99/minute }, from: 2026-01-01, reason: r, by: b }]\n',
    );
    expect([fields(), fields({ fields: [['X-API-Key', 'big']] })]).toEqual([[], ['X-Contract: 99']]);
  });

  it('may read which limit a denial speaks of, and why', () => {
    const fields = headers(
      `a: { rate: 1/minute, ${FIXED} }, big: { size: 10 }`,
      `[{ of: a, when: reported == "a" && reason == "until", fields: { X-A: "{reported}" } }, { of: big, when: 'reason == "never"', fields: { X-Big: "{reason}" } }, { of: a, when: 'reported == ""', fields: { X-None: yes } }]`,
    );
    const sized = (bytes: string): Spec => ({
      fields: [
        ['X-API-Key', 'k'],
        ['Content-Length', bytes],
      ],
    });
    expect(fields(sized('1'))).toEqual(['X-None: yes']);
    expect(fields(sized('1'))).toEqual(['X-A: a', 'Retry-After: 60']);
    expect(fields(sized('11'))).toEqual(['X-Big: never']);
  });

  it('that cannot be told does not hold', () => {
    expect(headers(MINUTE, `{ of: calls, when: 'int(request.headers["x-n"]) > 1', dialect: x-ratelimit }`)()).toEqual(
      [],
    );
  });
});

describe('several limits of one block', () => {
  const windows = `orders: { rate: [5/10s, 9/24h], ${FIXED} }`;

  it('are written once each, under names of their own (Binance)', () => {
    const fields = headers(
      windows,
      '{ of: orders, each: true, fields: { "X-MBX-ORDER-COUNT-{window:SHORT}": "{used}" } }',
    );
    expect(fields()).toEqual(['X-MBX-ORDER-COUNT-10S: 1', 'X-MBX-ORDER-COUNT-24H: 1']);
  });

  it('are joined, by what the block says, or stand in lines of their own', () => {
    const joined = (more: string): readonly string[] =>
      headers(windows, `{ of: orders, ${more} fields: { X-Left: "{remaining}" } }`)();
    expect([joined(''), joined('join: ";",'), joined('each: true,')]).toEqual([
      ['X-Left: 4, 8'],
      ['X-Left: 4;8'],
      ['X-Left: 4', 'X-Left: 8'],
    ]);
  });

  it('lead with the first, on a denial with the binding one, which may show another remaining (Claid)', () => {
    const fields = headers(
      `minute: { rate: 120/minute, ${FIXED} }, second: { rate: 4/s, ${FIXED} }`,
      '{ of: [minute, second], dialect: draft-03, denied: -1 }',
    );
    expect(fields()).toEqual([
      'RateLimit-Limit: 120, 120;w=60, 4;w=1',
      'RateLimit-Remaining: 119',
      'RateLimit-Reset: 60',
    ]);
    for (let i = 0; i < 3; i++) fields();
    expect(fields()).toEqual([
      'RateLimit-Limit: 4, 120;w=60, 4;w=1',
      'RateLimit-Remaining: -1',
      'RateLimit-Reset: 1',
      'Retry-After: 1',
    ]);
  });

  it('tell partitions apart by keys that say nothing', () => {
    const policy = 'per: { rate: 9/minute, per: [key, operation] }';
    const fields = headers(policy, '{ of: per, dialect: ratelimit, partition: true }');
    const keyOf = (spec: Spec): string => /pk=:([A-Za-z0-9+/=]+):$/.exec(fields(spec)[1] ?? '')?.[1] ?? '';
    const keys = [keyOf({ target: '/a' }), keyOf({ target: '/b' }), keyOf({ target: '/a' })];
    expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([8, 8, 8]);
    expect([keys[0] === keys[2], keys[0] === keys[1]]).toEqual([true, false]);
    expect(keyOf({ target: '/a', fields: [['X-API-Key', 'other']] })).not.toBe(keys[0]);
  });
});

describe('a field of a block', () => {
  it('holds a map or a list as JSON, in ASCII', () => {
    const fields = headers(
      `calls: { label: "Aufrufe für alle", rate: 5/minute, ${FIXED} }`,
      '{ of: calls, fields: { X-State: { left: "{remaining}", "{name}": [1, true, null, "{label}"] }, X-Two: [1, 2] } }',
    );
    expect(fields()).toEqual(['X-State: {"left":4,"calls":[1,true,null,"Aufrufe f\\u00fcr alle"]}', 'X-Two: [1,2]']);
  });

  it('is left out when it would frame the message, whatever made its name', () => {
    const named = (name: string): readonly string[] =>
      headers(
        `${name}: { rate: 5/minute, ${FIXED} }`,
        `{ of: ${name}, fields: { "{name}": "5", "content-{name}": "6", "{= request.query[\\"h\\"] }": "7" } }`,
      )({
        target: '/?h=Transfer-Encoding',
      });
    expect(named('Connection')).toEqual(['content-Connection: 6']);
    expect(named('length')).toEqual(['length: 5']);
    expect(named('a')).toEqual(['a: 5', 'content-a: 6']);
  });
});

describe('the upstream’s own fields', () => {
  const owns = (blocks: string, ...names: string[]): readonly string[] => {
    const { gate } = gateOf(`${KEY}limits: { calls: { rate: 5/minute, per: key } }\nrespond: { headers: ${blocks} }`);
    return names.filter((name) => gate.owns(name));
  };
  const LIMITS = [
    'ratelimit',
    'ratelimit-policy',
    'ratelimit-limit',
    'x-ratelimit-reset',
    'x-rate-limit-remaining',
    'rate-limit',
  ];

  it('of limits do not pass beside ours, in any dialect', () => {
    expect(owns('{ of: calls, fields: { X-Left: "{remaining}" } }', ...LIMITS, 'x-left')).toEqual([
      ...LIMITS,
      'x-left',
    ]);
  });

  it('of a name or a prefix in use do not pass, and others do', () => {
    const others = ['retry-after', 'content-type', 'ratelimiter', 'x-day-note', 'x-leftover', 'x-total', 'set-cookie'];
    expect(
      owns(
        '[{ of: calls, dialect: x-ratelimit, prefix: X-Day- }, { of: calls, fields: { "X-Used-{window}": "1", "X-{name}": "2", Retry-After: "3" } }]',
        'x-day-limit',
        'x-day-used',
        'x-used-minute',
        ...others,
      ),
    ).toEqual(['x-day-limit', 'x-day-used', 'x-used-minute']);
  });
});

describe('a Retry-After', () => {
  const refused = (
    exceeded: string,
    limits = `calls: { rate: 1/minute, ${FIXED} }`,
    spec?: Spec,
  ): string | undefined => {
    const { ask } = gateOf(`${KEY}limits: { ${limits} }\nrespond: { exceeded: { ${exceeded} } }`);
    ask(spec);
    return answered(ask(spec)).field('Retry-After');
  };

  it.each([
    ['', '60'],
    ['headers: { Retry-After: "1" }', '60'],
    ['headers: { retry-after: 90 }', '90'],
    ['headers: { Retry-After: "{= max(retryAfter, 75) }" }', '75'],
    ['headers: { Retry-After: "{= retryAfter / 2 }" }', '60'],
    ['headers: { Retry-After: "{= \\"soon\\" }" }', '60'],
    ['headers: { Retry-After: "{retryAt:http}" }', 'Sat, 11 Apr 2026 13:01:01 GMT'],
    ['headers: { Retry-After: "{= now :http}" }', 'Sat, 11 Apr 2026 13:01:01 GMT'],
    ['headers: { Retry-After: "{= now + 120000 :http}" }', 'Sat, 11 Apr 2026 13:02:01 GMT'],
    ['headers: { Retry-After: "1" }, advisory: true', '1'],
    ['advisory: true', '60'],
    ['headers: { Retry-After: false }', undefined],
  ])('of { %s } is %s: never before the truth, unless it only advises', (exceeded, value) => {
    expect(refused(exceeded)).toBe(value);
  });

  it('is none where no wait helps, whatever was written', () => {
    const big: Spec = {
      fields: [
        ['X-API-Key', 'k'],
        ['Content-Length', '11'],
      ],
    };
    expect(refused('headers: { Retry-After: "60" }', 'one: { size: 10 }', big)).toBeUndefined();
    expect(refused('headers: { Retry-After: "60" }, advisory: true', 'one: { size: 10 }', big)).toBe('60');
  });

  it('is one, though a block writes it too', () => {
    const fields = headers(`calls: { rate: 1/minute, ${FIXED} }`, '{ of: calls, fields: { Retry-After: "5" } }');
    expect(fields()).toEqual(['Retry-After: 5']);
    expect(fields()).toEqual(['Retry-After: 60']);
  });

  it('of a precondition is as it was written: nothing is known that would be truer', () => {
    const { ask } = gateOf(
      `${KEY}require: { open: { that: 'request.method == "GET"', else: { status: 503, headers: { Retry-After: "120" } } } }`,
    );
    expect(answered(ask({ method: 'PUT' })).field('Retry-After')).toBe('120');
    expect(forwarded(ask()).settle(200)).toEqual([]);
  });
});
