import { HeadgateError, type Step } from '../../../src/core/index.ts';
import { createHolds, type HttpGate, type Report } from '../../../src/http/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { manualClock } from '../../../src/testing/index.ts';
import { gateOf, START, viewOf, type Spec } from '../../gate-of.ts';
import { said } from '../ended.ts';
import { memosOf, sharedStore } from './with-memos.ts';

/** Jobs, lists of them, levels that stay and levels that come back, and money that the API settles. */
const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
operations:
  job: { match: POST /jobs }
  list: { match: POST /lists }
  poll: { match: GET /jobs/:id }
  file: { match: PUT /files/:id }
  gone: { match: DELETE /files/:id }
  upload: { match: POST /uploads }
  complete: { match: POST /uploads/:id }
  chat: { match: POST /chat }
meters: { spend: { unit: USD, cost: { reserve: 1, lost: 0.5 } } }
limits:
  running: { concurrency: 40, per: key, on: job, hold: { id: response.body.id, lease: 10m, until: [poll] } }
  listed: { concurrency: 40, per: key, on: list, cost: 3, hold: { id: response.body.ids, lease: 10m, until: [poll] } }
  stored: { level: 900, per: key, on: file, cost: 10, hold: { id: path.id, until: [gone] } }
  sent: { level: 900, per: key, on: upload, cost: 30, hold: { id: response.body.ids, lease: 10m, until: [{ on: complete, cost: 4 }] } }
  day: { quota: $900/day, per: key, on: chat, cost: spend }
endpoints: { own: { match: GET /limits } }
`;

type Asked =
  | readonly ['job' | 'poll' | 'file' | 'gone' | 'complete', key: string, id: string]
  | readonly ['list' | 'upload', key: string, ids: readonly string[]];
export type Deed =
  | Asked
  | readonly ['ask', asked: Asked]
  | readonly ['answer', which: number]
  | readonly ['chat', key: string]
  | readonly ['settle' | 'cancel' | 'renew', which: number, cost: number | undefined]
  | readonly ['wait', forMs: number];

/** Where each deed is done: at one process that lives, at one that is started anew now and then, or at any of several beside each other. */
export type Sort = 'lives' | 'restarts' | 'shares';

const PROCESSES = 3;

export class Side {
  readonly reports: Report[] = [];
  readonly #clock = manualClock({ wallMs: START, monotonicMs: START });
  readonly #sort: Sort;
  readonly #memory = memoryStore({ clock: this.#clock });
  readonly #memos = memosOf(this.#clock);
  readonly #reservations: string[] = [];
  readonly #gates: HttpGate[];
  /** Requests that were not answered yet, as they are answered. */
  readonly #underWay: (() => void)[] = [];
  #ids = 0;

  constructor(sort: Sort) {
    this.#sort = sort;
    this.#gates = Array.from({ length: sort === 'shares' ? PROCESSES : 1 }, () => this.#start());
  }

  #start(): HttpGate {
    const memory = this.#memory;
    const kept = { traits: memory.traits, memos: this.#memos, apply: (step: Step) => memory.apply(step) };
    const stores = { lives: memory, restarts: kept, shares: sharedStore(memory, this.#memos) };
    return gateOf(POLICY, {
      clock: this.#clock,
      store: stores[this.#sort],
      randomId: () => `r${this.#ids++}`,
      onReport: (report) => this.reports.push(report),
      holds: createHolds(),
    }).gate;
  }

  #at(which: number): HttpGate {
    if (this.#sort === 'restarts' && which % 3 === 0) this.#gates[0] = this.#start();
    return this.#gates[which % this.#gates.length] ?? this.#start();
  }

  /** Does it at one of the processes, and says what was answered, and what is used since. */
  async do(deed: Deed, which: number): Promise<unknown> {
    // No two things happen in one millisecond: of those, processes that share a store cannot say which came first.
    this.#clock.advance(1);
    const told = await this.#told(deed, this.#at(which));
    // What follows from an end may be asked for some turns later.
    for (let i = 0; i < 200; i++)
      // oxlint-disable-next-line no-await-in-loop -- one turn after another
      await Promise.resolve();
    return [told, await this.#used(this.#at(which + 1))];
  }

  /** What was ended elsewhere may still be known here: that it never held what it is settled by is then told before that it is over. */
  async #told(deed: Deed, gate: HttpGate): Promise<unknown> {
    try {
      return await this.#tell(deed, gate);
    } catch (error) {
      if (error instanceof HeadgateError && error.code === 'ERR_SETTLE') return 'unknown';
      throw error;
    }
  }

  #tell(deed: Deed, gate: HttpGate): unknown {
    // oxlint-disable-next-line switch-exhaustiveness-check -- whatever is asked of the API is asked alike
    switch (deed[0]) {
      case 'wait':
        this.#clock.advance(deed[1]);
        return gate.tend();
      case 'settle':
        return gate.resolve(this.#reserved(deed[1]), { settle: deed[2] === undefined ? {} : { spend: deed[2] } });
      case 'cancel':
      case 'renew':
        return gate.resolve(this.#reserved(deed[1]), deed[0]);
      case 'chat':
        return this.#send(gate, { method: 'POST', target: '/chat', fields: [['X-API-Key', deed[1]]] }, {});
      case 'answer':
        return this.#underWay.splice(deed[1], 1).map((answer) => answer()).length;
      case 'ask':
        return this.#ask(gate, deed[1], (answer) => this.#underWay.push(answer));
      default:
        return this.#ask(gate, deed, now);
    }
  }

  #ask(gate: HttpGate, [what, key, ids]: Asked, when: When): Promise<string> {
    const id = typeof ids === 'string' ? ids : '';
    const [method = '', target = ''] = REQUESTS[what].split(' ');
    const named = target.endsWith('/') ? target + id : target;
    return this.#send(gate, { method, target: named, fields: [['X-API-Key', key]] }, { id, ids }, when);
  }

  #reserved(which: number): string {
    return this.#reservations[which % Math.max(1, this.#reservations.length)] ?? 'none';
  }

  /** Sends a request that no process of this side ever hears the end of: the one that it came to is no more. */
  async begin(what: 'job' | 'chat', key: string): Promise<void> {
    const [method = '', target = ''] = (what === 'chat' ? 'POST /chat' : REQUESTS[what]).split(' ');
    const handled = await this.#start().handle(viewOf({ method, target, fields: [['X-API-Key', key]] }));
    if (handled.kind !== 'forward' || handled.hands[1] === undefined) throw new Error('expected it to hold something');
    this.#reservations.push(handled.hands[1]);
  }

  async #send(gate: HttpGate, spec: Spec, body: unknown, when: When = now): Promise<string> {
    const handled = await gate.handle(viewOf(spec));
    if (handled.kind !== 'forward') return handled.body;
    if (handled.hands[1] !== undefined) this.#reservations.push(handled.hands[1]);
    when(() => handled.end(said(body)));
    return handled.kind;
  }

  async #used(gate: HttpGate): Promise<unknown> {
    const both = ['k', 'l'].map(async (key) => {
      const handled = await gate.handle(viewOf({ target: '/limits', fields: [['X-API-Key', key]] }));
      const { limits } = JSON.parse(handled.kind === 'answer' ? handled.body : '') as { limits: { used: number }[] }; // as documented
      return limits.map(({ used }) => used);
    });
    return Promise.all(both);
  }

  /** Ends all that can be ended: says how much is used then, and how many memos are left. */
  async end(): Promise<readonly [used: unknown, memos: number]> {
    const ends: readonly Deed[] = [
      ...this.#reservations.map((_, which) => ['cancel', which, 0] as const),
      ...['a', 'b', 'c'].map((id) => ['gone', 'k', id] as const),
    ];
    for (const [which, deed] of ends.entries())
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await this.do(deed, which);
    return [await this.#used(this.#at(0)), this.#memos.size()];
  }
}

/** When a request is answered that passes. */
type When = (answer: () => void) => unknown;

function now(answer: () => void): void {
  answer();
}

/** By their method, and what stands before the id. */
const REQUESTS: Readonly<Record<Asked[0], string>> = {
  job: 'POST /jobs',
  list: 'POST /lists',
  poll: 'GET /jobs/',
  file: 'PUT /files/',
  gone: 'DELETE /files/',
  upload: 'POST /uploads',
  complete: 'POST /uploads/',
};
