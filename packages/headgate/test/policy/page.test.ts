import { describe, expect, it } from 'vitest';
import { checkPolicy, diffPolicies, lineOf, parsePolicy } from '../../src/policy/index.ts';
import { effectiveLimits, effectiveNotes } from '../../src/profile/index.ts';
import { gateOf, viewOf } from '../gate-of.ts';
import { KEYED, world } from './world.ts';

const errors = (text: string, files: Readonly<Record<string, string>> = {}): readonly string[] =>
  checkPolicy(`headgate: 1\n${text}`, { readFile: reading(files) }).flatMap((one) =>
    one.severity === 'error' ? [lineOf(one)] : [],
  );

function reading(files: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => {
    const text = files[name];
    if (text === undefined) throw new Error('there is no such file');
    return text;
  };
}

describe('a limit that was called otherwise', () => {
  const first = `${KEYED}limits: { hits: { rate: 5/1h, per: key } }`;
  const second = `${KEYED}limits: { requests: { rate: 5/1h, per: key, was: hits } }`;
  const third = `${KEYED}limits: { calls: { rate: [5/1h, 9/2h], per: key, was: [hits, requests] } }`;
  const fourth = `${KEYED}limits: { calls: { rate: 6/1h, per: key, was: [hits, requests] } }`;

  it('goes on counting, through a chain of names', () => {
    const w = world(first);
    w.asks(3);
    expect(w.becomes(second).ask().remaining).toEqual({ requests: 1 });
    expect(w.becomes(fourth).ask().remaining).toEqual({ calls: 1 });
  });

  it('goes on blocking those whom it has blocked', () => {
    const blocking = (name: string, was: string): string =>
      `${KEYED}limits: { ${name}: { rate: 1/1m, per: key, ${was}past: { block: { for: 1h } } } }`;
    const w = world(blocking('hits', ''));
    w.asks(2);
    w.clock.advance(600_000);
    expect(w.becomes(blocking('calls', 'was: hits, ')).ask().allowed).toBe(false);
  });

  it('is told of when a policy takes the place of another', () => {
    const of = (text: string): ReturnType<typeof parsePolicy> => parsePolicy(`headgate: 1\n${text}`);
    expect(diffPolicies(of(first), of(second))).toMatchObject([{ limit: 'requests', counters: 'kept' }]);
    expect(diffPolicies(of(second), of(fourth))).toMatchObject([{ limit: 'calls', counters: 'kept' }]);
    expect(diffPolicies(of(first), of(third)).map(({ counters }) => counters)).toEqual(['new', 'new', 'dropped']);
  });

  it.each([
    [
      'limits: { a: { rate: 1/s, was: b }, b: { rate: 1/s } }',
      /"b" is a limit of this policy: its counters are its own/,
    ],
    ['limits: { a: { rate: 1/s, was: c }, b: { rate: 1/s, was: [c] } }', /limits\.b\.was\[0\]: "a" was called "c" too/],
    ['limits: { a: { rate: 1/s, was: "a b" } }', /ERR_POLICY_NAME: limits\.a\.was/],
  ])('%s is refused', (text, rule) => {
    expect(errors(text)).toEqual([expect.stringMatching(rule)]);
  });
});

describe('tables in files', () => {
  const text = `tables: { weight: { file: w.csv } }
limits: { calls: { rate: 100/1h, per: address, cost: 'lookup("weight", [facts.name], 7)' } }`;

  it('are read when the policy is, and looked up as any other', () => {
    const files = { 'w.csv': 'key,value\r\nsmall,1\n"a,""b""",20\nname,"5"\nyes,true\n\n' };
    expect(parsePolicy(`headgate: 1\n${text}`, { readFile: reading(files) }).tables).toEqual({
      weight: { small: 1, 'a,"b"': 20, name: '5', yes: true },
    });
  });

  it.each([
    [undefined, /ERR_POLICY_FILE: tables\.weight\.file: cannot be read: there is no such file/],
    ['', /line 1 of the file: has no rows/],
    ['a,1\nb,2,3', /line 2 of the file: expected two columns/],
    ['a,1\n\n,2', /line 3 of the file: has no key/],
    ['a,1\na,2', /line 2 of the file: the key "a" stands in the table twice/],
    ['a,"1', /line 1 of the file: expected two columns/],
    [`a,${'1'.repeat(1001)}`, /line 1 of the file: a key or a value has at most 1000 characters/],
    [
      Array.from({ length: 10_001 }, (_, i) => `k${i},1`).join('\n'),
      /line 10001 of the file: a table has at most 10000 rows/,
    ],
    ['x'.repeat(1024 * 1024 + 1), /has more than 1048576 bytes/],
  ])('that cannot be are told of with their line', (csv, rule) => {
    expect(errors(text, csv === undefined ? {} : { 'w.csv': csv })).toEqual([expect.stringMatching(rule)]);
  });

  it('are refused where nobody reads files', () => {
    expect(checkPolicy(`headgate: 1\n${text}`).map(({ rule }) => rule)).toEqual([
      expect.stringMatching(/nobody reads files here/),
    ]);
  });
});

describe('what is told of a limit', () => {
  const policy = `
plans: [FREE, PRO]
identify: { key: { header: X-API-Key, find: any } }
derive: { plan: '"FREE"' }
endpoints: { own: { match: GET /limits } }
limits:
  calls: { rate: 5/1h, per: key, publish: at-least }
  guard: { rate: 2/1h, per: key, publish: hidden }
  fair: { rate: 50/1h, per: key, publish: words(fair use) }
  tier: { rate: 9/1h, per: key, publish: { FREE: hidden, PRO: approximate } }
respond: { headers: [{ of: [guard, fair, calls], dialect: ratelimit }, { of: tightest, dialect: x-ratelimit, reset: delta }] }
notes: { Retention: { FREE: 30 days, PRO: 1 year }, Uptime: 99.9 }`;

  it('is on the page as it says', () => {
    const compiled = parsePolicy(`headgate: 1\n${policy}`);
    const ways = (plan?: string): unknown => effectiveLimits(compiled, plan).map(({ published }) => published.is);
    expect(ways('FREE')).toEqual(['at-least', 'hidden', 'words', 'hidden']);
    expect(ways('PRO')).toEqual(['at-least', 'hidden', 'words', 'approximate']);
    expect(ways()).toEqual(['at-least', 'hidden', 'words', 'hidden']);
    expect(effectiveNotes(compiled, 'PRO')).toEqual([
      ['Retention', '1 year'],
      ['Uptime', '99.9'],
    ]);
    expect(effectiveNotes(compiled)[0]).toEqual(['Retention', 'by plan: FREE 30 days; PRO 1 year']);
  });

  it('is in headers, answers and own state as it says, and a hidden one binds Retry-After all the same', async () => {
    const { gate } = gateOf(policy);
    const ask = (target = '/x'): ReturnType<typeof gate.handle> => gate.handle(viewOf({ target }));
    await ask();
    await ask();
    const denied = await ask();
    if (denied.kind !== 'answer') throw new Error('expected a refusal');
    const fields = denied.fields.join('\n');
    expect(fields).toMatch(/Retry-After/i);
    expect(fields).toMatch(/"calls"/);
    expect(`${fields} ${denied.body}`).not.toMatch(/guard|fair|tier/);
    const own = await ask('/limits');
    if (own.kind !== 'answer') throw new Error('expected an answer');
    expect(JSON.parse(own.body)).toMatchObject({
      limits: [
        { name: 'calls', limit: 5, published: 'at-least' },
        { name: 'fair', words: 'fair use' },
      ],
    });
    expect(own.body).not.toMatch(/guard|50/);
  });

  it.each([
    [
      'publish: secret',
      /ERR_POLICY_CHOICE: limits\.a\.publish: expected stated, approximate, at-least, hidden or words/,
    ],
    ['publish: words()', /ERR_POLICY_NAME: limits\.a\.publish: expected some words/],
  ])('%s is refused', (words, rule) => {
    expect(errors(`limits: { a: { rate: 1/s, ${words} } }`)).toEqual([expect.stringMatching(rule)]);
  });
});

describe('operation.route', () => {
  const policy = `
anonymous: true
tables: { weight: { GET /api/v3/depth: 5, "GET /orders/:id": 2 } }
operations: { order: { match: GET /orders/:id }, fixed: { match: GET /fixed }, api: { match: ANY /api/** } }
limits: { weight: { rate: 100/1h, per: [address, operation.route], cost: 'lookup("weight", [operation.route], 1)' } }
respond: { headers: { of: weight, dialect: x-ratelimit, reset: delta } }`.replace('anonymous: true\n', '');

  it('is the method and the path of the route, however they are spelt', async () => {
    const { gate } = gateOf(policy);
    const left = async (target: string): Promise<string | undefined> => {
      const handled = await gate.handle(viewOf({ target, fields: [] }));
      if (handled.kind !== 'forward') throw new Error('expected it to pass');
      const fields = handled.settle(200);
      return fields[fields.findIndex((name) => /remaining/i.test(name)) + 1];
    };
    expect(await left('/api/v3/depth')).toBe('95');
    expect(await left('/api/v3/d%65pth')).toBe('90');
    expect(await left('/api/v3/other')).toBe('99');
    expect(await left('/orders/7')).toBe('98');
    expect(await left('/orders/8')).toBe('96');
    expect(await left('/fixed')).toBe('99');
  });
});

describe('request.fingerprint', () => {
  it('is the same for the same request, whatever the order of its parameters and members', async () => {
    const { gate } = gateOf(`
operations: { post: { match: POST /x } }
limits: { same: { rate: 1/1h, per: [address, request.fingerprint] } }`);
    const post = async (query: string, body: string): Promise<string> => {
      const bytes = new TextEncoder().encode(body);
      const fields = [
        ['Content-Type', 'application/json'],
        ['Content-Length', String(bytes.length)],
      ] as const;
      const view = viewOf({ method: 'POST', target: `/x${query}`, fields });
      return (await gate.handle(view, () => Promise.resolve({ is: 'whole', bytes }))).kind;
    };
    expect(await post('?a=1&b=2', '{"x":1,"y":[1,2]}')).toBe('forward');
    expect(await post('?b=2&a=1', '{"y":[1,2],"x":1}')).toBe('answer');
    expect(await post('?a=1&b=2', '{"x":1,"y":[2,1]}')).toBe('forward');
    expect(await post('?a=1&b=3', '{"x":1,"y":[1,2]}')).toBe('forward');
  });
});

describe('the table of limits', () => {
  const held = (hold: string): string | undefined => {
    const policy = parsePolicy(`headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations: { join: { event: message.in }, up: { match: POST /up }, end: { match: DELETE /up/:id } }
limits: { a: { concurrency: 3, per: key, on: up, hold: ${hold} }, b: { size: 3, of: request.files, on: up } }`);
    const [limit, files] = effectiveLimits(policy);
    expect(files).toMatchObject({ unit: 'files', amount: '3' });
    return limit?.hold;
  };

  it.each([
    ['{ id: response.body.id, until: app.over, lease: 1h }', 'until app.over, at most 1h'],
    ['{ id: response.body.id, until: [end, app.over], lease: 1h }', 'until end or app.over, at most 1h'],
  ])('says what ends what is held: %s', (hold, says) => {
    expect(held(hold)).toBe(says);
  });
});
