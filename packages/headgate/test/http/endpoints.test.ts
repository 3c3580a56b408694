import { describe, expect, it } from 'vitest';
import { createPlanner, type Planner } from '../../src/profile/index.ts';
import { answered, forwarded, gateOf, KEY } from '../gate-of.ts';
import { limit, NOW_MS, per, policyOf, rate } from '../policy-of.ts';

const OWN = 'endpoints: { own: { match: GET /limits } }\n';
const own = { target: '/limits' };
const OPERATIONS = `operations:
  search: { match: GET /search, group: read }
  list: { match: GET /files, group: read }
  add: { match: POST /files, group: write }
`;

interface Row {
  readonly name: string;
  readonly [field: string]: unknown;
}

function rows(body: string): readonly Row[] {
  return (JSON.parse(body) as { limits: readonly Row[] }).limits; // the documented shape, or the test fails
}

describe('a caller’s own state', () => {
  it('is every limit that could meet it, one row a counter, and costs nothing', () => {
    const { ask } = gateOf(`${KEY}${OWN}${OPERATIONS}limits:
  calls: { label: All calls, rate: 9/minute, algorithm: fixed, per: key }
  each: { rate: 5/1.5s, per: [key, operation], on: [read] }
  groups: { rate: 7/hour, per: [key, operation.group] }
  adds: { quota: 4/month, per: key, on: [add], unit: files }
  big: { size: 2MB, on: [add] }
  free: { rate: unlimited, per: key }
  none: { rate: none, per: key, when: subject.auth == "other" }`);
    ask({ target: '/files' });
    ask({ target: '/files', method: 'POST' });
    for (let i = 0; i < 20; i++) ask(own);
    const answer = answered(ask(own));
    expect([answer.status, answer.field('Content-Type'), answer.field('Cache-Control'), answer.denial]).toEqual([
      200,
      'application/json',
      'no-store',
      undefined,
    ]);
    const minute = { resetAt: '2026-04-11T13:01:01Z', resetIn: 60, window: 60 };
    const empty = { resetAt: '2026-04-11T13:00:01Z', resetIn: 0 };
    const hourly = { resetAt: '2026-04-11T14:03:45Z', resetIn: 3825, window: 3600 };
    const counted = { kind: 'rate', unit: 'requests' };
    const all = { name: 'calls', label: 'All calls', ...counted };
    const each = { name: 'each', label: 'each', ...counted, limit: 5, window: 1.5 };
    const used = { resetAt: '2026-04-11T13:00:03Z', resetIn: 2 };
    const groups = { name: 'groups', label: 'groups', ...counted, limit: 7, used: 1, remaining: 6, ...hourly };
    const month = { resetAt: '2026-05-01T00:00:00Z', resetIn: 1_681_200, period: 'month' };
    const adds = { name: 'adds', label: 'adds', kind: 'quota', unit: 'files', limit: 4, ...month };
    expect(rows(answer.body)).toEqual([
      { ...all, limit: 9, used: 2, remaining: 7, ...minute },
      { ...each, used: 0, remaining: 5, ...empty, operations: ['search'] },
      { ...each, used: 1, remaining: 4, ...used, operations: ['list'] },
      { ...groups, operations: ['search', 'list'] },
      { ...groups, operations: ['add'] },
      { ...adds, used: 1, remaining: 3, operations: ['add'] },
      { name: 'big', label: 'big', kind: 'size', unit: 'bytes', limit: 2_000_000, operations: ['add'] },
    ]);
  });

  it('is told for each group that has a counter', () => {
    const { ask } = gateOf(
      `${KEY}${OWN}${OPERATIONS}limits: { groups: { rate: 7/hour, per: [key, operation.group] } }`,
    );
    ask({ target: '/files' });
    expect(rows(answered(ask(own)).body)).toMatchObject([
      { used: 1, operations: ['search', 'list'] },
      { used: 0, operations: ['add'] },
    ]);
  });

  it('is told for each amount that one counter has, where operations differ in it', () => {
    const { ask } = gateOf(
      `${KEY}${OWN}${OPERATIONS}limits: { calls: { rate: { by: operation.group, read: 9/minute, else: 3/minute }, algorithm: fixed, per: key } }`,
    );
    ask({ target: '/files' });
    expect(rows(answered(ask(own)).body)).toMatchObject([
      { limit: 9, used: 1, operations: ['search', 'list'] },
      { limit: 3, used: 1, operations: ['add'] },
    ]);
  });

  it('leaves out what depends on the request: its figure, or on whose counter it is', () => {
    const { ask } = gateOf(`${KEY}${OWN}limits:
  byPath: { rate: 5/minute, per: [key, operation] }
  byHeader: { rate: 5/minute, per: [key, 'request.headers["x-org"]'] }
  byMethod: { rate: { by: request.method, GET: 9/minute, else: 3/minute }, per: key }
  posts: { rate: 3/minute, per: key, when: request.method == "POST" }
  mine: { rate: 8/minute, per: key, when: subject.auth == "key" }
  others: { rate: 8/minute, per: key, when: subject.auth != "key" }
  costly: { rate: 8/minute, per: key, cost: 'int(request.headers["x-n"])' }`);
    expect(rows(answered(ask(own)).body).map(({ name }) => name)).toEqual(['posts', 'mine', 'costly']);
  });

  it('is of the plan and the override in force', () => {
    const { ask } =
      gateOf(`${KEY}${OWN}overrides: [{ for: { key: big }, limits: { calls: 99/minute }, from: 2026-01-01, reason: r, by: b }]
limits: { calls: { rate: 9/minute, per: key } }`);
    const big = { ...own, fields: [['X-API-Key', 'big']] } as const;
    expect(rows(answered(ask(own)).body)[0]).toMatchObject({ limit: 9 });
    expect(rows(answered(ask(own)).body)[0]).not.toHaveProperty('overridden');
    expect(rows(answered(ask(big)).body)[0]).toMatchObject({ limit: 99, overridden: true });
  });

  it('has the policy’s header blocks, and answers HEAD', () => {
    const { ask } = gateOf(
      `${KEY}${OWN}limits: { calls: { rate: 9/minute, per: key } }\nrespond: { expose: true, headers: { of: calls, dialect: x-ratelimit } }`,
    );
    const answer = answered(ask({ ...own, method: 'HEAD' }));
    expect([answer.status, answer.field('X-RateLimit-Remaining')]).toEqual([200, '9']);
    expect(answer.field('Access-Control-Expose-Headers')).toContain('X-RateLimit-Limit');
  });

  it('is told to those who are known and meet the preconditions, and to nobody else', () => {
    const { ask } = gateOf(`${KEY}${OWN}unidentified: 2/minute
require: { short: { that: 'size(subject.key) < 9', else: { status: 403 } } }
limits: { calls: { rate: 9/minute, per: key, count: attempts } }`);
    expect(answered(ask({ ...own, fields: [['X-API-Key', 'k'.repeat(20)]] })).status).toBe(403);
    expect(answered(ask({ ...own, fields: [] })).status).toBe(401);
    expect(rows(answered(ask(own)).body)[0]).toMatchObject({ used: 0 });
    ask({ ...own, fields: [] });
    expect(answered(ask(own)).status).toBe(429);
  });

  it('is read from the endpoint, though an operation or no operation has the path', () => {
    const { ask } = gateOf(`${KEY}${OWN}operations: { mine: { match: GET /limits }, rest: { match: GET /** } }
limits: { calls: { rate: 1/minute, per: key, except: [mine] } }`);
    ask({ target: '/a' });
    expect([answered(ask(own)).status, answered(ask({ target: '/a' })).status]).toEqual([200, 429]);
    expect(answered(ask({ ...own, method: 'POST' })).status).toBe(404);
  });

  it('can stand in the API’s own answer, which costs nothing either', () => {
    const { ask } = gateOf(
      `${KEY}endpoints: { account: { match: GET /account, merge: /meta/limits } }\nlimits: { calls: { rate: 2/minute, algorithm: fixed, per: key } }\nrespond: { headers: { of: calls, dialect: x-ratelimit } }`,
    );
    for (let i = 0; i < 5; i++) expect(ask({ target: '/account' }).kind).toBe('forward');
    const forward = forwarded(ask({ target: '/account?x=1' }));
    expect([forward.operation, forward.target, forward.settle(200)[3]]).toEqual(['account', '/account?x=1', '2']);
    const merged = forward.rewrite?.(200, 'application/json')?.apply('{"id":7}');
    expect(JSON.parse(merged ?? '')).toMatchObject({ id: 7, meta: { limits: [{ name: 'calls', remaining: 2 }] } });
    expect(forward.rewrite?.(404, 'application/json')).toBeUndefined();
  });
});

describe('a survey', () => {
  const ask = {
    subject: { auth: 'key', address: '192.0.2.1', key: 'k' },
    operation: { index: -1, name: '', path: {} },
    nowMs: NOW_MS,
  };
  const survey = (planner: Planner): readonly string[] => planner.survey(ask).limits.map(({ name }) => name);

  it('is the same from its memory', () => {
    const planner = createPlanner(
      policyOf([limit('a', rate(5, 1000)), limit('b', rate(5, 1000), { per: per('key', '=request.path') })]),
    );
    expect([survey(planner), survey(planner)]).toEqual([['a'], ['a']]);
    const request = { method: 'GET', path: '/', query: {}, headers: {}, bytes: 0 };
    expect(planner.survey({ ...ask, request }).limits.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(survey(planner)).toEqual(['a']);
  });
});
