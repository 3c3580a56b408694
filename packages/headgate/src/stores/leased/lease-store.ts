import {
  HeadgateError,
  type AsyncStore,
  type Clock,
  type Outcome,
  type Program,
  type Step,
  type Traits,
} from '../../core/index.ts';
import { systemClock } from '../memory/index.ts';
import { backOf, chargeBackOf } from './back.ts';
import { costsOf, drawOf, type Asked, type Draw } from './draw.ts';
import { Known } from './known.ts';
import { Leased } from './leased.ts';
import { SHORTEST_MS, termsOf, type Terms } from './terms.ts';

export interface LeaseOptions {
  /** How long what is drawn may be spent, at most, in ms: 20 to 2000, default 1000. So long at most nothing is seen of what others give back or reset. */
  readonly lifetimeMs?: number;
  /** This process's time; default: its own. It need not be the store's. */
  readonly clock?: Clock;
  /** For tests. Default: the platform's, which keeps no process alive. */
  readonly timer?: (afterMs: number, call: () => void) => void;
}

/** For metrics. All but `callers` only ever grow. */
export interface LeaseStats {
  /** Callers that are known to have asked lately. */
  readonly callers: number;
  /** Decisions that were made here. */
  readonly local: number;
  /** Times that units were drawn. */
  readonly draws: number;
  /** Units that were drawn and not spent: given back, and lost until their window ends. Those of all limits, together. */
  readonly givenBack: number;
  readonly lost: number;
}

/** A store that answers at once where it can, and else when the store beneath it does. */
export interface LeaseStore extends AsyncStore {
  stats(): LeaseStats;
}

/** So many requests lately make a caller one that units are drawn for. */
const HOT = 8;
/** The longest that what is drawn may last: by then whatever an operator does is seen. In ms. */
const LONGEST_MS = 2000;

/**
 * Leases of hot limits over a store that processes share: this process draws some units of a limit, and decides by itself, at once, while they last. They are
 * charged when they are drawn, and spent in the window that they were charged in, so that nothing is ever let in that does not fit.
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
  readonly #store: AsyncStore;
  readonly #lifetimeMs: number;
  readonly #clock: Clock;
  readonly #timer: (afterMs: number, call: () => void) => void;
  readonly #known: Known = new Known();
  readonly #terms: WeakMap<Program, { readonly terms: Terms | undefined }> = new WeakMap();
  /** Draws, and what is given back, that are not answered yet. */
  readonly #underWay: Set<Promise<void>> = new Set();
  readonly #stats = { local: 0, draws: 0, givenBack: 0, lost: 0 };
  /** How often the store did not answer; and whether it did not when it was asked last. */
  #failures = 0;
  #isDown = false;
  #isClosed = false;
  #isArmed = false;

  constructor(store: AsyncStore, lifetimeMs: number, { clock = systemClock(), timer = platformTimer }: LeaseOptions) {
    this.traits = store.traits;
    this.#store = store;
    this.#lifetimeMs = lifetimeMs;
    this.#clock = clock;
    this.#timer = timer;
  }

  apply(step: Step, deadlineMs: number): Outcome | Promise<Outcome> {
    if (step.op !== 'decide' || step.requestId !== undefined || step.expects !== undefined)
      return this.#other(step, deadlineMs);
    const leased = this.#known.find(step.program, step.keys);
    // While the store does not answer, nobody hears of it but by asking.
    if (leased === undefined || this.#isDown) return this.#ask(step, deadlineMs, leased);
    const nowMs = this.#clock.monotonicMs();
    const told = leased.decide(step.costs, nowMs, this.#clock.wallMs(nowMs));
    if (told === undefined) return this.#ask(step, deadlineMs, leased);
    this.#stats.local++;
    if (leased.isToRenew(nowMs)) this.#renew(leased);
    return told;
  }

  /** What was drawn before records are emptied, or amounts corrected, must not be spent after it. */
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

  #ask(step: Step, deadlineMs: number, known: Leased | undefined): Outcome | Promise<Outcome> {
    const leased = known ?? this.#leasedOf(step);
    return leased === undefined ? this.#store.apply(step, deadlineMs) : this.#askOf(leased, step, deadlineMs);
  }

  async #askOf(leased: Leased, step: Step, deadlineMs: number): Promise<Outcome> {
    leased.isAsked = true;
    const outcome = await this.#heard(step, deadlineMs);
    leased.hear(outcome);
    leased.use.add(step.costs);
    if (leased.use.asks >= HOT) this.#renew(leased);
    return outcome;
  }

  #leasedOf({ program, keys }: Step): Leased | undefined {
    const terms = this.#termsOf(program);
    if (terms === undefined || this.#isClosed || !this.#known.hasRoomFor(keys, program)) return undefined;
    const leased = new Leased(terms, [...keys], this.#clock.monotonicMs(), this.#giveBack);
    this.#known.add(leased);
    this.#arm();
    return leased;
  }

  #termsOf(program: Program): Terms | undefined {
    let known = this.#terms.get(program);
    if (known === undefined) this.#terms.set(program, (known = { terms: termsOf(program, this.#lifetimeMs) }));
    return known.terms;
  }

  /** Asks the store, and notes whether it answers. */
  async #heard(step: Step, deadlineMs: number): Promise<Outcome> {
    try {
      const outcome = await this.#store.apply(step, deadlineMs);
      this.#isDown = false;
      return outcome;
    } catch (error) {
      this.#isDown = isOutage(error);
      if (this.#isDown) this.#failures++;
      throw error;
    }
  }

  /** Draws ahead of need, where it is worth it; nobody waits for it. */
  #renew(leased: Leased): void {
    const nowMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.wallMs(nowMs);
    leased.dropOver(nowMs, wallMs);
    if (!leased.wantsDraw || nowMs < leased.againAtMs || this.#isDown) return;
    const costs = costsOf(leased.terms, leased.use, leased.left, leased.had(), nowMs);
    if (costs === undefined) return;
    leased.isDrawing = true;
    this.#begin(this.#draw(leased, costs, nowMs, wallMs));
  }

  async #draw(leased: Leased, costs: readonly number[], atMs: number, atWallMs: number): Promise<void> {
    const { program, lifeMs } = leased.terms;
    const failures = this.#failures;
    try {
      const outcome = await this.#heard({ op: 'decide', program, keys: leased.keys, costs }, lifeMs);
      const answeredAtMs = this.#clock.monotonicMs();
      const chargedAtWallMs = this.traits.clock === 'store' ? outcome.nowMs : atWallMs;
      this.#drew(leased, costs, outcome, { atMs, atWallMs, answeredAtMs, chargedAtWallMs, failures });
    } catch {
      // If it was charged all the same, it is lost: less is let in.
    } finally {
      leased.isDrawing = false;
    }
  }

  #drew(leased: Leased, costs: readonly number[], outcome: Outcome, asked: Asked): void {
    leased.hear(outcome);
    leased.use.fade(asked.answeredAtMs, leased.terms.lifeMs);
    const isCharged = outcome.status === 'ok' && outcome.allowed;
    const draw = isCharged ? drawOf(leased.terms, costs, outcome, asked, leased.use) : undefined;
    if (isCharged) this.#stats.draws++;
    if (draw !== undefined && leased.fate === 'goes on') return leased.take(draw);
    leased.againAtMs = asked.answeredAtMs + SHORTEST_MS;
    if (isCharged) this.#back(leased, chargeBackOf(leased.terms, costs), outcome.nowMs, asked.failures);
  }

  readonly #giveBack = (leased: Leased, draw: Draw): void => {
    const storeNowMs = draw.chargedAtMs + this.#clock.monotonicMs() - draw.asked.answeredAtMs;
    this.#back(leased, backOf(leased.terms, draw, storeNowMs), draw.chargedAtMs, draw.asked.failures);
  };

  /**
   * Gives back what was not spent; asked for twice it would come back twice, so that it is tried once. A store that failed meanwhile may not know the charge any
   * more: what it never heard of must not come back.
   */
  #back(leased: Leased, costs: readonly number[] | undefined, chargedAtMs: number, failures: number): void {
    if (costs === undefined) return;
    const units = -costs.reduce((sum, cost) => sum + cost, 0);
    if (leased.fate === 'lost' || failures !== this.#failures || this.#isDown) this.#stats.lost += units;
    else this.#begin(this.#amend(leased, costs, chargedAtMs, units));
  }

  async #amend(leased: Leased, costs: readonly number[], chargedAtMs: number, units: number): Promise<void> {
    const { program, lifeMs } = leased.terms;
    try {
      const outcome = await this.#heard({ op: 'amend', program, keys: leased.keys, costs, chargedAtMs }, lifeMs);
      leased.hear(outcome);
      this.#stats.givenBack += units;
    } catch {
      this.#stats.lost += units;
    }
  }

  #begin(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** While anybody is known, somebody looks: what nobody asks for is given back. */
  #arm(): void {
    if (this.#isArmed || this.#isClosed || this.#known.size === 0) return;
    this.#isArmed = true;
    this.#timer(Math.ceil(this.#lifetimeMs / 2), this.#look);
  }

  readonly #look = (): void => {
    this.#isArmed = false;
    if (this.#isClosed) return;
    const nowMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.wallMs(nowMs);
    this.#known.keep((leased) => {
      const { isAsked } = leased;
      leased.isAsked = false;
      leased.use.fade(nowMs, leased.terms.lifeMs);
      leased.dropOver(nowMs, wallMs);
      if (isAsked || leased.isDrawing) return true;
      leased.end('ends');
      return false;
    });
    this.#arm();
  };

  stats(): LeaseStats {
    return { callers: this.#known.size, ...this.#stats };
  }

  /** Gives back what is drawn, and closes the store beneath. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#known.keep((leased) => {
      leased.end('ends');
      return false;
    });
    // What was drawn meanwhile is given back too.
    // oxlint-disable-next-line no-await-in-loop -- one after another
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await this.#store.close();
  }
}

/** What is wrong with a step is no fault of the store: it has answered. */
function isOutage(error: unknown): boolean {
  return !(error instanceof HeadgateError) || error.code.startsWith('ERR_STORE');
}

function platformTimer(afterMs: number, call: () => void): void {
  setTimeout(call, afterMs).unref();
}
