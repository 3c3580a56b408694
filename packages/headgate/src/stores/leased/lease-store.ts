import {
  HeadgateError,
  type AsyncStore,
  type Clock,
  type Memos,
  type Outcome,
  type Program,
  type Step,
  type Traits,
} from '../../core/index.ts';
import { systemClock } from '../memory/index.ts';
import { Drawing } from './drawing.ts';
import { Known } from './known.ts';
import { Leased } from './leased.ts';
import { SHORTEST_MS, termsOf, type Terms } from './terms.ts';

export interface LeaseOptions {
  /**
   * How long what is drawn may be spent, at most, in ms: 20 to 2000, default 1000. What another process resets or corrects is heeded here so much later at
   * most.
   */
  readonly lifetimeMs?: number;
  /** This process's time; default: its own. It need not be the store's. */
  readonly clock?: Clock;
  /** For tests. Default: the platform's, which keeps no process alive. */
  readonly timer?: (afterMs: number, call: () => void) => void;
}

/** For metrics. All but `callers` only ever grow. */
export interface LeaseStats {
  /** Callers that asked lately. */
  readonly callers: number;
  /** Decisions that were made here. */
  readonly local: number;
  /** How often units were drawn. */
  readonly draws: number;
  /** Units that were drawn and not spent, of all limits together: those that came back; and those that may count until their window ends. */
  readonly givenBack: number;
  readonly lost: number;
}

/** A store that answers at once what it can decide here, and everything else when the store beneath it does. */
export interface LeaseStore extends AsyncStore {
  stats(): LeaseStats;
}

/** So many requests lately make a caller one that units are drawn for. */
const HOT = 8;
/** By then whatever another process does is heeded. In ms. */
const LONGEST_MS = 2000;

/**
 * Leases of hot limits, over a store that processes share: this process draws some units, and decides by itself, at once, while they last. They are spent in the
 * window that they were charged in, so that nothing is ever let in that does not fit.
 * @throws HeadgateError `ERR_LIMIT` when `lifetimeMs` is not 20 to 2000
 */
export function leaseStore(store: AsyncStore, options: LeaseOptions = {}): LeaseStore {
  const { lifetimeMs = 1000 } = options;
  if (!Number.isInteger(lifetimeMs) || lifetimeMs < SHORTEST_MS || lifetimeMs > LONGEST_MS)
    throw new HeadgateError(
      'ERR_LIMIT',
      `leaseStore.lifetimeMs: expected ${SHORTEST_MS} to ${LONGEST_MS}, got ${lifetimeMs}`,
    );
  return new Store(store, lifetimeMs, options);
}

class Store implements LeaseStore {
  readonly traits: Traits;
  readonly memos?: Memos;
  readonly #store: AsyncStore;
  readonly #lifetimeMs: number;
  readonly #clock: Clock;
  readonly #timer: (afterMs: number, call: () => void) => void;
  readonly #drawing: Drawing;
  readonly #known: Known = new Known();
  readonly #terms: WeakMap<Program, { readonly terms: Terms | undefined }> = new WeakMap();
  #local = 0;
  #isClosed = false;
  #isArmed = false;

  constructor(store: AsyncStore, lifetimeMs: number, { clock = systemClock(), timer = platformTimer }: LeaseOptions) {
    this.traits = store.traits;
    if (store.memos !== undefined) this.memos = store.memos;
    this.#store = store;
    this.#lifetimeMs = lifetimeMs;
    this.#clock = clock;
    this.#timer = timer;
    this.#drawing = new Drawing(store, clock);
  }

  apply(step: Step, deadlineMs: number): Outcome | Promise<Outcome> {
    if (step.op !== 'decide' || step.requestId !== undefined || step.expects !== undefined)
      return this.#other(step, deadlineMs);
    const leased = this.#known.find(step.program, step.keys);
    // While the store does not answer, requests go on to ask it: only so is it known when it does.
    if (leased === undefined || this.#drawing.isDown) return this.#ask(step, deadlineMs, leased);
    const nowMs = this.#clock.monotonicMs();
    const told = leased.decide(step.costs, nowMs, this.#clock.wallMs(nowMs));
    if (told === undefined) return this.#ask(step, deadlineMs, leased);
    this.#local++;
    if (leased.isToRenew(nowMs)) this.#drawing.renew(leased);
    return told;
  }

  #ask(step: Step, deadlineMs: number, known: Leased | undefined): Outcome | Promise<Outcome> {
    const leased = known ?? this.#leasedOf(step);
    return leased === undefined ? this.#store.apply(step, deadlineMs) : this.#askOf(leased, step, deadlineMs);
  }

  async #askOf(leased: Leased, step: Step, deadlineMs: number): Promise<Outcome> {
    leased.isAsked = true;
    const outcome = await this.#drawing.ask(step, deadlineMs);
    leased.hear(outcome);
    leased.use.add(step.costs);
    if (leased.use.asks >= HOT) this.#drawing.renew(leased);
    return outcome;
  }

  /** From now on it is counted how often this caller asks; undefined where only the store decides. */
  #leasedOf({ program, keys }: Step): Leased | undefined {
    const terms = this.#termsOf(program);
    if (terms === undefined || this.#isClosed || !this.#known.hasRoomFor(keys, program)) return undefined;
    const leased = new Leased(terms, [...keys], this.#clock.monotonicMs(), this.#drawing.giveBack);
    this.#known.add(leased);
    this.#arm();
    return leased;
  }

  #termsOf(program: Program): Terms | undefined {
    let known = this.#terms.get(program);
    if (known === undefined) this.#terms.set(program, (known = { terms: termsOf(program, this.#lifetimeMs) }));
    return known.terms;
  }

  /** What was drawn before records are emptied, or amounts corrected, is not spent after it. */
  #other(step: Step, deadlineMs: number): Outcome | Promise<Outcome> {
    const { op, program, keys, chargedAtMs } = step;
    if (op === 'reset' || op === 'adjust') this.#endOf(keys, op === 'reset' ? 'lost' : 'ends');
    const leased = op === 'amend' ? this.#known.find(program, keys) : undefined;
    if (leased === undefined || chargedAtMs === undefined) return this.#store.apply(step, deadlineMs);
    return this.#store.apply({ ...step, chargedAtMs: leased.drawnAtMs(chargedAtMs) }, deadlineMs);
  }

  #endOf(keys: readonly string[], fate: 'ends' | 'lost'): void {
    this.#known.keep((leased) => {
      if (!leased.keys.some((key) => keys.includes(key))) return true;
      leased.end(fate);
      return false;
    });
  }

  /** While anybody is known, somebody looks: what nobody asks for is given back. */
  #arm(): void {
    if (this.#isArmed || this.#isClosed || this.#known.size === 0) return;
    this.#isArmed = true;
    this.#timer(Math.ceil(this.#lifetimeMs / 2), this.#look);
  }

  readonly #look = (): void => {
    this.#isArmed = false;
    const nowMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.wallMs(nowMs);
    this.#known.keep((leased) => leased.look(nowMs, wallMs));
    this.#arm();
  };

  stats(): LeaseStats {
    return { callers: this.#known.size, local: this.#local, ...this.#drawing.counts };
  }

  /** Gives back what is drawn, and closes the store beneath. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#known.keep((leased) => {
      leased.end('ends');
      return false;
    });
    await this.#drawing.settled();
    await this.#store.close();
  }
}

function platformTimer(afterMs: number, call: () => void): void {
  setTimeout(call, afterMs).unref();
}
