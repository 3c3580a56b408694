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

interface World {
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

export const KEYS = ['a', 'b'] as const;
/** No gate lets anybody wait longer for its store, in ms: it is asked whether the address may try at all, and then what is decided. */
const DEADLINE_MS: number = 2 * 50;
/** After so long, whoever has heard nothing asked a gate that is dead. */
const PATIENCE_MS = 1000;
const EXCHANGE_MS = 300;
const JOB_MS = 4000;
const PAUSE_MS = 250;
/** How often a job is over at once, and how soon then, in ms. */
const IS_SHORT = 0.3;
const BREATH_MS = 40;
/** How often somebody looks after a job, by the gate that began it, and finds it done. */
const IS_SEEN = 0.8;
const BY_THE_SAME = 0.8;
const IS_DONE = 0.7;

/** One who asks, waits for the answer, and asks again. What it begins it sees to its end, mostly. */
export class Client {
  asked = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#comeBack();
  }

  readonly #comeBack = (): void => {
    const { events, random, goesOn } = this.#world;
    events.in(random.int(0, PAUSE_MS), () => (goesOn() ? this.#ask() : undefined));
  };

  #ask(): void {
    const { random, gate } = this.#world;
    const node = gate();
    if (node === undefined) return this.#comeBack();
    const key = random.pick(KEYS);
    const what = random.pick(['create', 'create', 'create', 'paced', 'loose'] as const);
    const [spec, passes] =
      what === 'create'
        ? [CREATE, (one: Forward) => this.#begin(node, key, one)]
        : [{ target: `/${what}` }, (one: Forward) => this.#pass(node, key, what, one)];
    this.#send(node, key, spec, passes, this.#comeBack);
  }

  /** Whoever asks a gate that dies meanwhile hears nothing. */
  #send(node: GateNode, key: string, spec: Spec, passes: (one: Forward) => void, then = NOTHING): void {
    const { events, fail } = this.#world;
    const sentAtMs = events.nowMs;
    let isHeard = false;
    this.asked++;
    const heard = (handled: Handled): void => {
      if (node.isDead) return;
      isHeard = true;
      requireTimely(spec, handled, events.nowMs - sentAtMs);
      if (handled.kind === 'forward') passes(handled);
      then();
    };
    events.in(PATIENCE_MS, () => {
      if (isHeard) return;
      if (node.isDead) then();
      else fail(new Error(`${spec.target}: nobody is answered`));
    });
    asking(node, key, spec).then(heard).catch(fail);
  }

  #pass(node: GateNode, key: string, what: 'paced' | 'loose', one: Forward): void {
    if (what === 'paced') this.#world.paced.passed(node, key, one.judged?.degraded === true);
    this.#later(node, 0, () => one.end(ended()));
  }

  /** Whoever is let in was let in by the store, and by nobody else. */
  #begin(node: GateNode, key: string, one: Forward): void {
    const { api, letIn, random } = this.#world;
    const [, id = 'nothing'] = one.hands;
    const letInAtMs = letIn.atMs(id);
    if (letInAtMs === undefined) throw new Error(`${id}: let in, and not by the store`);
    const job = api.begin(key, id, letInAtMs, random.int(0, RESERVED));
    const exchangeMs = random.int(0, EXCHANGE_MS);
    this.#later(node, exchangeMs, () => this.#answer(job, one));
    if (!random.chance(IS_SEEN)) return;
    if (random.chance(IS_SHORT)) this.#endShort(job, node, this.#world.events.nowMs + exchangeMs);
    else this.#see(job, node);
  }

  #answer(job: Job, one: Forward): void {
    job.answer = this.#world.random.pick(ANSWERS);
    if (job.answer === 'refused' || job.answer === 'unsent') job.isEnded = true;
    one.end(ENDINGS[job.answer](job));
  }

  /** Somebody asks how the job is until it is over, by the gate that began it or by another; or a web hook says that it is. */
  #see(job: Job, first: GateNode): void {
    const { events, random, gate } = this.#world;
    events.in(random.int(0, JOB_MS), () => {
      const node = random.chance(BY_THE_SAME) && !first.isDead ? first : gate();
      if (node === undefined) return;
      const isHook = random.chance(0.5);
      const done = isHook || random.chance(IS_DONE);
      this.#send(node, job.key, isHook ? hook(job) : poll(job), (one) =>
        this.#later(node, random.int(0, EXCHANGE_MS), () => {
          if (done) job.isEnded = true;
          one.end(said({ done }));
        }),
      );
      if (!done) this.#see(job, first);
    });
  }

  /** A job that is over as soon as it has begun: the end of its creation, and its own, are told in one breath. */
  #endShort(job: Job, node: GateNode, answeredAtMs: number): void {
    const { events, random } = this.#world;
    this.#send(node, job.key, hook(job), (one) =>
      this.#later(node, Math.max(0, answeredAtMs - events.nowMs) + random.int(0, BREATH_MS), () => {
        job.isEnded = true;
        one.end(said({}));
      }),
    );
  }

  /** Of a gate that lives then. */
  #later(node: GateNode, afterMs: number, act: () => void): void {
    this.#world.events.in(afterMs, () => (node.isDead ? undefined : act()));
  }
}

/** Asks a gate. */
export async function asking({ gate }: GateNode, key: string, spec: Spec): Promise<Handled> {
  return gate.handle(viewOf({ ...spec, fields: [['X-API-Key', key]] }));
}

export const CREATE: Spec = { method: 'POST', target: '/jobs' };
const poll = ({ id }: Job): Spec => ({ target: `/jobs/${id}` });
const hook = ({ id }: Job): Spec => ({ method: 'POST', target: `/hooks?job=${id}` });
const NOTHING = (): void => undefined;

/** What becomes of a job's creation: mostly it has begun. */
const ANSWERS = ['begun', 'begun', 'begun', 'begun', 'begun', 'refused', 'unanswered', 'unsent'] as const;
const ENDINGS = {
  begun: ({ id, cost }: Job) => said({ id, cost }, 201),
  refused: () => said({}, 500),
  unanswered: () => ended({ status: undefined }),
  unsent: () => ended({ status: undefined, reached: false }),
} as const;

/** @throws Error when it took too long, or where nothing may keep anybody out but the limit itself */
function requireTimely({ target = '' }: Spec, handled: Handled, tookMs: number): void {
  if (tookMs > DEADLINE_MS) throw new Error(`${target}: answered after ${tookMs} ms`);
  if (target === '/loose' && handled.kind === 'answer' && handled.status !== 429)
    throw new Error(`an open limit: ${handled.status}`);
}
