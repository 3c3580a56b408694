import type { RateLimitInfo, ToldLimit } from '../parse/told.ts';
import { Limit, type Times } from './limit.ts';
import { ServerClock } from './server-clock.ts';
import { Trail } from './trail.ts';

/** One request as the model sees it. */
export interface Ask {
  /** Limits that were declared, for this request's partition, and what it costs each. */
  readonly declared: readonly Limit[];
  readonly costOf: (limit: Limit) => number;
}

/** One request under way. */
export interface Flight {
  readonly ask: Ask;
  readonly sentAtMs: number;
  readonly limits: Limit[];
}

/** What came of it. `charged`: whether a server may have counted it. */
export interface Landing {
  readonly receivedAtMs: number;
  readonly charged: boolean;
  readonly went: 'well' | 'refused' | 'otherwise';
  readonly info?: RateLimitInfo;
}

/** Limits that answers tell of, of one scope; past it, further ones are not paced by. */
const MAX_TOLD = 16;
/** Counters of declared limits that a snapshot shows, of one scope. */
const MAX_SHOWN = 100;

/** All that one caller of one API shares: its limits, its pause, the server's clock. Time is passed in. */
export class Scope {
  readonly clock: ServerClock = new ServerClock();
  readonly flights: Set<Flight> = new Set();
  /** Nothing is sent before. */
  pausedUntilMs = 0;
  /** Refusals whose bodies are being read: nothing is sent until it is known what they say. */
  reading = 0;
  readonly #limits: Limit[] = [];
  readonly #declared = new Set<Limit>();
  readonly #trail: Trail = new Trail();
  readonly #explores: boolean;
  #cold = true;

  constructor(explores: boolean) {
    this.#explores = explores;
  }

  limitsOf({ declared }: Ask): Limit[] {
    return [...declared, ...this.#limits.filter((limit) => !declared.includes(limit))];
  }

  /** When this may be sent, if nobody else comes: now, later, or Infinity for after an answer. */
  earliest(ask: Ask, nowMs: number): number {
    const inFlight = this.flights.size;
    if (this.reading > 0 || (this.#cold && inFlight > 0)) return Infinity;
    if (this.#explores && inFlight > 0 && !this.#trail.allows(inFlight, nowMs)) return Infinity;
    return this.byLimits(ask, nowMs);
  }

  /** The same, by limits and pauses alone. */
  byLimits(ask: Ask, nowMs: number): number {
    const atMs = this.limitsOf(ask).map((limit) => limit.earliest(ask.costOf(limit), nowMs));
    return Math.max(nowMs, this.pausedUntilMs, ...atMs);
  }

  /** All limits that were met here, to be shown. */
  known(): Limit[] {
    return [...this.#declared, ...this.#limits];
  }

  depart(ask: Ask, sentAtMs: number): Flight {
    for (const limit of ask.declared) if (this.#declared.size < MAX_SHOWN) this.#declared.add(limit);
    const flight = { ask, sentAtMs, limits: this.limitsOf(ask) };
    for (const limit of flight.limits) limit.ledger.pending += ask.costOf(limit);
    this.flights.add(flight);
    return flight;
  }

  /** Takes in what an answer tells. Returns the limit that was learned from a refusal that no known one explains. */
  land(flight: Flight, { receivedAtMs, charged, went, info }: Landing): Limit | undefined {
    const { sentAtMs, ask } = flight;
    const oldestSentAtMs = Math.min(...[...this.flights].map((other) => other.sentAtMs));
    const times: Times = { sentAtMs, receivedAtMs, oldestSentAtMs };
    const told = new Map((info?.limits ?? []).flatMap((one) => this.#find(one, flight, receivedAtMs)));
    const lacked = went === 'refused' && flight.limits.every((limit) => (told.get(limit)?.remaining ?? 1) > 0);
    for (const limit of flight.limits) {
      const cost = ask.costOf(limit);
      limit.ledger.pending -= cost;
      if (charged) limit.charge(cost, times, told.get(limit)?.resetAtMs);
    }
    this.flights.delete(flight);
    for (const [limit, one] of told) {
      if (went === 'refused' && (one.remaining ?? 1) <= 0) limit.distrust(sentAtMs);
      limit.reconcile(one, times);
    }
    if (went !== 'otherwise') this.#cold = false;
    if (went === 'well') this.#trail.admitted(receivedAtMs);
    return lacked && info && sentAtMs >= this.pausedUntilMs ? this.#learn(info, receivedAtMs) : undefined;
  }

  /** The limit that an answer speaks of: one it spoke of before, else a declared one of the same figures, else a new one. */
  #find(told: ToldLimit, flight: Flight, nowMs: number): [Limit, ToldLimit][] {
    const key = `${told.name}/${told.windowMs ?? told.limit ?? ''}`;
    const { limits } = flight;
    const known =
      limits.find((limit) => limit.told === key) ??
      limits.find((limit) => limit.told === undefined && !limit.held && isSame(limit, told));
    if (known === undefined && ((told.limit ?? 0) <= 0 || this.#limits.length >= MAX_TOLD)) return [];
    const limit = known ?? this.#meet(told, told.limit ?? 0, 'disclosed', nowMs);
    limit.told = key;
    return [[limit, told]];
  }

  /** A limit that was there all along: what is under way and of late counts on it too. */
  #meet(
    terms: { name: string; windowMs?: number; kind?: 'rate' | 'concurrency' },
    capacity: number,
    source: 'disclosed' | 'learned',
    nowMs: number,
  ): Limit {
    const limit = new Limit({ ...terms, capacity, source, ...(source === 'learned' && { slices: Infinity }) });
    for (const flight of this.flights) {
      flight.limits.push(limit);
      limit.ledger.pending += flight.ask.costOf(limit);
    }
    const { windowMs } = limit;
    if (windowMs !== undefined)
      for (const { atMs, count } of this.#trail.within(windowMs, nowMs))
        limit.ledger.add(count, atMs + windowMs, windowMs);
    this.#limits.push(limit);
    return limit;
  }

  #learn({ concurrency, retryAtMs, limits }: RateLimitInfo, nowMs: number): Limit | undefined {
    if (this.#limits.length >= MAX_TOLD) return undefined;
    if (concurrency) return this.#learnHeld();
    // A limit whose own answers say that it has room is not the one.
    const guess = retryAtMs === undefined ? undefined : this.#trail.guess(retryAtMs, nowMs);
    const again = this.#limits.find(({ source, windowMs }) => source === 'learned' && windowMs === guess?.windowMs);
    if (guess === undefined || again !== undefined || limits.some((told) => told.windowMs === guess.windowMs)) {
      again?.distrust(nowMs);
      return undefined;
    }
    return this.#meet({ name: `hidden/${guess.windowMs}`, windowMs: guess.windowMs }, guess.capacity, 'learned', nowMs);
  }

  #learnHeld(): Limit {
    const capacity = Math.max(1, this.flights.size);
    const known = this.#limits.find(({ held, source }) => held && source === 'learned');
    if (known) known.capacity = Math.min(known.capacity, capacity);
    return known ?? this.#meet({ name: 'concurrency', kind: 'concurrency' }, capacity, 'learned', 0);
  }
}

const isSame = (limit: Limit, told: ToldLimit): boolean =>
  told.windowMs === undefined
    ? told.limit === limit.capacity
    : told.windowMs === limit.windowMs && (told.limit === undefined || told.limit === limit.capacity);
