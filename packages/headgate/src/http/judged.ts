import type { Clock, Outcome, Step } from '../core/index.ts';
import { WAIT } from '../core/index.ts';
import type { Ask, Plan, Planner } from '../profile/index.ts';
import type { Decided } from './decide.ts';
import type { GuardedStore } from './failing/guarded.ts';
import { Outage, unlessDown } from './failing/outage.ts';
import { standIn } from './failing/stand-in.ts';
import type { Telling, Told } from './respond/told.ts';
import { all, upon, type Port, type Soon } from './soon.ts';

/** Charges of one request that are told apart; those beyond count as made with the first, so that less of them comes back. */
const MAX_CHARGES = 64;

/** What one charge left: units a check, fewer as they are given back. */
interface Charge {
  readonly atMs: number;
  readonly plan: Plan;
  readonly units: number[];
}

export interface JudgedOptions {
  readonly planner: Planner;
  readonly clock: Clock;
  readonly store: GuardedStore;
  /** The same told again, of a later outcome. */
  readonly retell: (told: Told, plan: Plan, outcome: Outcome) => Told;
  /** Told what was given back, or charged in addition. */
  readonly onAmended?: ((ask: Ask, plan: Plan, outcome: Outcome) => void) | undefined;
}

/**
 * An admitted request, in the hands of whoever serves it: more can be charged to the same counters, and what was charged can be
 * given back. It remembers when it charged what, so that no store need; what is told of the request follows. Not for what is
 * held under an id: that is resolved by it.
 */
export class Judged implements Telling {
  readonly ask: Ask;
  #told: Told;
  #plan: Plan;
  readonly #options: JudgedOptions;
  readonly #decided: Outcome | undefined;
  readonly #by: Port;
  /** Whether the store was not there for it, and its limits were counted here alone, or not at all. */
  readonly degraded: boolean;
  /** Made when something is charged or given back: most requests never are. */
  #made: Charge[] | undefined;

  constructor(ask: Ask, { plan, outcome, by }: Decided, told: Told, options: JudgedOptions) {
    this.ask = ask;
    this.#plan = plan;
    this.#told = told;
    this.#options = options;
    this.#decided = outcome;
    this.#by = by;
    this.degraded = by !== options.store;
  }

  get #charges(): Charge[] {
    if (this.#made === undefined) {
      this.#made = [];
      if (this.#decided !== undefined) this.#note(this.#plan, this.#decided, this.#plan.costs);
    }
    return this.#made;
  }

  get told(): Told {
    return this.#told;
  }

  /** Limits, in the order in which costs are given and outcomes tell. */
  get plan(): Plan {
    return this.#plan;
  }

  /** As things stood after the last charge; undefined when no limit applies. */
  get outcome(): Outcome | undefined {
    return this.#told.outcome;
  }

  /** Units charged so far and not given back, one a limit. */
  get charged(): readonly number[] {
    return this.#plan.costs.map((_, i) => this.#charges.reduce((sum, { units }) => sum + (units[i] ?? 0), 0));
  }

  /**
   * Charges so much more, one cost a limit: all of it, or nothing where a limit refuses.
   * @throws HeadgateError `ERR_COST`, and the store's faults; rejects where the store answers later
   */
  charge(costs: readonly number[]): Soon<Outcome | undefined> {
    if (this.#plan.program.checks.length === 0) return undefined;
    // What the decision charged is noted before any more is, and under the plan that it was made by.
    void this.#charges;
    return upon(this.#fresh({ op: 'decide', costs }, this.#plan), (outcome) => {
      if (outcome.allowed) {
        this.#note(this.#plan, outcome, costs);
        this.#told = this.#options.retell(this.#told, this.#plan, outcome);
      }
      return outcome;
    });
  }

  /**
   * The same, and where the store is not there for it each limit says what becomes of that (`fail`). What this process counts by itself
   * then stays counted.
   */
  chargeOrStandIn(costs: readonly number[]): Soon<Pick<Decided, 'plan' | 'outcome' | 'undecided'>> {
    return unlessDown<Pick<Decided, 'plan' | 'outcome' | 'undecided'>>(
      () => upon(this.charge(costs), (outcome) => ({ plan: this.#plan, outcome })),
      () => standIn(this.#options.store, { ...this.#plan, costs, losses: undefined }),
    );
  }

  /** Gives back up to so many units of each limit, the last charged first; says how many of them count no longer. */
  giveBack(units: readonly number[]): Soon<number> {
    const left = [...units];
    const amended: Soon<number>[] = [];
    for (const charge of this.#charges.toReversed()) {
      const costs = charge.units.map((charged, i) => -Math.min(charged, left[i] ?? 0));
      if (costs.some((cost) => cost < 0)) amended.push(this.#amend(charge, costs));
      // Noted before the answer: what is being given back must not be given back again.
      for (const [i, cost] of costs.entries()) {
        charge.units[i] = (charge.units[i] ?? 0) + cost;
        left[i] = (left[i] ?? 0) + cost;
      }
    }
    return upon(all(amended), (returned) => returned.reduce((sum, one) => sum + one, 0));
  }

  /** Charges so much more whether there is room or not: it was used. */
  add(units: readonly number[]): Soon<void> {
    const [first] = this.#charges;
    if (first === undefined || units.every((each) => each === 0)) return undefined;
    return upon(this.#amend(first, units), () => {
      for (const [i, each] of units.entries()) first.units[i] = (first.units[i] ?? 0) + each;
    });
  }

  /** Asks by a plan, and once more by the figures of now where its own have ended. */
  #fresh(step: Omit<Step, 'program' | 'keys'>, { program, keys }: Plan): Soon<Outcome> {
    return upon(this.#by.apply({ program, keys, ...step }), (outcome) => {
      if (outcome.status !== 'stale') return outcome;
      this.#replan();
      return this.#by.apply({ program: this.#plan.program, keys: this.#plan.keys, ...step });
    });
  }

  /** The figures of the plan have ended since: the same limits, as they stand now. */
  #replan(): void {
    const { planner, clock } = this.#options;
    const plan = planner.plan({ ...this.ask, nowMs: clock.wallMs() });
    if (plan.costs.length === this.#plan.costs.length) this.#plan = plan;
  }

  #amend({ plan, atMs }: Charge, costs: readonly number[]): Soon<number> {
    const step = { op: 'amend', costs, chargedAtMs: atMs } as const;
    const amended = (outcome: Outcome): number => {
      if (outcome.status === 'ok') this.#told = this.#options.retell(this.#told, plan, outcome);
      this.#options.onAmended?.(this.ask, plan, outcome);
      return outcome.returned;
    };
    const owed = (error: unknown): number => this.#owe(error, { program: plan.program, keys: plan.keys, ...step });
    try {
      const said = this.#fresh(step, plan);
      return said instanceof Promise ? said.then(amended, owed) : amended(said);
    } catch (error) {
      return owed(error);
    }
  }

  /** Nothing has come back by now, but will when the store answers. @throws what is no outage */
  #owe(error: unknown, step: Step): number {
    if (!(error instanceof Outage)) throw error;
    this.#options.store.oweAfter(error, step);
    return 0;
  }

  #note(plan: Plan, { nowMs, waits }: Outcome, costs: readonly number[]): void {
    // What a shadow limit would have refused it was not charged, nor what only denials are.
    const { checks } = plan.program;
    const units = costs.map((cost, i) => (waits[i] === WAIT.shadow || checks[i]?.count === 'denials' ? 0 : cost));
    const charges = this.#charges;
    const [first] = charges;
    if (first === undefined || charges.length < MAX_CHARGES) charges.push({ atMs: nowMs, plan, units });
    else for (const [i, each] of units.entries()) first.units[i] = (first.units[i] ?? 0) + each;
  }
}
