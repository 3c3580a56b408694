import { MAX_SCOPES, MAX_TIMER_MS } from '../figures.ts';
import { RateLimitError } from '../fetch/errors.ts';
import { Scope, type Ask, type Flight, type Waiter } from './scope.ts';

/** Time, passed in. */
export interface Timer {
  readonly nowMs: () => number;
  /** Calls once after at least so many ms (whole, 31 bits), unless the function that is returned is called first. */
  readonly after: (ms: number, call: () => void) => () => void;
}

/** What a pacer goes by. */
export interface Rules {
  readonly timer: Timer;
  readonly maxQueue: number;
  readonly explore: boolean;
}

/** What a fetch needs of a pacer. */
export type Pacing = Pick<Pacer, 'take' | 'pump' | 'scopes' | 'queued'>;

/** One request that wants to be sent. */
export interface Wanted {
  readonly scope: string;
  readonly ask: Ask;
  /** Higher goes first. */
  readonly priority: number;
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal | undefined;
  /** Place among its equals: a repeat keeps that of the first attempt. */
  readonly order: number;
}

interface Queued extends Wanted, Waiter {}

/** Who goes when: in each scope one queue, in which nobody takes what somebody before them waits for. */
export class Pacer {
  readonly scopes: Map<string, Scope> = new Map();
  queued = 0;
  readonly #queues = new Map<string, Queued[]>();
  readonly #rules: Rules;
  #cancel: () => void = () => {};

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  scope(key: string): Scope {
    const known = this.scopes.get(key) ?? new Scope(this.#rules.explore);
    for (const [other, { flights }] of this.scopes.size < MAX_SCOPES ? [] : this.scopes)
      if (flights.size === 0 && !this.#queues.has(other)) this.scopes.delete(other);
    this.scopes.set(key, known);
    return known;
  }

  /** Resolves when it may be sent, which it then counts as. */
  async take(wanted: Wanted): Promise<Flight> {
    wanted.signal?.throwIfAborted();
    const retryAtMs = this.expected(wanted);
    if (retryAtMs > wanted.deadlineAtMs) throw late(retryAtMs);
    if (this.queued >= this.#rules.maxQueue) throw new RateLimitError('ERR_QUEUE_FULL', 'too many', retryAtMs);
    const { signal, scope } = wanted;
    const { promise, resolve, reject } = Promise.withResolvers<Flight>();
    const queue = this.#queues.get(scope) ?? [];
    const leave = (): void => {
      this.queued--;
      queue.splice(queue.indexOf(waiter), 1);
      if (queue.length === 0) this.#queues.delete(scope);
      signal?.removeEventListener('abort', abort);
      stop();
    };
    const fail = (error: unknown): void => {
      leave();
      reject(error);
      this.pump();
    };
    const abort = (): void => fail(signal?.reason);
    const waiter: Queued = {
      ...wanted,
      go: (flight) => {
        leave();
        resolve(flight);
      },
    };
    const stop = this.#alarm(wanted.deadlineAtMs, () => fail(late(this.expected(wanted))));
    signal?.addEventListener('abort', abort);
    this.queued++;
    this.#queues.set(scope, queue);
    queue.splice(queue.findLastIndex((other) => isBefore(other, waiter)) + 1, 0, waiter);
    this.pump();
    return promise;
  }

  /** Calls at an instant, however far away; never, for Infinity. */
  #alarm(atMs: number, call: () => void): () => void {
    const leftMs = atMs - this.#rules.timer.nowMs();
    if (leftMs === Infinity) return () => {};
    let cancel = this.#rules.timer.after(Math.min(MAX_TIMER_MS, Math.ceil(leftMs)), () => {
      if (leftMs > MAX_TIMER_MS) cancel = this.#alarm(atMs, call);
      else call();
    });
    return () => cancel();
  }

  /** When this would go, by what is known and all that waits before it: the earliest that is possible, not a promise. */
  expected(wanted: Wanted): number {
    const { scope, ask } = wanted;
    const nowMs = this.#rules.timer.nowMs();
    const before = (this.#queues.get(scope) ?? []).filter((other) => isBefore(other, wanted));
    const known = this.scope(scope);
    const at = known.limitsOf(ask).map((limit) => {
      const total = before.reduce((sum, other) => sum + other.ask.costOf(limit), ask.costOf(limit));
      return limit.expected(total, nowMs);
    });
    return Math.max(nowMs, ask.notBeforeMs, known.pausedUntilMs, ...at);
  }

  /** Sends all that may go, and sets the alarm for what may go next. */
  pump(): void {
    this.#cancel();
    const nowMs = this.#rules.timer.nowMs();
    const next = [...this.#queues].map(([key, queue]) => this.scope(key).send(queue, nowMs));
    this.#cancel = this.#alarm(Math.min(...next), () => this.pump());
  }
}

const isBefore = (a: Wanted, b: Wanted): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.order < b.order);

/** It would have to wait longer than it may. */
export const late = (retryAtMs: number): RateLimitError => new RateLimitError('ERR_DEADLINE', 'too late', retryAtMs);
