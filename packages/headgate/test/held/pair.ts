import type { Forward } from '../../src/http/index.ts';
import { answered, KEY } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { LIMITS, NAMES, Oracle, type How, type Name } from './oracle.ts';
import { world } from './world.ts';

const POLICY = `${KEY}operations:
  take: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
limits:
  jobs: { concurrency: ${LIMITS.jobs}, per: key, on: take, hold: { id: response.body.id, lease: 300s, until: { on: poll, when: response.body.done == true } } }
  inFlight: { concurrency: ${LIMITS.inFlight}, per: key, on: take }
  spend: { quota: $${LIMITS.spend}/ever, per: key, on: take, cost: { reserve: 1, actual: response.body.cost } }
  stored: { level: ${LIMITS.stored}, per: key, on: take, cost: 2 }
endpoints: { own: { match: GET /own } }`;

export const HOWS: readonly How[] = ['begun', 'nameless', 'failed', 'unanswered', 'unreached'];
export const COSTS = [0, 1, 2, 0.25, -5, null, '3'] as const;

/** One thing that happens; what it is about is one of those that happened before. */
export type Step =
  | readonly ['take']
  | readonly ['end', which: number, how: How, cost: (typeof COSTS)[number], id: number]
  | readonly ['poll', id: number]
  | readonly ['cancel' | 'renew', which: number]
  | readonly ['settle', which: number, cost: number]
  | readonly ['advance', ms: number];

/** Says where the two part. @throws Error when it is not so */
function same(got: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

/** The gate and the oracle, side by side. */
export class Pair {
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
        return this.#advance(one[1]);
      case 'cancel':
      case 'renew':
      case 'settle':
        return this.#resolve(one);
      default:
        one satisfies never;
    }
  }

  /** Never so far at once that a lease could end which an exchange would have renewed. */
  #advance(ms: number): void {
    for (let left = ms; left > 0; left -= 50_000) {
      this.#oracle.advance(Math.min(left, 50_000));
      this.#world.clock.nowMs += Math.min(left, 50_000);
      this.#world.gate.tend();
    }
  }

  #take(): void {
    const handled = this.#world.ask({ method: 'POST', target: '/jobs' });
    const request = this.#oracle.take();
    same(handled.kind, request === undefined ? 'answer' : 'forward', 'take');
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
    same(gate.resolve(forward.hands[1] ?? '', how), known ? 'ok' : 'unknown', verb);
  }

  check(): void {
    const rows = answered(this.#world.ask({ target: '/own' })).json()['limits'] as {
      name: Name;
      used: number;
      remaining: number;
    }[];
    for (const { name, remaining } of rows) {
      // What is used beyond the amount is not told: nothing is left.
      same(remaining, Math.max(0, LIMITS[name] - this.#oracle.used(name)), `what is left of ${name}`);
    }
    for (const name of NAMES) same(this.#oracle.isBalanced(name), true, `the balance of ${name}`);
    same(
      rows.map(({ name }) => name),
      NAMES,
      'what is told',
    );
  }
}
