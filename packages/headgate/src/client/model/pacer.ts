import { RateLimitError } from '../fetch/errors.ts';
import { isBefore, Line, type Waiting } from './queue.ts';
import type { Limit } from './limit.ts';
import { Scope, type Ask, type Flight } from './scope.ts';

/** Time, passed in. */
export interface Timer {
  readonly nowMs: () => number;
  /** Calls once after at least so many ms (whole, 31 bits), unless the function that is returned is called first. */
  readonly after: (ms: number, call: () => void) => () => void;
}

/** One request that wants to be sent. */
export interface Wanted {
  readonly scope: string;
  readonly ask: Ask;
  readonly priority: number;
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal | undefined;
  /** Place among its equals: a repeat keeps that of the first attempt. */
  readonly order: number;
}

interface Waiter extends Waiting, Wanted {
  readonly go: (flight: Flight) => void;
}

/** What setTimeout holds, 31 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Scopes remembered; past it, the one that was used first and has nothing under way is forgotten. */
const MAX_SCOPES = 1000;

/** Who goes when: one line for those who need the same limits, in each scope. */
export class Pacer {
  readonly scopes: Map<string, Scope> = new Map();
  queued = 0;
  readonly #lines = new Map<string, Map<string, Line<Waiter>>>();
  readonly #timer: Timer;
  readonly #maxQueue: number;
  readonly #explores: boolean;
  #cancel: () => void = () => {};

  constructor(timer: Timer, maxQueue: number, explores: boolean) {
    this.#timer = timer;
    this.#maxQueue = maxQueue;
    this.#explores = explores;
  }

  scope(key: string): Scope {
    const known = this.scopes.get(key) ?? new Scope(key, this.#explores);
    this.scopes.set(key, known);
    if (this.scopes.size > MAX_SCOPES) this.#forgetOne();
    return known;
  }

  #forgetOne(): void {
    for (const [key, { flights }] of this.scopes)
      if (flights.size === 0 && !this.#lines.has(key)) {
        this.scopes.delete(key);
        return;
      }
  }

  /** Resolves when it may be sent, which it then counts as. */
  async take(wanted: Wanted): Promise<Flight> {
    const { signal, deadlineAtMs } = wanted;
    signal?.throwIfAborted();
    const retryAtMs = this.expected(wanted);
    if (retryAtMs > deadlineAtMs) throw late(retryAtMs, deadlineAtMs);
    if (this.queued >= this.#maxQueue)
      throw new RateLimitError('ERR_QUEUE_FULL', `expected at most ${this.#maxQueue} to wait`, retryAtMs);
    return new Promise((resolve, reject) => this.#wait(wanted, resolve, reject));
  }

  #wait(wanted: Wanted, resolve: (flight: Flight) => void, reject: (error: unknown) => void): void {
    const { signal, deadlineAtMs } = wanted;
    const line = this.#line(wanted);
    const left = (): void => {
      this.queued--;
      line.remove(waiter);
      signal?.removeEventListener('abort', abort);
      stop();
    };
    const go = (flight: Flight): void => {
      left();
      resolve(flight);
    };
    const fail = (error: unknown): void => {
      left();
      reject(error);
      this.pump();
    };
    const abort = (): void => fail(signal?.reason);
    const waiter: Waiter = { ...wanted, go };
    const overdue = (): void => fail(late(this.expected(wanted), deadlineAtMs));
    const stop = this.#alarm(deadlineAtMs, overdue);
    signal?.addEventListener('abort', abort);
    this.queued++;
    line.add(waiter);
    this.pump();
  }

  /** Calls at an instant, however far away; never, for Infinity. */
  #alarm(atMs: number, call: () => void): () => void {
    const leftMs = atMs - this.#timer.nowMs();
    if (leftMs === Infinity) return () => {};
    let cancel = this.#timer.after(Math.min(MAX_TIMER_MS, Math.ceil(leftMs)), () => {
      if (leftMs > MAX_TIMER_MS) cancel = this.#alarm(atMs, call);
      else call();
    });
    return () => cancel();
  }

  #line({ scope, ask }: Wanted): Line<Waiter> {
    const lines = this.#lines.get(scope) ?? new Map<string, Line<Waiter>>();
    this.#lines.set(scope, lines);
    // Who has to wait for a clock of its own must not hold up the others.
    const key = [ask.notBeforeMs, ...ask.declared.map(({ name }) => name)].join('\n');
    const line = lines.get(key) ?? new Line<Waiter>();
    lines.set(key, line);
    return line;
  }

  /** When this would go, by what is known and all that waits before it: the earliest that is possible, not a promise. */
  expected({ scope, ask, priority }: Wanted): number {
    const known = this.scope(scope);
    const nowMs = this.#timer.nowMs();
    const lines = [...(this.#lines.get(scope)?.values() ?? [])];
    const at = known.limitsOf(ask).map((limit) => {
      const cost = ask.costOf(limit);
      const ahead = lines.reduce((sum, line) => sum + line.ahead(priority, (one) => one.ask.costOf(limit)), 0);
      return limit.expected(ahead + cost, nowMs);
    });
    return Math.max(ask.notBeforeMs ?? nowMs, known.pausedUntilMs, ...at);
  }

  /** Sends all that may go, and sets the timer for what may go next. */
  pump(): void {
    this.#cancel();
    const nowMs = this.#timer.nowMs();
    let nextAtMs = Infinity;
    for (const [key, lines] of this.#lines) nextAtMs = Math.min(nextAtMs, this.#pumpScope(key, lines, nowMs));
    this.#cancel = this.#alarm(nextAtMs, () => this.pump());
  }

  #pumpScope(key: string, lines: Map<string, Line<Waiter>>, nowMs: number): number {
    const scope = this.scope(key);
    const blocked = new Set<Limit>();
    const passed = new Set<Line<Waiter>>();
    let nextAtMs = Infinity;
    for (;;) {
      const line = foremost(lines, passed);
      const waiter = line?.first;
      if (line === undefined || waiter === undefined) break;
      const limits = scope.limitsOf(waiter.ask);
      const atMs = limits.some((limit) => blocked.has(limit)) ? Infinity : scope.earliest(waiter.ask, nowMs);
      if (atMs <= nowMs) waiter.go(scope.depart(waiter.ask, nowMs));
      else {
        // Who comes later must not take what the first one waits for.
        for (const limit of limits) if (limit.earliest(waiter.ask.costOf(limit), nowMs) > nowMs) blocked.add(limit);
        passed.add(line);
        nextAtMs = Math.min(nextAtMs, atMs);
      }
    }
    for (const [name, line] of lines) if (line.first === undefined) lines.delete(name);
    if (lines.size === 0) this.#lines.delete(key);
    return nextAtMs;
  }
}

/** The line whose first one goes before those of all others that were not passed over. */
function foremost(lines: Map<string, Line<Waiter>>, passed: ReadonlySet<Line<Waiter>>): Line<Waiter> | undefined {
  let best: Line<Waiter> | undefined;
  for (const line of lines.values())
    if (!passed.has(line) && line.first !== undefined && (best === undefined || isBefore(line.first, best.first)))
      best = line;
  return best;
}

function late(retryAtMs: number, deadlineAtMs: number): RateLimitError {
  const overMs = Math.ceil(retryAtMs - deadlineAtMs);
  return new RateLimitError(
    'ERR_DEADLINE',
    `expected to be sent in time, limits allow it ${overMs} ms later`,
    retryAtMs,
  );
}
