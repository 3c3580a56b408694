import type { Forward, Handled } from '../../../src/http/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import { viewOf, type Spec } from '../../gate-of.ts';
import { ended, said } from '../../held/ended.ts';
import type { Events } from '../events.ts';
import type { Api, Job } from './api.ts';
import type { GateNode } from './gate-node.ts';
import type { LetIn } from './let-in.ts';
import type { Paced } from './paced.ts';
import { RESERVED } from './policy.ts';

export interface ClientWorld {
  readonly events: Events;
  readonly random: Random;
  readonly api: Api;
  readonly letIn: LetIn;
  readonly paced: Paced;
  /** One of the gates that live; undefined: none does just now. */
  readonly gate: () => GateNode | undefined;
  readonly goesOn: () => boolean;
  /** What goes wrong ends the run. */
  readonly fail: (error: unknown) => void;
}

const KEYS = ['a', 'b'] as const;
/** No gate lets anybody wait longer for its store, in ms: it is asked whether the address may try at all, and then what is decided. */
const DEADLINE_MS: number = 2 * 50;
const EXCHANGE_MS = 300;
const JOB_MS = 4000;
const PAUSE_MS = 250;

/** One who asks, waits for the answer, and asks again. What it begins it sees to its end, mostly. */
export class Client {
  asked = 0;
  answered = 0;
  readonly #world: ClientWorld;

  constructor(world: ClientWorld) {
    this.#world = world;
    this.#comeBack();
  }

  #comeBack(): void {
    const { events, random, goesOn } = this.#world;
    events.in(random.int(0, PAUSE_MS), () => (goesOn() ? this.#ask() : undefined));
  }

  #ask(): void {
    const { random, gate } = this.#world;
    const node = gate();
    const key = random.pick(KEYS);
    if (node === undefined) return this.#comeBack();
    const what = random.pick(['create', 'create', 'create', 'paced', 'loose'] as const);
    if (what === 'create')
      return this.#send(node, key, { method: 'POST', target: '/jobs' }, (one) => this.#begin(node, key, one));
    this.#send(node, key, { target: `/${what}` }, (one) => {
      if (what === 'paced') this.#world.paced.passed(node, key, one.judged?.degraded === true);
      this.#later(node, 0, () => one.end(ended()));
    });
  }

  /** Whoever asks a gate that dies meanwhile hears nothing. */
  #send(node: GateNode, key: string, spec: Spec, passes: (one: Forward) => void): void {
    const { events, fail } = this.#world;
    const sentAtMs = events.nowMs;
    this.asked++;
    const heard = (handled: Handled): void => {
      if (node.isDead) return this.#comeBack();
      this.answered++;
      if (events.nowMs > sentAtMs + DEADLINE_MS)
        throw new Error(`${spec.target}: answered after ${events.nowMs - sentAtMs} ms`);
      if (spec.target === '/loose' && handled.kind === 'answer' && handled.status !== 429)
        throw new Error(`an open limit: ${handled.status}`);
      if (handled.kind === 'forward') passes(handled);
      this.#comeBack();
    };
    Promise.resolve(node.gate.handle(viewOf({ ...spec, fields: [['X-API-Key', key]] })))
      .then(heard)
      .catch(fail);
  }

  /** Whoever is let in was let in by the store, and nobody else. */
  #begin(node: GateNode, key: string, one: Forward): void {
    const { api, letIn, random } = this.#world;
    const [, id = 'nothing'] = one.hands;
    const letInAtMs = letIn.atMs(id);
    if (letInAtMs === undefined) throw new Error(`${id}: let in, and not by the store`);
    const job = api.begin(key, id, letInAtMs, random.int(0, RESERVED));
    this.#later(node, random.int(0, EXCHANGE_MS), () => this.#answer(node, job, one));
    if (random.chance(0.8)) this.#sees(job, node);
  }

  #answer(node: GateNode, job: Job, one: Forward): void {
    job.answer = this.#world.random.pick([
      'begun',
      'begun',
      'begun',
      'begun',
      'begun',
      'refused',
      'unanswered',
      'unsent',
    ] as const);
    if (job.answer === 'refused' || job.answer === 'unsent') job.state = 'over';
    one.end(ENDINGS[job.answer](job));
    if (node.isDead) throw new Error('a dead gate has heard of an answer');
  }

  /** It asks how the job is until it is over, by the gate that began it or by another; or a web hook says so. */
  #sees(job: Job, first: GateNode): void {
    const { events, random, gate } = this.#world;
    events.in(random.int(0, JOB_MS), () => {
      const node = random.chance(0.8) && !first.isDead ? first : gate();
      if (node === undefined) return;
      const done = random.chance(0.7);
      const spec = random.chance(0.5)
        ? { target: `/jobs/${encodeURIComponent(job.id)}` }
        : { method: 'POST', target: `/hooks?job=${encodeURIComponent(job.id)}` };
      const isHook = spec.method === 'POST';
      this.#send(node, job.key, spec, (one) =>
        this.#later(node, random.int(0, EXCHANGE_MS), () => {
          if (done || isHook) job.isEnded = true;
          one.end(said({ done }));
        }),
      );
      if (!done && !isHook) this.#sees(job, first);
    });
  }

  /** Of a gate that lives then. */
  #later(node: GateNode, afterMs: number, act: () => void): void {
    this.#world.events.in(afterMs, () => (node.isDead ? undefined : act()));
  }
}

const ENDINGS = {
  begun: ({ id, cost }: Job) => said({ id, cost }, 201),
  refused: () => said({}, 500),
  unanswered: () => ended({ status: undefined }),
  unsent: () => ended({ status: undefined, reached: false }),
} as const;
