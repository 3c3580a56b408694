import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy, definePolicy, lineOf, parsePolicy, PolicyError, type Problem } from './index.ts';

const HEAD = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';

/** Compiles a policy whose head is understood. */
const compiled = (text: string): ReturnType<typeof parsePolicy> => parsePolicy(HEAD + text);
const amountOf = (rate: string): unknown => compiled(`limits: { a: { rate: ${rate} } }`).limits[0]?.amount;
const problemsOf = (text: string): readonly Problem[] => checkPolicy(text, { file: 'headgate.yaml' });
const errorOf = (run: () => unknown): PolicyError => {
  try {
    run();
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('a policy', () => {
  it('of Vetigen compiles to three fixed limits, every path an endpoint of its own, and answers in the page’s envelope', () => {
    const policy = parsePolicy(readFileSync(new URL('../../../../policies/vetigen.yaml', import.meta.url)), {
      file: 'vetigen.yaml',
    });
    expect(policy.operations).toEqual([]);
    expect(policy.limits.map(({ name, algorithm, align, amount }) => [name, algorithm, align, amount])).toEqual([
      ['key', 'fixed', 'first', { is: 'amount', amount: { units: 1000, windowMs: 3_600_000 } }],
      ['endpoint', 'fixed', 'first', { is: 'amount', amount: { units: 100, windowMs: 60_000 } }],
      ['burst', 'fixed', 'first', { is: 'amount', amount: { units: 50, windowMs: 10_000 } }],
    ]);
    expect(policy.limits.map(({ per }) => per)).toEqual([
      { is: 'parts', parts: [{ is: 'attribute', path: 'key' }] },
      { is: 'parts', parts: [{ is: 'attribute', path: 'key' }, { is: 'operation' }] },
      { is: 'parts', parts: [{ is: 'attribute', path: 'key' }] },
    ]);
    expect(policy.identify[0]?.places.map((place) => place.in)).toEqual(['header', 'bearer']);
    expect(policy.respond.answers.map(({ name, status }) => [name, status])).toEqual([
      ['malformed', 400],
      ['not-found', 404],
      ['exceeded', 429],
      ['unauthorized', 401],
      ['unidentified', 429],
    ]);
    expect(policy.respond.headers).toMatchObject([{ of: ['key'], dialect: 'x-ratelimit', reset: 'epoch' }]);
  });

  it('is plain data that survives JSON', () => {
    const policy = compiled('limits: { a: { quota: 5/month, calendar: { zone: Europe/Berlin } } }');
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it('is the same from YAML, from JSON and from TypeScript', () => {
    const text = compiled('limits: { a: { rate: 5/minute, per: key } }');
    const object = {
      headgate: 1,
      identify: { key: { header: 'X-API-Key', find: 'any' } },
      limits: { a: { rate: '5/minute', per: 'key' } },
    } as const;
    expect(parsePolicy(JSON.stringify(object))).toEqual(text);
    expect(definePolicy(object)).toEqual(text);
  });

  it('may begin with a byte order mark, and positions do not count it', () => {
    expect(parsePolicy(`\ufeff${HEAD}`).headgate).toBe(1);
    expect(problemsOf(`\ufeffheadgate: 2`)[0]).toMatchObject({ line: 1, column: 11 });
  });
});

describe('what a policy gets by saying nothing', () => {
  const policy = parsePolicy(
    'headgate: 1\nidentify: { token: { bearer: true, find: any } }\nlimits: { r: { rate: 1/s }, q: { quota: 1/day }, s: { size: 1MB } }',
  );
  const [rate, quota, size] = policy.limits;

  it('is a sliding rate counted in 16 slices, that counts what it admits, one a request', () => {
    expect(rate).toMatchObject({
      algorithm: 'sliding',
      slices: 16,
      count: 'admitted',
      cost: { is: 'literal', value: 1 },
      unit: 'requests',
    });
  });

  it('begins a fixed window with the caller’s first request', () => {
    expect(rate).toMatchObject({ align: 'first' });
  });

  it('counts days in UTC, months from the first, weeks from Monday', () => {
    expect(quota?.calendar).toEqual({ zone: 'UTC', anchor: 1, week: 'monday' });
  });

  it('fails closed for a quota and local for a rate', () => {
    expect([rate?.fail, quota?.fail]).toEqual(['local', 'closed']);
  });

  it('counts for the credential of the first source, and for the address where there is none', () => {
    expect(rate?.per).toEqual({ is: 'parts', parts: [{ is: 'attribute', path: 'token' }] });
    expect(parsePolicy('headgate: 1\nlimits: { r: { rate: 1/s } }').limits[0]?.per).toEqual({
      is: 'parts',
      parts: [{ is: 'attribute', path: 'address' }],
    });
  });

  it('measures the declared length of a body', () => {
    expect(size).toMatchObject({ of: ['.', ['root', 'request'], 'bytes'], unit: 'bytes' });
  });

  it('lets an unidentified address send 600 a minute, and refuses who is not identified', () => {
    expect(policy.unidentified).toEqual({ is: 'amount', amount: { units: 600, windowMs: 60_000 } });
    expect(policy.anonymous).toBe(false);
  });

  it('knows everybody by address when it identifies nobody', () => {
    expect(parsePolicy('headgate: 1').anonymous).toBe(true);
  });

  it('has an answer for every way to be refused, and speaks of the binding limit', () => {
    expect(policy.respond.report).toBe('binding');
    expect(policy.respond.answers.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'exceeded 429',
      'unauthorized 401',
      'unidentified 429',
      'malformed 400',
      'not-found 404',
    ]);
  });

  it('trusts no proxy, and takes a /64 of IPv6 for one caller', () => {
    expect(policy.address).toEqual({ trust: [], group: { v4: 32, v6: 64 } });
  });

  it('writes the reset of x-ratelimit as an epoch, and of the drafts as seconds', () => {
    const reset = (dialect: string): unknown =>
      compiled(`limits: { a: { rate: 1/s } }\nrespond: { headers: { of: a, dialect: ${dialect} } }`).respond.headers[0]
        ?.reset;
    expect([reset('x-ratelimit'), reset('draft-03'), reset('ratelimit')]).toEqual(['epoch', 'delta', 'delta']);
  });
});

describe('a figure', () => {
  it.each([
    ['100/minute', 100, 60_000],
    ['50/10s', 50, 10_000],
    ['0.1/s', 1, 10_000],
    ['2.5k/h', 2500, 3_600_000],
    ['1.5M/h', 1_500_000, 3_600_000],
    ['25MB/60s', 25_000_000, 60_000],
    ['1.5MiB/s', 1_572_864, 1000],
    ['90s/60s', 90_000, 60_000],
    ['9007199254740991/h', 9_007_199_254_740_991, 3_600_000],
    ['100/24h', 100, 86_400_000],
  ])('reads %s exactly', (written, units, windowMs) => {
    expect(amountOf(written)).toEqual({ is: 'amount', amount: { units, windowMs } });
  });

  it('reads an expression in brackets before the slash', () => {
    expect(amountOf('(5000 + 50 * facts.seats)/1h')).toMatchObject({
      is: 'amount',
      amount: { units: ['+', 5000, ['*', 50, expect.any(Array)]], windowMs: 3_600_000 },
    });
  });

  it('becomes one limit for each of its windows, called by them', () => {
    const { limits, respond } = compiled(
      'limits: { a: { rate: [20/1s, 100/120s, 80/minute] } }\nrespond: { headers: { of: a, dialect: ratelimit } }',
    );
    expect(limits.map(({ name }) => name)).toEqual(['a.1s', 'a.2m', 'a.1m']);
    expect(respond.headers[0]?.of).toEqual(['a.1s', 'a.2m', 'a.1m']);
  });

  it('is a table by plan only where there are plans', () => {
    const table = 'limits: { a: { rate: { FREE: 10/m, PRO: 100/m }, per: address } }';
    expect(compiled(`plans: [FREE, PRO]\n${table}`).limits[0]?.amount).toMatchObject({
      is: 'table',
      by: ['attr', 'plan'],
    });
    expect(errorOf(() => compiled(table)).code).toBe('ERR_POLICY_TABLE');
  });

  it('takes the last case for all the others', () => {
    expect(amountOf('{ cases: [{ when: request.method == "GET", use: unlimited }, { use: 60/m }] }')).toMatchObject({
      is: 'cases',
      cases: [{ use: { is: 'unlimited' } }],
      else: { is: 'amount' },
    });
  });
});

describe('what is wrong with a policy', () => {
  it('is told with code, path, rule, value, file, line and column', () => {
    const text = 'headgate: 1\nlimits:\n  burst:\n    rate: 50/10 parsecs\n';
    const error = errorOf(() => parsePolicy(text, { file: 'headgate.yaml' }));
    expect(error.message).toBe(
      'ERR_POLICY_WINDOW: limits.burst.rate: expected a duration such as "10s", got "10 parsecs" (headgate.yaml:4:11)',
    );
    expect(error.problems).toMatchObject([
      { code: 'ERR_POLICY_WINDOW', path: ['limits', 'burst', 'rate'], line: 4, column: 11 },
    ]);
  });

  it('is told all at once, in file order', () => {
    const text = `headgate: 1
identify: { key: { header: "X Key", find: any } }
limits:
  a: { rat: 5/m }
  b: { rate: 5/day, per: }
  c: { rate: 5/m, on: lst, past: nope }
respond:
  headers: { of: d, dialect: x-ratelimt }
`;
    const problems = problemsOf(text);
    expect(problems.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'ERR_POLICY_HEADER 2:28',
      'ERR_POLICY_WORD 4:8',
      'ERR_POLICY_PERIOD 5:14',
      'ERR_POLICY_BLANK 5:21',
      'ERR_POLICY_UNKNOWN 6:23',
      'ERR_POLICY_UNKNOWN 6:34',
      'ERR_POLICY_UNKNOWN 8:18',
      'ERR_POLICY_CHOICE 8:30',
    ]);
  });

  it('points inside an expression at the column where it goes wrong', () => {
    const [problem] = problemsOf('headgate: 1\nlimits:\n  a:\n    rate: 5/m\n    when: "request.method == 5 +"\n');
    expect(problem).toMatchObject({ code: 'ERR_POLICY_EXPRESSION', line: 5 });
    expect(problem?.column).toBeGreaterThan(20);
  });

  it('is told where it stands, though something before it in its list is no use at all', () => {
    const text = `headgate: 1
limits: { a: { rate: 1/s } }
overrides:
  - 5
  - { for: { key: x }, lift: a, reason: r, by: b }
  - { for: { key: x }, lift: b, from: 2026-01-01, reason: r, by: b }
`;
    expect(
      problemsOf(text)
        .filter(({ severity }) => severity === 'error')
        .map(({ path, line }) => [path.join('.'), line]),
    ).toEqual([
      ['overrides.0', 4],
      ['overrides.1.from', 5],
      ['overrides.2.lift', 6],
    ]);
  });

  it('points inside a template at the placeholder', () => {
    const [problem] = problemsOf('headgate: 1\nrespond:\n  exceeded: { body: "wait {retryAftr} s" }\n');
    expect(problem).toMatchObject({ code: 'ERR_POLICY_TEMPLATE', line: 3, column: 28 });
    expect(problem?.rule).toContain('did you mean "retryAfter"?');
  });

  it('never shows a key that stands in its path', () => {
    const secret = 'sk-live-0123456789';
    const text = `headgate: 1\nidentify: { key: { header: X-Key, find: keys, keys: { ${secret}: { plan: GOLD, auth: x, deep: [1] } } } }\nplans: [FREE]\nlimits: { a: { rate: { FREE: 1/s } } }`;
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(2);
    for (const problem of problems) expect(lineOf(problem)).not.toContain('0123456789');
  });

  it('warns without refusing', () => {
    const text = `headgate: 1
identify: { key: { header: X-Key, find: keys, keys: { plain: { account: a }, other: {} } }, anonymous: true }
address: { header: X-Forwarded-For }
limits: { a: { rate: 1/s, per: acount }, b: { rate: 1/s, per: account }, c: { rate: 1MB/s, per: address } }
`;
    expect(problemsOf(text).map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning WARN_POLICY_KEY',
      'warning WARN_POLICY_KEY',
      'warning WARN_POLICY_TRUST',
      'warning WARN_POLICY_ATTRIBUTE',
      'warning WARN_POLICY_ATTRIBUTE',
      'warning WARN_POLICY_UNIT',
    ]);
    expect(parsePolicy(text).limits).toHaveLength(3);
  });

  it('is not lost in a crowd of warnings', () => {
    const doubtful = Array.from({ length: 150 }, (_, i) => `  l${i}: { rate: 5/s, per: nobody${i} }`).join('\n');
    const text = `headgate: 1\nlimits:\n${doubtful}\n  wrong: { rate: 5/s, replaces: nothing }\n`;
    expect(problemsOf(text).filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'ERR_POLICY_UNKNOWN', path: ['limits', 'wrong', 'replaces'] },
    ]);
    expect(() => parsePolicy(text)).toThrow('ERR_POLICY_UNKNOWN');
  });

  it.each([
    'rate: { FREE: 1/s, PRO: }',
    'rate: { by: subject.plan, FREE: 1/s, PRO: ~ }',
    'rate: { cases: [] }',
    'rate: { by: }',
  ])('is told once: %s', (written) => {
    const text = `headgate: 1\nplans: [FREE, PRO]\nlimits: { a: { ${written} } }`;
    expect(problemsOf(text).filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'ERR_POLICY_BLANK' },
    ]);
  });

  it('is told once of an override for nobody that is known', () => {
    const text = `headgate: 1\nlimits: { a: { rate: 1/s } }\noverrides: [{ for: { key: }, lift: a, from: 2026-01-01, reason: r, by: b }]`;
    expect(problemsOf(text)).toMatchObject([{ code: 'ERR_POLICY_BLANK', path: ['overrides', 0, 'for', 'key'] }]);
  });

  it('is thrown as one PolicyError, with a code of its own when there are several', () => {
    const error = errorOf(() => compilePolicy({ headgate: 2, limts: {} }));
    expect(error.code).toBe('ERR_POLICY');
    expect(error.problems.map(({ code }) => code).toSorted()).toEqual(['ERR_POLICY_VERSION', 'ERR_POLICY_WORD']);
    expect(error.message).toContain('did you mean "limits"?');
  });
});
