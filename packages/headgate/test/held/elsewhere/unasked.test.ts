import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/core/index.ts';
import type { Report } from '../../../src/http/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { manualClock } from '../../../src/testing/index.ts';
import { answered, forwarded, gateOf, START } from '../../gate-of.ts';
import { said } from '../ended.ts';
import { failingMemos, memosOf } from './with-memos.ts';

const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
operations: { put: { match: PUT /files/:id }, gone: { match: DELETE /files/:id } }
limits: { stored: { level: 90000, per: key, on: put, cost: 10, hold: { id: path.id, until: gone } } }
endpoints: { own: { match: GET /limits } }
`;
/** Ends that are kept until the store can be asked. */
const KEPT = 1000;

interface World {
  readonly put: (id: number) => void;
  readonly remove: (id: number) => void;
  readonly stored: () => number;
  /** Whether the store can be asked for what it keeps by name. */
  readonly can: { be: boolean };
  readonly tend: () => void;
  readonly reports: readonly Report[];
}

function world(): World {
  const clock = manualClock({ wallMs: START, monotonicMs: START });
  const [memory, memos, can] = [memoryStore({ clock }), memosOf(clock), { be: true }];
  const store = {
    traits: memory.traits,
    memos: failingMemos(memos, can),
    apply: (step: Step) => memory.apply(step),
  };
  const reports: Report[] = [];
  const { ask: send, gate } = gateOf(POLICY, { clock, store, onReport: (report) => void reports.push(report) });
  const end = (method: string, id: number): void => forwarded(send({ method, target: `/files/${id}` })).end(said({}));
  return {
    put: (id) => end('PUT', id),
    remove: (id) => end('DELETE', id),
    stored() {
      const { limits } = answered(send({ target: '/limits' })).json() as { limits: { used: number }[] }; // as documented
      return limits[0]?.used ?? NaN;
    },
    can,
    tend: () => gate.tend(),
    reports,
  };
}

describe('what is taken away while the store cannot be asked by what it was called', () => {
  it('comes back when it can be, once', () => {
    const { put, remove, stored, can, tend } = world();
    for (const id of [1, 2, 3]) put(id);
    can.be = false;
    for (const id of [1, 2, 1]) remove(id);
    tend();
    expect(stored()).toBe(30);
    can.be = true;
    tend();
    tend();
    expect(stored()).toBe(10);
  });

  it('stays away where another was put in its place meanwhile', () => {
    const { put, remove, stored, can, tend } = world();
    put(1);
    can.be = false;
    remove(1);
    can.be = true;
    put(1);
    tend();
    expect(stored()).toBe(10);
  });

  it('is told of, where it is more than is kept', () => {
    const { put, remove, stored, can, tend, reports } = world();
    for (let id = 0; id <= KEPT; id++) put(id);
    can.be = false;
    for (let id = 0; id <= KEPT; id++) remove(id);
    can.be = true;
    tend();
    expect(stored()).toBe(10);
    expect(reports.map(({ is, limit }) => [is, limit])).toEqual([['forgotten', 'stored']]);
  });
});
