import { CAUTION, MAX_PASSED, MAX_TOLD } from '../figures.ts';
import type { RateLimitInfo, ToldLimit } from '../parse/told.ts';
import { Limit, type Terms } from './limit.ts';
import { ServerClock } from './server-clock.ts';
import { Trail, type Fit } from './trail.ts';

/** One request as the model sees it. */
export interface Ask {
  /** Limits that were declared, for this request's partition, and what it costs each. */
  readonly declared: readonly Limit[];
  readonly costOf: (limit: Limit) => number;
  /** A repeat is not sent before. */
  readonly notBeforeMs: number;
}

/** What a request that is under way needs of its scope, which may stand in another process. */
export type Landing = Pick<Scope, 'savings' | 'reading' | 'pausedUntilMs' | 'land'> & {
  readonly clock: Pick<ServerClock, 'observe'>;
  readonly flights: { readonly size: number };
};

/** One request under way. */
export interface Flight {
  readonly scope: Landing;
  readonly ask: Ask;
  readonly sentAtMs: number;
  readonly limits: Limit[];
  /** How many others were surely under way when it was refused. */
  others: number;
}

/** Who waits: called when it goes. */
export interface Waiter {
  readonly ask: Ask;
  readonly go: (flight: Flight) => void;
}

/** All that one caller of one API shares: its limits, its pause, the server's clock. Time is passed in. */
export class Scope {
  readonly clock: ServerClock = new ServerClock();
  readonly flights: Set<Flight> = new Set();
  /** Nothing is sent before. */
  pausedUntilMs = 0;
  /** Refusals whose bodies are being read: nothing is sent until it is known what they say. */
  reading = 0;
  /**
   * What is saved up for repeats after faults, each of which costs one. Requests pay for them, so that whatever breaks, the load
   * is below 1.1 times what it was; a bound on each request's repeats alone would multiply an outage's load by it.
   */
  savings = 1;
  /** Limits that answers told of, or that were learned. */
  limits: Limit[] = [];
  readonly #trail: Trail = new Trail();
  /** Until when further limits are suspected. */
  #exploresUntilMs: number;
  #cold = true;
  /** What was learned last, until something proves it; until then one goes at a time. */
  #doubted: Limit | undefined;

  constructor(explores: boolean) {
    this.#exploresUntilMs = explores ? Infinity : 0;
  }

  limitsOf({ declared }: Ask): Limit[] {
    return [...declared, ...this.limits];
  }

  /** Sends of a queue what may go now. Returns when the next may, Infinity for after an answer. */
  send(queue: readonly Waiter[], nowMs: number): number {
    const awaited = new Set<Limit>();
    let nextAtMs = Infinity;
    for (let passed = 0; passed < MAX_PASSED;) {
      const waiter = queue[passed];
      if (!waiter || this.#mustWait(nowMs)) break;
      const limits = this.limitsOf(waiter.ask);
      let atMs = Math.max(waiter.ask.notBeforeMs, this.pausedUntilMs);
      for (const limit of limits) {
        const freeAtMs = limit.earliest(waiter.ask.costOf(limit), nowMs);
        atMs = awaited.has(limit) ? Infinity : Math.max(atMs, freeAtMs);
        // Who comes later must not take what this one waits for.
        if (freeAtMs > nowMs) awaited.add(limit);
      }
      if (atMs <= nowMs) waiter.go(this.depart(waiter.ask, nowMs));
      else {
        nextAtMs = Math.min(nextAtMs, atMs);
        passed++;
        // All wait for the same.
        if (this.pausedUntilMs > nowMs || this.limits.some((limit) => awaited.has(limit))) break;
      }
    }
    return nextAtMs;
  }

  /** Whether only an answer can tell if one more is allowed at once. */
  #mustWait(nowMs: number): boolean {
    const inFlight = this.flights.size;
    const explores = nowMs < this.#exploresUntilMs;
    const unproven = explores && (this.#doubted || !this.#trail.allows(inFlight, nowMs, this.limits));
    return this.reading > 0 || (inFlight > 0 && (this.#cold || !!unproven));
  }

  depart(ask: Ask, sentAtMs: number): Flight {
    const flight = { scope: this, ask, sentAtMs, limits: this.limitsOf(ask), others: 0 };
    for (const limit of flight.limits) limit.pending += ask.costOf(limit);
    this.flights.add(flight);
    return flight;
  }

  /**
   * Takes in what came of a request: what an answer tells, and what it may have cost. One that was refused cost nothing; of a
   * fault nobody knows. `because`: why it did not go well.
   */
  land(
    flight: Flight,
    receivedAtMs: number,
    because?: 'refused' | 'unavailable' | 'fault',
    info?: RateLimitInfo,
  ): void {
    const { sentAtMs, ask, limits } = flight;
    if (!this.flights.has(flight)) return;
    const refused = because === 'refused';
    const told = new Map(info?.limits.map((one) => [this.#find(one, flight, receivedAtMs), one]));
    let explained = !refused;
    this.flights.delete(flight);
    for (const limit of limits) {
      const one = told.get(limit);
      const cost = ask.costOf(limit);
      limit.pending -= cost;
      if (!refused) limit.charge(cost, sentAtMs, receivedAtMs, this.pausedUntilMs, one?.resetAtMs);
      else if ((one?.remaining ?? 1) <= 0) {
        limit.distrust(sentAtMs);
        explained = true;
      }
      if (one) limit.reconcile(one, sentAtMs, receivedAtMs);
    }
    if (!because || refused) this.#cold = false;
    if (!because) {
      this.#trail.admitted(receivedAtMs);
      if (sentAtMs - this.pausedUntilMs >= (this.#doubted?.terms.doubtMs ?? 0)) this.#doubted = undefined;
    }
    // What was sent before a pause was refused by what it was paused for.
    else if (!explained && info && sentAtMs >= this.pausedUntilMs) this.#learn(info, flight, receivedAtMs);
  }

  /** The limit that an answer speaks of: one it spoke of before, else a declared one of the same figures, else a new one. */
  #find(told: ToldLimit, flight: Flight, nowMs: number): Limit | undefined {
    const key = `${told.name}/${told.windowMs ?? told.limit}`;
    const known =
      flight.limits.find((limit) => limit.told === key) ?? flight.limits.find((limit) => isSame(limit, told));
    const limit = known ?? this.#meet({ ...told, capacity: told.limit ?? 0, source: 'disclosed' }, nowMs);
    if (limit) limit.told = key;
    // What is not told is no number, and yields to what is.
    const leftMs = Number(told.resetAtMs) - nowMs || (told.windowMs ?? Infinity);
    if (!known) this.#exploresUntilMs = Math.min(this.#exploresUntilMs, nowMs + leftMs / CAUTION);
    return limit;
  }

  /** A limit that was there all along: what is under way and of late counts on it too. */
  #meet(terms: Terms, nowMs: number): Limit | undefined {
    if (terms.capacity <= 0 || this.limits.length >= MAX_TOLD) return undefined;
    const limit = new Limit(terms);
    for (const flight of this.flights) {
      flight.limits.push(limit);
      limit.pending += flight.ask.costOf(limit);
    }
    const { windowMs = 0, release } = terms;
    for (const atMs of this.#trail.since(nowMs - windowMs))
      limit.add(1, release?.(1, atMs, undefined) ?? atMs + windowMs, nowMs);
    this.limits.push(limit);
    return limit;
  }

  /** Makes the most of a refusal that no known limit explains. */
  #learn({ concurrency, retryAtMs = 0, skewMs }: RateLimitInfo, { others, sentAtMs }: Flight, nowMs: number): void {
    if (!concurrency && (!retryAtMs || this.limits.some((limit) => limit.lags(retryAtMs - nowMs)))) return;
    const fit: Fit = concurrency
      ? { name: 'hidden', capacity: others || 1, kind: 'concurrency', doubtMs: 1 }
      : this.#trail.fit(retryAtMs, nowMs, sentAtMs, skewMs);
    if (!concurrency) this.#exploresUntilMs = Infinity;
    this.limits = this.limits.filter(
      (limit) => limit.terms.name !== fit.name && (fit.doubtMs || limit !== this.#doubted),
    );
    this.#doubted = this.#meet({ ...fit, source: 'learned' }, nowMs);
  }
}

/** Whether this may be the limit that is told, which nobody told of before. */
const isSame = ({ told, held, capacity, windowMs }: Limit, one: ToldLimit): boolean =>
  !told && !held && (one.limit ?? capacity) === capacity && (one.windowMs ?? windowMs) === windowMs;
