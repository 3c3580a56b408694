import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended } from './ended.ts';
import { world, type World } from './world.ts';

const LEASE_MS = 3_600_000;
const AFTER_MS = 60_000;
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** No sum of the first two is so near to what is awaited that it would matter when somebody looks. */
const PASSES = [25_000, 40_000, LEASE_MS + 1000] as const;

const jobs = (after: string): string => `${KEY}operations:
  create: { match: POST /batches }
  sweep: { match: POST /sweeps }
limits:
  running:
    concurrency: 1000
    per: key
    on: create
    cost: 'int(request.query["jobs"])'
    hold: { ${after} id: response.body, lease: 1h, until: [{ on: sweep, id: response.body }] }
respond: { headers: { of: running, on: [create], fields: { X-Used: '{used}' } } }`;

const create = (cost: number): Spec => ({ method: 'POST', target: `/batches?jobs=${cost}` });

type Step =
  | readonly ['create', cost: number, ids: readonly string[]]
  | readonly ['end', ids: readonly string[]]
  | readonly ['resolve', which: number]
  | readonly ['pass', ms: number];

const ids = fc.array(fc.constantFrom(...IDS), { maxLength: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('create' as const), fc.integer({ min: 1, max: 4 }), ids) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('end' as const), ids) },
  fc.tuple(fc.constant('resolve' as const), fc.nat(5)),
  fc.tuple(fc.constant('pass' as const), fc.constantFrom(...PASSES)),
);

/** Who runs, as anybody would write it down. */
class Book {
  readonly #world: World;
  readonly #afterMs: number;
  readonly #running = new Map<string, { readonly by: string; readonly sinceMs: number }>();
  readonly #begun: string[] = [];

  constructor(afterMs: number) {
    this.#world = world(jobs(afterMs > 0 ? `after: ${afterMs / 1000}s,` : ''));
    this.#afterMs = afterMs;
  }

  do(one: Step): void {
    const { clock, gate, send } = this.#world;
    if (one[0] === 'create') {
      const by = send(create(one[1]), one[2], 201);
      this.#begun.push(by);
      for (const id of one[2]) this.#running.set(id, { by, sinceMs: clock.nowMs });
    } else if (one[0] === 'end') {
      send({ method: 'POST', target: '/sweeps' }, one[1]);
      for (const id of one[1]) this.#running.delete(id);
    } else if (one[0] === 'resolve') {
      const by = this.#begun[one[1]] ?? '';
      const runs = [...this.#running].filter(([, job]) => job.by === by);
      deepStrictEqual(gate.resolve(by, 'cancel'), runs.length > 0 ? 'ok' : 'unknown');
      for (const [id] of runs) this.#running.delete(id);
    } else {
      clock.nowMs += one[1];
      gate.tend();
      for (const [id, { sinceMs }] of this.#running) if (clock.nowMs >= sinceMs + LEASE_MS) this.#running.delete(id);
    }
  }

  check(): void {
    const { ask, clock, gate } = this.#world;
    const asked = forwarded(ask(create(0)));
    const [, used] = asked.settle(200);
    asked.end(ended({ status: undefined, reached: false }));
    const all = [...this.#running.values()];
    deepStrictEqual(Number(used), all.filter(({ sinceMs }) => clock.nowMs >= sinceMs + this.#afterMs).length);
    deepStrictEqual(gate.held(), { reservations: new Set(all.map(({ by }) => by)).size, named: all.length });
  }
}

describe('lists of ids, whatever happens, in whatever order', () => {
  it.each([
    ['from the beginning', 0],
    ['once they have lasted', AFTER_MS],
  ])('count what runs, %s, and keep track of nothing else', (_, afterMs) => {
    const run = (steps: readonly Step[]): void => {
      const book = new Book(afterMs);
      for (const one of steps) {
        book.do(one);
        book.check();
      }
    };
    const all = fc.property(fc.array(step, { maxLength: 30 }), run);
    expect(() => fc.assert(all, { numRuns: 100 })).not.toThrow();
  });
});
