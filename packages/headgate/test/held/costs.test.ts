import { describe, expect, it } from 'vitest';
import type { Ending } from '../../src/http/index.ts';
import { forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** What one request comes to under a limit of 100, by what its answer was. */
function spent(limit: string, ending: Partial<Ending>): number {
  const { sendEnding, ask } = world(
    `${KEY}limits: { a: { rate: 100/h, ${limit} } }\nrespond: { headers: { of: a, fields: { X-Left: '{remaining}' } } }`,
  );
  sendEnding({}, ending);
  const probe = forwarded(ask());
  const [, left] = probe.settle(200);
  return 100 - Number(left) - (limit.includes('reserve: any') ? 0 : limit.includes('reserve: 10') ? 10 : 1);
}

const EVE = 'cost: { reserve: any, actual: { by: response.class, 2xx: 2, 3xx: 1, 4xx: 5, 5xx: 0 } }';
const CACHED = `cost: { reserve: 10, actual: '"x-cache" in response.headers ? 0 : 10' }`;

describe('a cost that is known afterwards', () => {
  const ROWS: readonly (readonly [name: string, limit: string, ending: Partial<Ending>, units: number])[] = [
    ['by status', EVE, { status: 200 }, 2],
    ['by status, of a redirection', EVE, { status: 304 }, 1],
    ['by status, of a mistake of the client’s', EVE, { status: 404 }, 5],
    ['by status, of a failure', EVE, { status: 500 }, 0],
    ['by status, of one there is none of', EVE, { status: 799 }, 0],
    ['by a header', `cost: { reserve: 10, actual: 'response.headers["X-Cost"]' }`, { fields: ['x-cost', '7'] }, 7],
    [
      'by a header that is none',
      `cost: { reserve: 10, actual: 'response.headers["x-cost"]' }`,
      { fields: ['x-cost', '7.5'] },
      10,
    ],
    [
      'by a header that came twice',
      `cost: { reserve: 10, actual: 'response.headers["x-cost"]' }`,
      { fields: ['x-cost', '7', 'x-cost', '8'] },
      10,
    ],
    [
      'by a header in hex',
      `cost: { reserve: 10, actual: 'response.headers["x-cost"]' }`,
      { fields: ['x-cost', '0x7'] },
      10,
    ],
    ['by its body', 'cost: { reserve: 10, actual: response.body.usage.total }', said({ usage: { total: 42 } }), 42],
    [
      'by a body that is deeper than can be looked into',
      'cost: { reserve: 10, actual: "response.body == response.body ? 1 : 2" }',
      said(JSON.parse('['.repeat(20_000) + ']'.repeat(20_000))),
      10,
    ],
    ['by how long it took', 'cost: { reserve: any, actual: ceil(response.ms / 10.0) }', { tookMs: 95 }, 10],
    ['by what was sent', 'cost: { reserve: any, actual: response.bytes }', { sentBytes: 33 }, 33],
    [
      'by what was reserved',
      'cost: { reserve: 10, actual: "response.ok ? reserved : 2 * reserved" }',
      { status: 500 },
      20,
    ],
    ['that a cache saved', CACHED, { fields: ['X-Cache', 'HIT'] }, 0],
    ['that no cache saved', CACHED, {}, 10],
    [
      'that nobody tells, which is lost',
      'cost: { reserve: 10, actual: response.body.n, lost: 3 }',
      { status: undefined },
      3,
    ],
    ['of a success that alone counts', 'count: response.ok', { status: 201 }, 1],
    ['of a failure that does not', 'count: response.ok', { status: 503 }, 0],
    ['of an outcome that is not told', 'count: response.body.ok == true', said('no'), 1],
  ];

  it.each(ROWS)('%s', (_, limit, ending, units) => {
    expect(spent(limit, ending)).toBe(units);
  });

  it('is still owed when the answer came later than its window: nothing is charged to the next', () => {
    const { ask, clock } = world(
      `${KEY}limits: { a: { rate: 100/m, algorithm: fixed, cost: { reserve: 10, actual: response.bytes } } }
respond: { headers: { of: a, fields: { X-Left: '{remaining}' } } }`,
    );
    const slow = forwarded(ask());
    clock.nowMs += 60_000;
    forwarded(ask());
    slow.end(ended({ sentBytes: 50 }));
    expect(forwarded(ask()).settle(200)).toEqual(['X-Left', '80']);
  });
});

describe('a reserve that comes to nothing', () => {
  const limit = (reserve: string): string =>
    `${KEY}limits: { a: { rate: 10/h, cost: { reserve: ${reserve}, actual: response.body.n } } }`;
  const asks = (n: string): Spec => ({ target: `/?n=${n}`, fields: [['X-API-Key', 'k']] });
  const STATED = `'int(request.query["n"])'`;

  it('is settled all the same: whoever says that he needs nothing pays what it came to, and waits for room for one', () => {
    const { send, passes } = world(limit(STATED));
    send(asks('0'), { n: 7 });
    expect([passes(asks('3')), passes(asks('4'))]).toEqual([true, false]);
    send(asks('0'), { n: 7 });
    expect(passes(asks('0'))).toBe(false);
  });

  it('lets no more through at once than there are units', () => {
    const { ask } = world(limit(STATED));
    expect(Array.from({ length: 20 }, () => ask(asks('0'))).filter(({ kind }) => kind === 'forward')).toHaveLength(10);
  });

  it('can be settled by the API, too', () => {
    const w = world(`${KEY}limits: { a: { rate: 10/h, cost: { reserve: ${STATED} }, hold: { lease: 1m } } }`);
    expect(w.gate.resolve(w.send(asks('0')), { settle: { a: 9 } })).toBe('ok');
    expect([w.passes(asks('1')), w.passes(asks('2'))]).toEqual([true, false]);
  });

  it('is free where the policy itself writes it', () => {
    const { send, passes } = world(limit(`{ by: 'request.query["n"]', "0": 0, else: 5 }`));
    send(asks('5'), { n: 10 });
    send(asks('0'), { n: 99 });
    expect([passes(asks('0')), passes(asks('5'))]).toEqual([true, false]);
  });
});

describe('a cost that only the API tells', () => {
  const POLICY = `${KEY}limits: { a: { rate: 100/h, cost: { reserve: 10, lost: 4 }, hold: { lease: 1m } } }
respond: { headers: { of: a, fields: { X-Left: '{remaining}' } } }`;
  /** What is left, as the next request is told. */
  const left = ({ ask }: World): number => {
    const next = forwarded(ask());
    const [, told] = next.settle(200);
    next.end(ended({ status: undefined, reached: false }));
    return Number(told) + 10;
  };

  it('may be told after the answer, within the lease', () => {
    const w = world(POLICY);
    const id = w.send({});
    expect([left(w), w.gate.resolve(id, { settle: { a: 7 } }), left(w)]).toEqual([90, 'ok', 93]);
    expect([w.gate.resolve(id, 'cancel'), left(w)]).toEqual(['unknown', 93]);
  });

  it('is what is lost when nobody tells it, and who comes late changes nothing, and is reported', () => {
    const w = world(POLICY);
    const id = w.send({});
    w.clock.nowMs += 60_250;
    w.gate.tend();
    expect([left(w), w.gate.resolve(id, { settle: { a: 0 } }), left(w)]).toEqual([96, 'unknown', 96]);
    expect(w.reports.map(({ is }) => is)).toEqual(['lapsed', 'late']);
  });

  it('is settled to what was reserved when no cost is named, and given back by a cancel', () => {
    const w = world(POLICY);
    expect([w.gate.resolve(w.send({}), { settle: {} }), left(w)]).toEqual(['ok', 90]);
    expect([w.gate.resolve(w.send({}), 'cancel'), left(w)]).toEqual(['ok', 90]);
  });
});

describe('outcomes only', () => {
  const LOGIN = `operations: { login: { match: POST /login } }
limits: { failures: { rate: 5/15m, per: address, on: login, count: response.status == 401 } }`;
  const SPEC = { method: 'POST', target: '/login', fields: [] };

  it('let no more than five of a thousand parallel attempts through, whatever comes of them', () => {
    const { ask } = world(LOGIN);
    const tried = Array.from({ length: 1000 }, () => ask(SPEC)).filter(({ kind }) => kind === 'forward');
    expect(tried.length).toBe(5);
    for (const one of tried) forwarded(one).end(ended({ status: 401 }));
    expect(ask(SPEC).kind).toBe('answer');
  });

  it('hold nobody up who knows the password', () => {
    const { send, passes } = world(LOGIN);
    for (let i = 0; i < 50; i++) send(SPEC);
    for (let i = 0; i < 4; i++) send(SPEC, {}, 401);
    send(SPEC);
    expect(passes(SPEC)).toBe(true);
    send(SPEC, {}, 401);
    expect(passes(SPEC)).toBe(false);
  });
});
