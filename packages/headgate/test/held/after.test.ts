import { describe, expect, it } from 'vitest';
import { answered, forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** As one knows it of APIs that limit slow requests alone: whatever is over in 20 s counts for nothing. */
const SLOW = `${KEY}operations:
  report: { match: GET /report }
  start: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
limits:
  slow: { concurrency: 2, per: key, on: report, hold: { after: 20s, lease: 1m } }
  long:
    concurrency: 5
    per: key
    on: start
    cost: 'int(request.query["jobs"])'
    hold: { after: 1m, id: response.body.ids, lease: 1h, until: [{ on: poll, when: 'response.body.status == "done"' }] }
respond:
  headers:
    - { of: slow, on: [report], fields: { X-Used: '{used}' } }
    - { of: long, on: [start], fields: { X-Used: '{used}' } }`;

const REPORT: Spec = { target: '/report' };
const start = (jobs: number): Spec => ({ method: 'POST', target: `/jobs?jobs=${jobs}` });

type Exchange = ReturnType<typeof forwarded>;

function begin(w: World, count: number): readonly Exchange[] {
  return Array.from({ length: count }, () => forwarded(w.ask(REPORT)));
}

function pass(w: World, ms: number): void {
  w.clock.nowMs += ms;
  w.gate.tend();
}

/** What somebody who comes now is told, who is gone at once. */
function used(w: World, spec: Spec): number {
  const asked = forwarded(w.ask(spec));
  const [, value] = asked.settle(200);
  asked.end(ended({ status: undefined, reached: false }));
  return Number(value);
}

describe('what counts only once it has lasted', () => {
  it('is let in while others last less long, and counts in full from then on, above the limit if need be', () => {
    const w = world(SLOW);
    const all = begin(w, 4);
    pass(w, 19_000);
    expect(used(w, REPORT)).toBe(0);
    pass(w, 1500);
    expect([answered(w.ask(REPORT)).status, w.passes(REPORT)]).toEqual([429, false]);
    all[0]?.end(ended());
    all[1]?.end(ended());
    // Two of four are left, which is the limit.
    expect(w.passes(REPORT)).toBe(false);
    all[2]?.end(ended());
    expect(used(w, REPORT)).toBe(1);
    all[3]?.end(ended());
    expect([used(w, REPORT), w.gate.held()]).toEqual([0, { reservations: 0, named: 0 }]);
  });

  it('never counts when it is over sooner', () => {
    const w = world(SLOW);
    for (const one of begin(w, 10)) one.end(ended());
    pass(w, 60_000);
    expect([used(w, REPORT), w.reports]).toEqual([0, []]);
  });

  it('counts once, and for as long as it lasts, whatever its lease is', () => {
    const w = world(SLOW);
    const [one] = begin(w, 1);
    const seen = Array.from({ length: 20 }, () => {
      pass(w, 15_250);
      return used(w, REPORT);
    });
    expect(seen).toEqual([0, ...Array.from({ length: 19 }, () => 1)]);
    one?.end(ended());
    expect(used(w, REPORT)).toBe(0);
  });

  it('is as many jobs as are left by then, and each ends by itself', () => {
    const w = world(SLOW);
    w.send(start(3), { ids: ['a', 'b', 'c', 'd'] }, 201);
    w.send({ target: '/jobs/a' }, { status: 'done' });
    expect(used(w, start(1))).toBe(0);
    pass(w, 61_000);
    expect(used(w, start(1))).toBe(3);
    w.send({ target: '/jobs/b' }, { status: 'done' });
    expect(used(w, start(1))).toBe(2);
    w.clock.nowMs += 3_600_000;
    expect(used(w, start(1))).toBe(0);
  });

  it('is an amount of a level, until its lease ends', () => {
    const w = world(
      SLOW.replace('concurrency: 5', 'level: 500').replace('request.query["jobs"]', 'request.query["bytes"]'),
    );
    const put = (bytes: number): Spec => ({ method: 'POST', target: `/jobs?bytes=${bytes}` });
    w.send(put(300), { ids: ['a', 'b'] }, 201);
    expect(used(w, put(1))).toBe(0);
    pass(w, 61_000);
    expect(used(w, put(1))).toBe(300);
    w.send({ target: '/jobs/b' }, { status: 'done' });
    expect(used(w, put(1))).toBe(150);
    pass(w, 3_601_000);
    expect(used(w, put(1))).toBe(0);
  });

  it('costs nothing where its cost is nothing', () => {
    const w = world(SLOW);
    w.send(start(0), { ids: [] }, 201);
    expect(w.gate.held().reservations).toBe(0);
  });

  it('holds nothing while its answer is awaited, and its job ends before it counts', () => {
    const w = world(SLOW);
    const job = forwarded(w.ask(start(1)));
    pass(w, 30_000);
    job.end(said({ ids: ['a'] }, 201));
    w.send({ target: '/jobs/a' }, { status: 'done' });
    pass(w, 60_000);
    expect([used(w, start(1)), w.gate.held().reservations]).toEqual([0, 0]);
  });
});
