import { describe, expect, it } from 'vitest';
import { forwarded, gateOf, type Spec } from '../gate-of.ts';

/*
 * The grammar on a page, line by line: for each a policy that nobody wrote before, and what it lets in. 1 is let in, 0 refused.
 */

const KEYED = 'identify: { key: { header: X-API-Key, find: any }, anonymous: true }\n';
const L = (limit: string, rest = ''): string => `${KEYED}limits: { a: { ${limit} } }\n${rest}`;
const by = (key: string, more: Spec = {}): Spec => ({ ...more, fields: [['X-API-Key', key], ...(more.fields ?? [])] });
const with_ = (...fields: readonly (readonly [string, string])[]): Spec => ({
  fields: [['X-API-Key', 'k'], ...fields],
});
const k = by('k');
const [post, x] = [by('k', { method: 'POST' }), with_(['X', '1'])];
const times = (n: number, spec: Spec = k): readonly Spec[] => Array.from({ length: n }, () => spec);

const LINES: readonly (readonly [line: string, policy: string, asks: readonly Spec[], admitted: string])[] = [
  [
    'calendar: anchor',
    L('quota: 2/month', 'calendar: { zone: Asia/Tokyo, anchor: 31, week: sunday }'),
    times(3),
    '110',
  ],
  [
    'identify: header, bearer, basic, cookie, query',
    'identify: { k: { header: X-K, bearer: true, basic: true, cookie: c, query: q, find: any } }\nlimits: { a: { rate: 1/h, per: k } }',
    [
      { fields: [['X-K', 'v']] },
      { fields: [['Authorization', 'Bearer v']] },
      { fields: [['Cookie', 'c=w']] },
      { fields: [], target: '/?q=w' },
    ],
    '1010',
  ],
  [
    'unidentified: V',
    `unidentified: { by: request.method, GET: 1/h, else: 2/h }\nidentify: { k: { header: X-K, find: any } }\nlimits: { a: { rate: 1/h, per: k } }`,
    times(2),
    '00',
  ],
  [
    'address: trust, header, when, group',
    'address: { trust: 10.0.0.0/8, header: X-R, when: request.method == "GET", group: { v4: 24 } }\nlimits: { a: { rate: 1/h, per: address } }',
    [
      { peer: '10.0.0.1', fields: [['X-R', '192.0.2.1']] },
      { peer: '10.0.0.1', fields: [['X-R', '192.0.2.99']] },
      { peer: '10.0.0.1', fields: [['X-R', '192.0.3.1']] },
    ],
    '101',
  ],
  [
    'derive',
    L('rate: 1/h, per: subject.half', `derive: { half: 'key.startsWith("a") ? "a" : "b"' }`),
    [by('a1'), by('a2'), by('b1')],
    '101',
  ],
  [
    'match with variables and **',
    `${KEYED}operations: { o: { match: [GET /a/:id/b, GET /c/**] }, rest: { match: ANY /** } }\nlimits: { a: { rate: 1/h, per: path.id, on: o } }`,
    [
      by('k', { target: '/a/1/b' }),
      by('k', { target: '/a/1/b' }),
      by('k', { target: '/a/2/b' }),
      by('k', { target: '/d' }),
    ],
    '1011',
  ],
  [
    'group, tags, weight, set',
    `${KEYED}operations: { o: { match: POST /**, group: g, tags: [t], weight: 2, set: { n: 1 } }, p: { match: ANY /**, group: g } }\nlimits: { a: { rate: 4/h, per: operation.group, cost: 'has(operation.n) ? operation.weight + operation.n : 1' } }`,
    [post, k, k],
    '110',
  ],
  [
    'require',
    L('rate: 9/h', `require: { r: { that: 'request.headers["x"] == "1"', else: { status: 403 } } }`),
    [k, x],
    '01',
  ],
  [
    'tables and lookup',
    L(`rate: 5/h, cost: 'lookup("t", [request.method], 9)'`, 'tables: { t: { POST: 3, GET: 1 } }'),
    [post, k, k, k],
    '1110',
  ],
  [
    'schedules and during',
    L(
      'rate: { cases: [{ when: during("noon"), use: 1/h }, { use: unlimited }] }',
      'schedules: { noon: { zone: UTC, spans: ["Mon-Sun 12:00-14:00"], except: [2026-01-01] } }',
    ),
    times(2),
    '10',
  ],
  [
    'a quota over a schedule',
    L('quota: 1/opening', 'schedules: { opening: { zone: UTC, spans: "Mon-Sun 12:00-14:00" } }'),
    times(2),
    '10',
  ],
  ['rate: sliding', L('rate: 2/h, slices: 8'), times(3), '110'],
  ['rate: fixed and align', L('rate: 2/h, algorithm: fixed, align: spread'), times(3), '110'],
  ['rate: bucket and burst', L('rate: 1/h, algorithm: bucket, burst: 3'), times(4), '1110'],
  ['rate: gap', L('rate: 2/h, algorithm: gap'), times(3), '110'],
  ['rate: decay', L('rate: 2/h, algorithm: decay'), times(3), '110'],
  ['several windows', L('rate: [1/s, 9/h]'), times(2), '10'],
  [
    'size',
    L('size: 10, of: size(request.query.q)'),
    [by('k', { target: '/?q=short' }), by('k', { target: '/?q=longer-than-ten' })],
    '10',
  ],
  ['concurrency', L('concurrency: 2'), times(3), '110'],
  ['per: several parts', L('rate: 1/h, per: [key, request.method]'), [k, post, k], '110'],
  [
    'per: by choice',
    L('rate: 1/h, per: { cases: [{ when: request.method == "POST", use: global }, { use: key }] }'),
    [post, by('j', { method: 'POST' }), by('j')],
    '101',
  ],
  [
    'per: each(list)',
    L(`rate: 1/h, per: 'each(request.query["to"].split(","))'`),
    [by('k', { target: '/?to=a,b' }), by('k', { target: '/?to=b,c' }), by('k', { target: '/?to=c' })],
    '101',
  ],
  [
    'per: each(list, expr)',
    L(`rate: 2/h, per: 'each(request.query["to"].split(","), item.substring(0, 1))'`),
    [by('k', { target: '/?to=a1,a2' }), by('k', { target: '/?to=a3' }), by('k', { target: '/?to=b1' })],
    '101',
  ],
  [
    'on, except, when',
    L(
      'rate: 1/h, except: p, when: request.method == "POST"',
      'operations: { o: { match: ANY /o }, p: { match: ANY /** } }',
    ),
    [post, post, by('k', { method: 'POST', target: '/o' }), by('k', { method: 'POST', target: '/o' })],
    '1110',
  ],
  [
    'replaces',
    `${KEYED}limits: { a: { rate: 1/h }, b: { rate: 3/h, when: request.method == "POST", replaces: a } }`,
    [k, post, post, k],
    '1110',
  ],
  ['cost by table', L('rate: 5/h, cost: { by: request.method, POST: 4, else: 1 }'), [post, k, k], '110'],
  [
    'count: attempts',
    L('rate: 2/h, count: attempts', `require: { r: { that: 'request.method != "POST"', else: { status: 400 } } }`),
    [post, post, k],
    '000',
  ],
  [
    'count: denials',
    `${KEYED}limits: { a: { rate: 1/h }, b: { rate: 1/h, count: { denials: a }, past: { block: { for: 1h, on: all } } } }`,
    times(3),
    '100',
  ],
  [
    'distinct',
    L('rate: 1/h, distinct: request.query.id'),
    [by('k', { target: '/?id=1' }), by('k', { target: '/?id=1' }), by('k', { target: '/?id=2' })],
    '110',
  ],
  [
    'usage of another',
    `${KEYED}limits: { a: { rate: 4/h, algorithm: fixed }, b: { rate: 1/h, when: usage("a") >= 0.5 } }`,
    times(4),
    '1110',
  ],
  [
    'at, when, deny',
    L(`rate: 4/h, past: [{ at: 50%, when: has(request.headers.x), deny: exceeded }, { deny: exceeded }]`),
    [k, k, x, k, k, k],
    '110110',
  ],
  ['block', L('rate: 1/h, past: { block: { for: [2h, 3h] } }'), times(2), '10'],
  [
    'admit, bill, mark, notify, shadow',
    L(
      'rate: 1/h, past: [{ at: 100%, mark: m }, { at: 100%, notify: c }, { at: 100%, bill: b }, { at: 300%, deny: exceeded }]',
      'notify: { c: { log: info } }',
    ),
    times(4),
    '1110',
  ],
  ['shadow', L('rate: 1/h, past: { shadow: true }'), times(3), '111'],
  [
    'onChange, scope, was, publish, label, unit',
    L('rate: 1/h, onChange: scale, scope: node, was: [old], label: Calls, unit: calls, publish: approximate'),
    times(2),
    '10',
  ],
  [
    'overrides',
    L(
      'rate: 1/h, per: key',
      'overrides: [{ for: { key: k }, limits: { a: 2/h }, from: 2026-01-01, reason: r, by: b }]',
    ),
    [k, k, k, by('j'), by('j')],
    '11010',
  ],
  [
    'overrides: lift',
    L(
      'rate: 1/h, per: key',
      'overrides: [{ for: { key: k }, lift: [a], from: 2026-01-01, until: 2027-01-01, reason: r, by: b }]',
    ),
    times(3),
    '111',
  ],
  [
    'none, unlimited, custom',
    L('rate: { by: request.method, GET: none, POST: custom(1/h), else: unlimited }, per: key'),
    [k, post, post, by('k', { method: 'PUT' })],
    '0101',
  ],
  [
    'a formula',
    L('rate: (1 + 2 * size(request.query))/h'),
    [
      by('k', { target: '/?a=1' }),
      by('k', { target: '/?a=1' }),
      by('k', { target: '/?a=1' }),
      by('k', { target: '/?a=1' }),
    ],
    '1110',
  ],
  ['money', L('quota: $1/day, cost: 0.4, unit: USD'), times(3), '110'],
  [
    'endpoints',
    `${KEYED}limits: { a: { rate: 1/h, per: key } }\nendpoints: { mine: { match: GET /limits } }`,
    [k, by('k', { target: '/limits' }), k],
    '100',
  ],
];

describe('the grammar, line by line', () => {
  it.each(LINES)('%s', (_, policy, asks, admitted) => {
    const { ask } = gateOf(policy);
    expect(asks.map((spec) => (ask(spec).kind === 'forward' ? '1' : '0')).join('')).toBe(admitted);
  });
});

describe('an override that ends while jobs run', () => {
  it('lets them run on, refuses more until fewer are left than are allowed then, and loses none', () => {
    const { ask, clock } = gateOf(
      L(
        'concurrency: 1, per: key',
        'overrides: [{ for: { key: k }, limits: { a: 3 }, from: 2026-01-01, until: "2026-04-11T13:01:00Z", reason: r, by: b }]',
      ),
    );
    const jobs = [1, 2, 3].map(() => forwarded(ask(k)));
    const end = (job: (typeof jobs)[number] | undefined): void =>
      job?.end({
        status: 200,
        reached: true,
        fields: [],
        body: { is: 'unread', why: 'absent' },
        sentBytes: 0,
        tookMs: 1,
        torn: false,
      });
    const isLetIn = (): boolean => ask(k).kind === 'forward';
    expect(isLetIn()).toBe(false);
    clock.nowMs += 60_000;
    expect(isLetIn()).toBe(false);
    end(jobs[0]);
    end(jobs[1]);
    expect(isLetIn()).toBe(false);
    end(jobs[2]);
    expect([isLetIn(), isLetIn()]).toEqual([true, false]);
  });
});
