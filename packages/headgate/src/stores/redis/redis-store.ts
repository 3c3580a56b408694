import {
  HeadgateError,
  Outcome,
  plugAll,
  requireTime,
  type AsyncStore,
  type Clock,
  type Instant,
  type Memos,
  type Step,
  type Traits,
} from '../../core/index.ts';
import { portOf, type RedisClient } from './port/client.ts';
import { Sender } from './port/sender.ts';
import { Across } from './cluster/across.ts';
import { Denials } from './denials.ts';
import { Lane } from './fast/lane.ts';
import { Banks } from './records/banks.ts';
import { HOUR_MS } from './records/lifetime.ts';
import { placesOf, type Place } from './records/key.ts';
import { RedisMemos } from './memos/memos.ts';
import { Ask } from './rounds/ask.ts';
import { Asks } from './rounds/asks.ts';
import type { Waiter } from './rounds/awaited.ts';
import { RedisTime } from './rounds/redis-time.ts';
import { Rounds } from './rounds/rounds.ts';

export interface RedisStoreOptions {
  /** What every key begins with; default `headgate:`. Those who share a prefix share their counts. */
  readonly prefix?: string;
  /** Time; default: Redis's own. For tests: whoever else asks the same records must be given the same. */
  readonly clock?: Clock;
  /**
   * Whether the same request, refused a moment ago, is refused again without asking Redis; default: no. Then what another process gives back (a
   * reset, refund, grant) is seen here within 2 s; what this one gives back, at once.
   */
  readonly rememberDenials?: boolean;
}

/** For metrics. */
export interface RedisStats {
  /** Steps that are not answered yet. */
  readonly waiting: number;
  /** Calls that Redis has not answered yet. */
  readonly unanswered: number;
  /** Calls that were made, all told. */
  readonly calls: number;
  /** Steps that a script has decided, in one call with others. */
  readonly byScript: number;
  /** Steps that the engine has decided here, on records that were read and compared. */
  readonly byEngine: number;
  /** Steps that were refused here, as remembered, and that nobody was asked for. */
  readonly byMemory: number;
}

/** A store in Redis or Valkey, shared by all who use the same. The client stays yours: it is not closed with the store. */
export interface RedisStore extends AsyncStore {
  readonly memos: Memos;
  apply(step: Step, deadlineMs: number): Promise<Outcome>;
  stats(): RedisStats;
}

/** Steps that wait for an answer, at most: more are refused at once. */
const MAX_WAITING = 20_000;
/** A deadline is hard: none is longer than a minute. In ms. */
const MAX_DEADLINE_MS = 60_000;

/**
 * A store over your own client, of ioredis or node-redis; connect it before or after, as you like.
 * @throws HeadgateError `ERR_STORE` when it is neither client
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  plugAll();
  return new Store(client, options);
}

class Store implements RedisStore {
  readonly traits: Traits;
  readonly memos: RedisMemos;
  readonly #prefix: string;
  readonly #sender: Sender;
  readonly #asks: Asks = new Asks(monotonicMs);
  readonly #banks: Banks = new Banks();
  readonly #instantAt: (redisMs: number) => Instant;
  readonly #rounds: Rounds;
  readonly #lane: Lane;
  readonly #across: Across = new Across((step, deadlineMs) => this.#part(step, deadlineMs));
  readonly #denials: Denials | undefined;
  #isScheduled = false;
  #isClosed = false;

  constructor(client: RedisClient, { prefix, clock, rememberDenials = false }: RedisStoreOptions) {
    this.#prefix = prefix ?? 'headgate:';
    // Whoever has said a prefix has thought of others. A client knows its password: it is in nothing that is printed, or copied.
    const counters = prefix === undefined ? client : this;
    this.traits = Object.defineProperty<Traits>({ name: 'redis', clock: 'store', durable: true }, 'counters', {
      value: counters,
    });
    this.#sender = new Sender(portOf(client), monotonicMs, () => this.#schedule());
    this.#instantAt = clock === undefined ? atRedis : () => instantOf(clock);
    if (rememberDenials) this.#denials = new Denials(clock === undefined ? monotonicMs : () => clock.monotonicMs());
    const setting = {
      banks: this.#banks,
      sender: this.#sender,
      time: new RedisTime(monotonicMs),
      instantAt: this.#instantAt,
      ownClock: clock === undefined,
      // A clock that is given may stand still while Redis's goes on.
      moreMs: clock === undefined ? 0 : HOUR_MS,
    };
    this.#rounds = new Rounds({ ...setting, release: (ask) => this.#release(ask) });
    this.memos = new RedisMemos({
      prefix: this.#prefix,
      sender: this.#sender,
      asks: this.#asks,
      requireRoom: () => this.#requireRoom(),
      schedule: () => this.#schedule(),
      nowMs: monotonicMs,
    });
    this.#lane = new Lane({
      ...setting,
      handOver: (asks) => this.#handOver(asks),
      schedule: () => this.#schedule(),
    });
  }

  apply(step: Step, deadlineMs: number): Promise<Outcome> {
    return this.#denials === undefined
      ? this.#undertake(step, deadlineMs)
      : this.#undertakeOrRecall(this.#denials, step, deadlineMs);
  }

  async #undertakeOrRecall(denials: Denials, step: Step, deadlineMs: number): Promise<Outcome> {
    const places = placesOf(this.#prefix, step.program, step);
    if (step.op !== 'decide' && step.op !== 'peek') return this.#open(denials, places, step, deadlineMs);
    const known = this.#isClosed ? undefined : denials.recall(step, places);
    if (known instanceof Outcome) return known;
    const outcome = await this.#undertake(step, deadlineMs, places);
    if (known !== undefined) denials.see(known, outcome);
    return outcome;
  }

  /** Whatever becomes of it, it may have given something back; and what was asked before it may be answered after. */
  async #open(denials: Denials, places: readonly Place[], step: Step, deadlineMs: number): Promise<Outcome> {
    denials.open(places);
    try {
      return await this.#undertake(step, deadlineMs, places);
    } finally {
      denials.open(places);
    }
  }

  /** Of a step that is cut: what one part gives back for another's sake is given back, too. */
  #part(step: Step, deadlineMs: number): Promise<Outcome> {
    if (this.#denials === undefined || step.op === 'decide') return this.#undertake(step, deadlineMs);
    return this.#open(this.#denials, placesOf(this.#prefix, step.program, step), step, deadlineMs);
  }

  #undertake(step: Step, deadlineMs: number, known?: readonly Place[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#requireRoom();
      const places = known ?? placesOf(this.#prefix, step.program, step);
      // Sizes alone keep nothing: nobody need be asked.
      if (places.length === 0) resolve(this.#banks.bankOf(step.program).apply(step, [], this.#instantAt(Date.now())));
      else if (this.#sender.isCluster && places.some(({ home }) => home !== places[0]!.home))
        resolve(
          this.#across.apply(
            step,
            places.map(({ home }) => home),
            deadlineMs,
          ),
        );
      else this.#ask(step, places, deadlineMs, { resolve, reject });
    });
  }

  /** @throws HeadgateError `ERR_STORE_CLOSED`, `ERR_STORE` */
  #requireRoom(): void {
    if (this.#isClosed) throw new HeadgateError('ERR_STORE_CLOSED', 'redis: the store is closed');
    if (this.#asks.size < MAX_WAITING) return;
    throw new HeadgateError('ERR_STORE', `redis: expected at most ${MAX_WAITING} steps to wait, got one more`);
  }

  #ask(step: Step, places: readonly Place[], deadlineMs: number, waiter: Waiter<Outcome>): void {
    const ask = new Ask(step, places, Math.min(deadlineMs, MAX_DEADLINE_MS), monotonicMs(), waiter, this.#asks);
    if (this.#rounds.isBusy(ask) || !this.#lane.take(ask)) this.#rounds.add(ask);
    this.#asks.add(ask);
    this.#schedule();
  }

  /**
   * A turn of the loop ends its tick: all that one poll of the sockets brought goes out together. Where nothing is under way nobody is
   * waited for: only what the same answer, or the same request, has set in motion goes along.
   */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (this.#sender.unanswered === 0) process.nextTick(this.#start);
    else setImmediate(this.#start);
  }

  readonly #start = (): void => {
    this.#isScheduled = false;
    // What came before goes out before; what had to wait for it, and need not any more, in the next turn.
    this.#lane.start();
    this.#rounds.start();
    this.memos.start();
  };

  #release(ask: Ask): boolean {
    try {
      const isTaken = this.#lane.take(ask);
      if (isTaken) this.#schedule();
      return isTaken;
    } catch {
      // The engine meets the same fault, and says so.
      return false;
    }
  }

  #handOver(asks: readonly Ask[]): void {
    for (const ask of asks) {
      ask.needsEngine = true;
      this.#rounds.add(ask);
    }
    if (asks.length > 0) this.#schedule();
  }

  stats(): RedisStats {
    const { decided: byScript } = this.#lane;
    const { decided: byEngine } = this.#rounds;
    const { unanswered, calls } = this.#sender;
    const byMemory = this.#denials?.told ?? 0;
    return { waiting: this.#asks.size, unanswered, calls, byScript, byEngine, byMemory };
  }

  /** What is under way is answered as a fault; your client stays open. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#sender.close();
    this.#asks.failAll(new HeadgateError('ERR_STORE_CLOSED', 'redis: the store was closed'));
    return Promise.resolve();
  }
}

function monotonicMs(): number {
  return performance.now();
}

/** Redis has one clock, and it is the calendar's too. */
function atRedis(redisMs: number): Instant {
  return { now: redisMs, wall: redisMs, skewMs: 0 };
}

/** @throws HeadgateError `ERR_CLOCK` */
function instantOf(clock: Clock): Instant {
  const now = clock.monotonicMs();
  requireTime('monotonicMs', now);
  const wall = clock.wallMs();
  return { now, wall, skewMs: now - wall };
}
