import { describe, expect, it } from 'vitest';
import { createHolds, type Report } from '../../src/http/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { answered, forwarded, gateOf, KEY, START, type Asked, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** As deepcreative's page has it: five predictions a key, from creation until completion. */
const JOBS = `${KEY}operations:
  create: { match: POST /v1/predictions }
  cancel: { match: POST /v1/predictions/:id/cancel }
  hook: { match: POST /hooks }
  poll: { match: GET /v1/predictions/:id }
limits:
  running:
    concurrency: 2
    per: key
    on: create
    hold:
      id: response.body.id
      lease: 1h
      until:
        - { on: poll, when: 'response.body.status in ["succeeded", "failed", "canceled"]' }
        - cancel
        - { on: hook, id: 'request.query["prediction"]' }
        - { on: create, when: 'response.body.status == "succeeded"', id: response.body.id }
respond:
  exceeded: { status: 429, body: { error: concurrent_limit, limit: '{limit}', active: '{used}' } }`;

const CREATE: Spec = { method: 'POST', target: '/v1/predictions' };
const poll = (id: string): Spec => ({ target: `/v1/predictions/${id}` });

const TIME = { monotonicMs: () => START, wallMs: () => START };

interface Jobs extends World {
  /** Creates a prediction that the API calls so. */
  readonly create: (id: unknown) => string;
  /** How many more could be begun. */
  readonly free: () => number;
}

function jobs(): Jobs {
  const all = world(JOBS);
  return {
    ...all,
    create: (id) => all.send(CREATE, { id, status: 'starting' }, 201),
    free() {
      const taken = [1, 2, 3].map(() => all.ask(CREATE)).filter(({ kind }) => kind === 'forward');
      for (const one of taken) forwarded(one).end(ended({ status: undefined, reached: false }));
      return taken.length;
    },
  };
}

describe('a job', () => {
  it('holds its permit after its exchange, and the refusal tells how many are active', () => {
    const { create, ask } = jobs();
    create('a');
    create('b');
    const refused = answered(ask(CREATE));
    expect([refused.status, refused.json()]).toEqual([429, { error: 'concurrent_limit', limit: 2, active: 2 }]);
  });

  it('that is over when its creation is answered holds nothing', () => {
    const { send, create, free, reports, gate } = jobs();
    create('a');
    send(CREATE, { id: 'b', status: 'succeeded' }, 201);
    expect([free(), gate.held(), reports]).toEqual([1, { reservations: 1, named: 1 }, []]);
  });

  /** What ends job `a`, and what does not. */
  const ENDS: readonly (readonly [name: string, spec: Spec, body: unknown, status: number, free: number])[] = [
    ['a poll that sees it succeed', poll('a'), { status: 'succeeded' }, 200, 2],
    ['a poll of another caller', { ...poll('a'), fields: [['X-API-Key', 'other']] }, { status: 'failed' }, 200, 2],
    ['a poll that sees it run', poll('a'), { status: 'processing' }, 200, 1],
    ['a poll of another job', poll('b'), { status: 'succeeded' }, 200, 1],
    ['a poll that is answered with something else', poll('a'), 'succeeded', 200, 1],
    ['a cancel', { method: 'POST', target: '/v1/predictions/a/cancel' }, {}, 200, 2],
    ['a cancel that the API refuses', { method: 'POST', target: '/v1/predictions/a/cancel' }, {}, 409, 1],
    ['a webhook that passes through', { method: 'POST', target: '/hooks?prediction=a' }, {}, 204, 2],
  ];

  it.each(ENDS)('and %s', (_, spec, body, status, free) => {
    const { create, send, free: left } = jobs();
    create('a');
    send(spec, body, status);
    expect(left()).toBe(free);
  });

  it('is ended once by a poll, a webhook and the API itself, whichever comes first', () => {
    const { create, send, gate, free } = jobs();
    const id = create('a');
    create('b');
    send(poll('a'), { status: 'succeeded' });
    send({ method: 'POST', target: '/hooks?prediction=a' });
    expect(gate.resolve(id, { settle: {} })).toBe('unknown');
    send(poll('a'), { status: 'succeeded' });
    expect(free()).toBe(1);
  });

  it('is ended by the API, by the id that it was handed', () => {
    const { create, gate, free } = jobs();
    const id = create('a');
    expect(gate.resolve(id, 'renew')).toBe('ok');
    expect([gate.resolve(id, { settle: { running: 0 } }), gate.resolve(id, 'cancel')]).toEqual(['ok', 'unknown']);
    expect(free()).toBe(2);
  });

  it('that nobody ends is ended by its lease, which the API may renew', () => {
    const { create, gate, clock, free, reports } = jobs();
    const [, renewed] = [create('a'), create('b')];
    clock.nowMs += 3_000_000;
    void gate.resolve(renewed, 'renew');
    clock.nowMs += 600_250;
    gate.tend();
    expect([free(), reports.map(({ is, limit, operation }) => [is, limit, operation])]).toEqual([
      1,
      [['lapsed', 'running', 'create']],
    ]);
  });

  /** How its creation may end otherwise, and how many are free then. */
  const CREATIONS: readonly (readonly [name: string, ending: Parameters<typeof ended>[0], free: number])[] = [
    ['was refused by the API', { status: 402, body: { is: 'json', value: { id: 'a' } } }, 2],
    ['never reached the API', { status: undefined, reached: false }, 2],
    ['was never answered', { status: undefined }, 1],
    ['was answered without an id', { status: 201, body: { is: 'json', value: {} } }, 1],
    ['was answered with an id that is none', { status: 201, body: { is: 'json', value: { id: { a: 1 } } } }, 1],
    ['was answered with something that is not JSON', { status: 201, body: { is: 'unread', why: 'not-json' } }, 1],
    ['was torn', { status: 201, torn: true, body: { is: 'unread', why: 'torn' } }, 1],
  ];

  it.each(CREATIONS)('whose creation %s holds what it may have begun, until its lease ends', (_, ending, left) => {
    const { ask, free, clock } = jobs();
    forwarded(ask(CREATE)).end(ended(ending));
    expect(free()).toBe(left);
    clock.nowMs += 3_600_250;
    expect(free()).toBe(2);
  });

  it('that is over before its creation was answered holds nothing', () => {
    const { ask, send, free } = jobs();
    const creation = forwarded(ask(CREATE));
    send({ method: 'POST', target: '/hooks?prediction=a' });
    creation.end(said({ id: 'a' }, 201));
    expect(free()).toBe(2);
  });

  it('is not ended by what ended another of its id before it began', () => {
    const { create, send, clock, free } = jobs();
    send({ method: 'POST', target: '/hooks?prediction=a' });
    clock.nowMs += 1;
    create('a');
    expect(free()).toBe(1);
  });

  it('that is created twice under one id is one job', () => {
    const { create, send, free } = jobs();
    create('a');
    create('a');
    expect(free()).toBe(1);
    send(poll('a'), { status: 'failed' });
    expect(free()).toBe(2);
  });

  it('is known by a number as by its digits', () => {
    const { create, send, free } = jobs();
    create(7);
    send(poll('7'), { status: 'failed' });
    expect(free()).toBe(2);
  });

  it('is known by its id however a path writes it', () => {
    const { create, send, free } = jobs();
    create('a b');
    send(poll('%61%20b'), { status: 'failed' });
    expect(free()).toBe(2);
  });

  it('is ended by a gate that took the place of the one it began under, with the same leases', () => {
    const holds = createHolds();
    const reports: Report[] = [];
    const store = memoryStore({ clock: TIME });
    const gate = (text: string): Asked =>
      gateOf(text, { store, clock: TIME, holds, onReport: (report) => reports.push(report) });
    const [before, after] = [gate(JOBS), gate(JOBS.replace('concurrency: 2', 'concurrency: 1'))];
    forwarded(before.ask(CREATE)).end(said({ id: 'a' }, 201));
    expect(after.ask(CREATE).kind).toBe('answer');
    forwarded(after.ask(poll('a'))).end(said({ status: 'succeeded' }));
    const again = forwarded(after.ask(CREATE));
    expect([again.kind, after.gate.held(), reports]).toEqual(['forward', { reservations: 1, named: 0 }, []]);
  });

  it('asks for bodies where they are read, and for no more of them than is', () => {
    const { ask } = jobs();
    const reads = (spec: Spec): unknown => forwarded(ask(spec)).reads?.members;
    expect([CREATE, poll('a'), { method: 'POST', target: '/hooks?prediction=a' }].map(reads)).toEqual([
      ['id', 'status'],
      ['status'],
      undefined,
    ]);
    const { wants, maxBytes } = forwarded(ask(poll('a'))).reads ?? { maxBytes: 0, wants: () => false };
    expect(maxBytes).toBe(1024 * 1024);
    expect(
      ['application/json', 'application/hal+json; charset=utf-8', 'text/html', undefined].map((type) =>
        wants(200, type),
      ),
    ).toEqual([true, true, false, false]);
  });
});
