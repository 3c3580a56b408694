import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forward } from '../../src/http/index.ts';
import { answered, KEY } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { LIMITS, NAMES, Oracle, type How, type Name } from './oracle.ts';
import { world } from './world.ts';

const POLICY = `${KEY}operations:
  take: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
limits:
  jobs: { concurrency: ${LIMITS.jobs}, per: key, on: take, hold: { id: response.body.id, lease: 1000s, until: { on: poll, when: response.body.done == true } } }
  inFlight: { concurrency: ${LIMITS.inFlight}, per: key, on: take }
  spend: { quota: $${LIMITS.spend}/ever, per: key, on: take, cost: { reserve: 1, actual: response.body.cost } }
  stored: { level: ${LIMITS.stored}, per: key, on: take, cost: 2 }
endpoints: { own: { match: GET /own } }`;

const HOWS: readonly How[] = ['begun', 'nameless', 'failed', 'unanswered', 'unreached'];
const COSTS = [0, 1, 2, 0.25, -5, null, '3'] as const;

/** One thing that happens; what it is about is one of those that happened before. */
type Step =
  | readonly ['take']
  | readonly ['end', which: number, how: How, cost: (typeof COSTS)[number], id: number]
  | readonly ['poll', id: number]
  | readonly ['cancel' | 'renew', which: number]
  | readonly ['settle', which: number, cost: number]
  | readonly ['advance', ms: number];

const which = fc.nat(7);
const id = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['take'] as const) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('end' as const), which, fc.constantFrom(...HOWS), fc.constantFrom(...COSTS), id),
  },
  fc.tuple(fc.constant('poll' as const), id),
  fc.tuple(fc.constantFrom('cancel' as const, 'renew' as const), which),
  fc.tuple(fc.constant('settle' as const), which, fc.constantFrom(0, 1, 3)),
  fc.tuple(fc.constant('advance' as const), fc.constantFrom(1000, 100_000, 200_000)),
);

/** The gate and the oracle, side by side. */
class Pair {
  readonly #world = world(POLICY);
  readonly #oracle = new Oracle();
  readonly #taken: { readonly forward: Forward; readonly request: number }[] = [];

  do(one: Step): void {
    switch (one[0]) {
      case 'take':
        return this.#take();
      case 'end':
        return this.#end(one);
      case 'poll':
        this.#oracle.poll(`j${one[1]}`);
        this.#world.send({ target: `/jobs/j${one[1]}` }, { done: true });
        return;
      case 'advance':
        this.#oracle.advance(one[1]);
        this.#world.clock.nowMs += one[1];
        this.#world.gate.tend();
        return;
      case 'cancel':
      case 'renew':
      case 'settle':
        return this.#resolve(one);
      default:
        one satisfies never;
    }
  }

  #take(): void {
    const handled = this.#world.ask({ method: 'POST', target: '/jobs' });
    const request = this.#oracle.take();
    expect(handled.kind).toBe(request === undefined ? 'answer' : 'forward');
    if (handled.kind === 'forward' && request !== undefined) this.#taken.push({ forward: handled, request });
  }

  /** An exchange that has ended is ended again, to no effect. */
  #end([, at, how, cost, of]: Extract<Step, readonly ['end', ...unknown[]]>): void {
    const one = this.#taken[at % Math.max(1, this.#taken.length)];
    if (one === undefined) return;
    const name = `j${of}`;
    const isCost = typeof cost === 'number' && cost >= 0;
    if (!this.#ended.has(one.request)) this.#oracle.end(one.request, how, isCost ? cost : undefined, name);
    this.#ended.add(one.request);
    if (how === 'unreached' || how === 'unanswered')
      one.forward.end(ended({ status: undefined, reached: how === 'unanswered' }));
    else one.forward.end(said({ cost, ...(how !== 'nameless' && { id: name }) }, how === 'failed' ? 500 : 201));
  }

  readonly #ended: Set<number> = new Set();

  #resolve([verb, at, cost]: readonly ['cancel' | 'renew' | 'settle', number, number?]): void {
    const one = this.#taken[at % Math.max(1, this.#taken.length)];
    if (one === undefined) return;
    const { request, forward } = one;
    const { gate } = this.#world;
    const known = verb === 'settle' ? this.#oracle.settle(request, cost ?? 0) : this.#oracle[verb](request);
    const how = verb === 'settle' ? { settle: { spend: cost ?? 0 } } : verb;
    expect(gate.resolve(forward.hands[1] ?? '', how)).toBe(known ? 'ok' : 'unknown');
  }

  check(): void {
    const rows = answered(this.#world.ask({ target: '/own' })).json()['limits'] as {
      name: Name;
      used: number;
      remaining: number;
    }[];
    for (const { name, remaining } of rows) {
      // What is used beyond the amount is not told: nothing is left.
      expect([name, remaining]).toEqual([name, Math.max(0, LIMITS[name] - this.#oracle.used(name))]);
    }
    for (const name of NAMES) expect(this.#oracle.isBalanced(name)).toBe(true);
    expect(rows.map(({ name }) => name)).toEqual(NAMES);
  }
}

describe('whatever happens, in whatever order', () => {
  it('what was granted is what was settled, what came back, and what is pending, at every step', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const pair = new Pair();
        for (const one of steps) {
          pair.do(one);
          pair.check();
        }
      }),
      { numRuns: 150 },
    );
  });
});
