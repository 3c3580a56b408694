import type { RateLimitInfo, ToldLimit } from '../parse/told.ts';
import { RetryBudget } from './budget.ts';
import { Limit, type Release, type Terms, type Times } from './limit.ts';
import { ServerClock } from './server-clock.ts';
import { Trail } from './trail.ts';

/** One request as the model sees it. */
export interface Ask {
  /** Limits that were declared, for this request's partition, and what it costs each. */
  readonly declared: readonly Limit[];
  readonly costOf: (limit: Limit) => number;
  /** A repeat is not sent before. */
  readonly notBeforeMs?: number;
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
/** Limits of one scope that a snapshot shows. */
const MAX_SHOWN = 100;

/** All that one caller of one API shares: its limits, its pause, the server's clock. Time is passed in. */
export class Scope {
  readonly key: string;
  readonly clock: ServerClock = new ServerClock();
  readonly flights: Set<Flight> = new Set();
  readonly budget: RetryBudget = new RetryBudget();
  /** Limits that were met here, to be shown. */
  readonly known: Set<Limit> = new Set();
  /** Nothing is sent before. */
  pausedUntilMs = 0;
  /** Refusals whose bodies are being read: nothing is sent until it is known what they say. */
  reading = 0;
  readonly #limits: Limit[] = [];
  readonly #trail: Trail = new Trail();
  readonly #explores: boolean;
  #cold = true;

  constructor(key: string, explores: boolean) {
    this.key = key;
    this.#explores = explores;
  }

  limitsOf({ declared }: Ask): Limit[] {
    return [...declared, ...this.#limits.filter((limit) => !declared.includes(limit))];
  }

  /** When this may be sent, if nobody else comes: now, later, or Infinity for after an answer. */
  earliest(ask: Ask, nowMs: number): number {
    const inFlight = this.flights.size;
    const waits = this.#cold || (this.#explores && !this.#trail.allows(inFlight, nowMs));
    if (this.reading > 0 || (inFlight > 0 && waits)) return Infinity;
    const atMs = this.limitsOf(ask).map((limit) => limit.earliest(ask.costOf(limit), nowMs));
    return Math.max(ask.notBeforeMs ?? nowMs, this.pausedUntilMs, ...atMs);
  }

  depart(ask: Ask, sentAtMs: number): Flight {
    for (const limit of ask.declared) if (this.known.size < MAX_SHOWN) this.known.add(limit);
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
    const key = `${told.name}/${told.windowMs ?? told.limit}`;
    const { limits } = flight;
    const known = limits.find((limit) => limit.told === key) ?? limits.find((limit) => isSame(limit, told));
    const limit = known ?? this.#meet({ ...told, capacity: told.limit ?? 0, source: 'disclosed' }, nowMs);
    if (limit) limit.told = key;
    return limit ? [[limit, told]] : [];
  }

  /** A limit that was there all along: what is under way and of late counts on it too. */
  #meet(terms: Terms, nowMs: number): Limit | undefined {
    if (terms.capacity <= 0 || this.#limits.length >= MAX_TOLD) return undefined;
    const limit = new Limit(terms);
    for (const flight of this.flights) {
      flight.limits.push(limit);
      limit.ledger.pending += flight.ask.costOf(limit);
    }
    const { windowMs = 0 } = terms;
    for (const { atMs, count } of this.#trail.within(windowMs, nowMs))
      limit.ledger.add(count, atMs + windowMs, windowMs);
    this.#limits.push(limit);
    this.known.add(limit);
    return limit;
  }

  /** Makes the most of a refusal that no known limit explains. */
  #learn({ concurrency, retryAtMs, limits }: RateLimitInfo, nowMs: number): Limit | undefined {
    const held = { capacity: Math.max(1, this.flights.size), windowMs: undefined };
    const guess = concurrency ? held : this.#trail.guess(retryAtMs ?? Infinity, nowMs);
    if (guess === undefined) return undefined;
    const { windowMs, capacity } = guess;
    const known = this.#limits.find((limit) => limit.source === 'learned' && limit.windowMs === windowMs);
    if (known) {
      if (concurrency) known.capacity = Math.min(known.capacity, capacity);
      known.distrust(nowMs);
    }
    // A limit whose own answers say that it has room is not the one.
    if (known || (windowMs && limits.some((told) => told.windowMs === windowMs))) return undefined;
    const kind = concurrency ? 'concurrency' : 'rate';
    const release: Release = (_, { receivedAtMs }) => receivedAtMs + (windowMs ?? 0);
    return this.#meet(
      { name: `hidden/${windowMs ?? kind}`, source: 'learned', kind, capacity, windowMs, release },
      nowMs,
    );
  }
}

/** Whether this is the limit that is told, which nobody told of before. */
function isSame({ told, held, capacity, windowMs }: Limit, one: ToldLimit): boolean {
  const sameLimit = (one.limit ?? capacity) === capacity;
  return (
    told === undefined &&
    !held &&
    sameLimit &&
    (one.windowMs === undefined ? one.limit !== undefined : one.windowMs === windowMs)
  );
}
