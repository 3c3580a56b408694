import { describe, expect, it } from 'vitest';
import { answered, forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** A batch begins several jobs, invites several people, puts several files there: one answer tells all of their ids. */
const BATCHES = `${KEY}operations:
  create: { match: POST /batches }
  poll: { match: GET /jobs/:id }
  sweep: { match: POST /sweeps }
  invite: { match: POST /members }
  remove: { match: DELETE /members/:id }
  put: { match: POST /files }
  delete: { match: DELETE /files/:id }
  begin: { match: POST /uploads }
  complete: { match: POST /uploads/:id/complete }
limits:
  running:
    concurrency: 5
    per: key
    on: create
    cost: 'int(request.query["jobs"])'
    hold:
      id: response.body.jobs.map(job, job.id)
      lease: 1h
      until:
        - { on: poll, when: 'response.body.status == "done"' }
        - { on: sweep, id: response.body.over }
  seats: { level: 10, unit: seats, per: key, on: invite, cost: 'int(request.query["people"])', hold: { id: response.body.ids, until: remove } }
  storage: { level: 1000B, per: key, on: put, cost: request.bytes, hold: { id: response.body.ids, until: delete } }
  uploads:
    level: 500B
    per: key
    on: begin
    cost: 'int(request.query["bytes"])'
    hold: { id: response.body.ids, lease: 15m, until: [{ on: complete, cost: response.body.bytes }] }
respond:
  headers:
    - { of: running, on: [create], fields: { X-Used: '{used}' } }
    - { of: seats, on: [invite], fields: { X-Used: '{used}' } }
    - { of: storage, on: [put], fields: { X-Used: '{used}' } }
    - { of: uploads, on: [begin], fields: { X-Used: '{used}' } }`;

const create = (jobs: number): Spec => ({ method: 'POST', target: `/batches?jobs=${jobs}` });
const poll = (id: string): Spec => ({ target: `/jobs/${id}` });
const DONE = { status: 'done' };
const batch = (...ids: readonly unknown[]): unknown => ({ jobs: ids.map((id) => ({ id })) });
const invite = (people: number): Spec => ({ method: 'POST', target: `/members?people=${people}` });
const put = (bytes: number): Spec => ({
  method: 'POST',
  target: '/files',
  fields: [
    ['X-API-Key', 'k'],
    ['Content-Length', String(bytes)],
  ],
});
const begin = (bytes: number): Spec => ({ method: 'POST', target: `/uploads?bytes=${bytes}` });

/** What a request that costs nothing is told of what counts. */
function used({ ask }: World, spec: (cost: number) => Spec = create): number {
  const asked = forwarded(ask(spec(0)));
  const [, value] = asked.settle(200);
  asked.end(ended({ status: undefined, reached: false }));
  return Number(value);
}

/** Which polls end what, one after another. */
function afterEach(w: World, ...ids: readonly string[]): readonly number[] {
  return ids.map((id) => {
    w.send(poll(id), DONE);
    return used(w);
  });
}

describe('a list of ids', () => {
  it('holds one permit each, which end one by one, in any order, and each once', () => {
    const w = world(BATCHES);
    w.send(create(3), batch('a', 'b', 7), 201);
    expect([used(w), w.gate.held()]).toEqual([3, { reservations: 1, named: 3 }]);
    expect(afterEach(w, 'b', 'b', 'nobody', '7', 'a', 'a')).toEqual([2, 2, 2, 1, 0, 0]);
    expect([w.gate.held(), w.reports]).toEqual([{ reservations: 0, named: 0 }, []]);
  });

  it.each([
    ['shorter than what was reserved', 4, ['a', 'b'], 2],
    ['longer than what was reserved, and than the limit', 1, ['a', 'b', 'c', 'd', 'e', 'f'], 6],
    ['that names one twice', 3, ['a', 'b', 'a'], 2],
    ['of one', 3, ['a'], 1],
    ['of none', 3, [], 0],
  ])('%s holds what it names', (_, cost, ids, held) => {
    const w = world(BATCHES);
    w.send(create(cost), batch(...ids), 201);
    expect(w.passes(create(1))).toBe(held < 5);
    const rest = [...new Set(ids)].map((_id, before) => held - before - 1);
    expect([used(w), ...afterEach(w, ...new Set(ids))]).toEqual([held, ...rest]);
  });

  it.each([
    ['names something that is no id', batch('a', null)],
    ['is longer than may be kept', batch(...Array.from({ length: 1001 }, (_, i) => `j${i}`))],
    ['cannot be told', { jobs: 'a' }],
  ])('that %s is reported, and all that was reserved is held until its lease ends', (_, body) => {
    const w = world(BATCHES);
    w.send(create(3), body, 201);
    w.send(poll('a'), DONE);
    expect([used(w), w.reports.map(({ is }) => is)]).toEqual([3, ['unnamed']]);
    w.clock.nowMs += 3_600_001;
    expect(used(w)).toBe(0);
  });

  it('of which some are over when they become known holds the others', () => {
    const w = world(BATCHES);
    const created = forwarded(w.ask(create(3)));
    w.send(poll('b'), DONE);
    created.end(said(batch('a', 'b', 'c'), 201));
    expect(used(w)).toBe(2);
    expect(afterEach(w, 'a', 'c')).toEqual([1, 0]);
  });

  it('may end several at once', () => {
    const w = world(BATCHES);
    w.send(create(3), batch('a', 'b', 'c'), 201);
    w.send({ method: 'POST', target: '/sweeps' }, { over: ['a', 'c', 'x'] });
    expect(used(w)).toBe(1);
  });

  it('that is told again takes the place of what it names', () => {
    const w = world(BATCHES);
    w.send(create(3), batch('a', 'b', 'c'), 201);
    w.send(create(2), batch('b', 'd'), 201);
    expect(used(w)).toBe(4);
    expect(afterEach(w, 'a', 'b', 'c', 'd')).toEqual([3, 2, 1, 0]);
  });

  it('comes back whole when its lease ends, or when the API settles what is left', () => {
    const w = world(BATCHES);
    w.send(create(3), batch('a', 'b', 'c'), 201);
    w.send(poll('a'), DONE);
    w.clock.nowMs += 3_601_000;
    expect(used(w)).toBe(0);
    const id = w.send(create(3), batch('d', 'e', 'f'), 201);
    w.send(poll('d'), DONE);
    expect([w.gate.resolve(id, { settle: {} }), used(w), w.gate.resolve(id, 'cancel')]).toEqual(['ok', 0, 'unknown']);
    expect(w.gate.held()).toEqual({ reservations: 0, named: 0 });
  });

  it('refuses what does not fit beside those that still run', () => {
    const w = world(BATCHES);
    w.send(create(5), batch('a', 'b', 'c', 'd', 'e'), 201);
    w.send(poll('c'), DONE);
    expect(answered(w.ask(create(2))).status).toBe(429);
    expect(w.passes(create(1))).toBe(true);
  });
});

describe('a list of ids, of a level', () => {
  it('that stays holds one each of things, as many as there are, until each is taken away', () => {
    const w = world(BATCHES);
    w.send(invite(3), { ids: ['a', 'b'] }, 201);
    expect(used(w, invite)).toBe(2);
    w.send({ method: 'DELETE', target: '/members/a' });
    w.send({ method: 'DELETE', target: '/members/a' });
    expect(used(w, invite)).toBe(1);
    w.send({ method: 'DELETE', target: '/members/b' });
    expect([used(w, invite), w.gate.held().named]).toEqual([0, 0]);
  });

  it('of bytes that only its cost tells to be bytes shares them, too', () => {
    const w = world(BATCHES.replace('level: 1000B', 'level: 1000'));
    w.send(put(200), { ids: ['a', 'b'] }, 201);
    expect(used(w, put)).toBe(200);
  });

  it('of bytes shares them as evenly as can be', () => {
    const w = world(BATCHES);
    w.send(put(200), { ids: ['a', 'b', 'c'] }, 201);
    const left = ['c', 'a', 'b'].map((id) => {
      w.send({ method: 'DELETE', target: `/files/${id}` });
      return used(w, put);
    });
    expect(left).toEqual([134, 67, 0]);
  });

  it('with a lease settles each share to what it came to, and what nobody completes comes back', () => {
    const w = world(BATCHES);
    w.send(begin(300), { ids: ['a', 'b', 'c'] }, 201);
    w.send({ method: 'POST', target: '/uploads/b/complete' }, { bytes: 120 });
    expect(used(w, begin)).toBe(320);
    w.send({ method: 'POST', target: '/uploads/a/complete' }, { bytes: 30 });
    expect(used(w, begin)).toBe(250);
    w.clock.nowMs += 900_001;
    expect(used(w, begin)).toBe(150);
  });
});
