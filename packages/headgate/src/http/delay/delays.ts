import type { Outcome } from '../../core/index.ts';
import { PlanFault, type Ask, type Plan } from '../../profile/index.ts';
import type { Decided, Looking } from '../decide.ts';
import { upon, type Soon } from '../soon.ts';
import { Asking, counterOf, type Delayed, type DelaysOptions, type Leaving } from './asking.ts';
import { Bookings } from './bookings.ts';
import { Lines } from './lines.ts';
import { delaysIn, holdsBack, type Delay } from './step.ts';

export type { Delayed } from './asking.ts';

const STAYS: Leaving = {};

/** Requests that are held back at once, over all counters: what comes beyond is refused. */
const MAX_WAITING = 100_000;

/** Undefined for a policy that holds nobody back. */
export function delaysOf(options: DelaysOptions): Delays | undefined {
  const holds = options.policy.limits.some(({ ladder }) => ladder?.some(({ action }) => action.is === 'delay'));
  return holds ? new Delays(options) : undefined;
}

/**
 * Holds requests back instead of refusing them. A bucket books the instant of each in the decision itself: it has been let in, and waits for
 * its time, and whoever comes later finds it before him. Before any other counter stands a line: only its head is asked about, at the
 * exact instant at which it would be let in.
 */
export class Delays {
  readonly #asking: Asking;
  readonly #bookings: Bookings;
  readonly #lines: Lines;
  readonly #judging: Looking;
  readonly #maxMs: number;

  constructor(options: DelaysOptions) {
    this.#asking = new Asking(options);
    this.#bookings = new Bookings(this.#asking);
    this.#lines = new Lines(this.#asking);
    this.#judging = options.judging;
    this.#maxMs = options.maxMs;
  }

  /** Asks about a request, which may have to wait. */
  attempt(view: Leaving, ask: Ask): Soon<Delayed> {
    if (this.#size === 0) return this.#ask(view, ask);
    try {
      return upon(this.#asking.planOf(ask), (plan) => this.#attemptAs(view, ask, plan));
    } catch (error) {
      // It is asked about all the same, and fails as it would.
      if (error instanceof PlanFault) return this.#ask(view, ask);
      throw error;
    }
  }

  /** The same for what cannot leave: a message, whose connection waits with it. */
  wait(ask: Ask): Soon<Decided | PlanFault> {
    // Nobody tells of its leaving, so it does not.
    return this.attempt(STAYS, ask) as Soon<Decided | PlanFault>;
  }

  /** Something was given back: whoever waits for that may be let in. */
  wake(): void {
    this.#lines.wake();
  }

  get #size(): number {
    return this.#bookings.size + this.#lines.size;
  }

  #attemptAs(view: Leaving, ask: Ask, plan: Plan): Soon<Delayed> {
    const delays = delaysIn(plan, ask, this.#judging.planner);
    const before = delays.find(({ check }) => this.#lines.of(counterOf(plan, check)) > 0);
    if (before !== undefined) return this.#joinBehind(view, ask, plan, before);
    const full = delays.find((one) => this.#bookings.of(counterOf(plan, one.check)) >= mostOf(one));
    return full === undefined ? this.#ask(view, ask) : this.#asking.denied(ask, plan, counterOf(plan, full.check), []);
  }

  #ask(view: Leaving, ask: Ask): Soon<Delayed> {
    return upon(this.#asking.attempt(ask), (decided) => this.#take(view, ask, decided));
  }

  #take(view: Leaving, ask: Ask, decided: Decided | PlanFault): Soon<Delayed> {
    if (decided instanceof PlanFault || decided.outcome === undefined || decided.plan.refused !== undefined)
      return decided;
    const { plan, outcome } = decided;
    if (decided.allowed) return outcome.delayMs === 0 ? decided : this.#bookings.wait(view, ask, decided, outcome);
    const delay = this.#delayOf(ask, plan, outcome);
    if (delay === undefined || outcome.retryAfterMs > this.#upTo(delay) || this.#size >= MAX_WAITING) return decided;
    // While it was asked about, others may have begun to wait.
    if (this.#lines.of(counterOf(plan, delay.check)) > 0) return this.#joinBehind(view, ask, plan, delay);
    return mostOf(delay) < 1 ? decided : this.#join(view, ask, plan, delay, outcome);
  }

  /** Undefined where a refusal stands. */
  #delayOf(ask: Ask, plan: Plan, outcome: Outcome): Delay | undefined {
    const delays = delaysIn(plan, ask, this.#judging.planner);
    if (!holdsBack(plan, outcome, delays)) return undefined;
    return delays.find(({ check }) => check === outcome.binding) ?? delays[0];
  }

  /** Where others wait already, it is told at once what would be told it in the end. */
  #joinBehind(view: Leaving, ask: Ask, plan: Plan, delay: Delay): Soon<Delayed> {
    const counter = counterOf(plan, delay.check);
    const ahead = this.#lines.before(counter, delay.order);
    return upon(this.#asking.denied(ask, plan, counter, ahead), (denied) => {
      if (denied instanceof PlanFault || denied.allowed) return denied;
      const waitMs = denied.outcome?.retryAfterMs ?? Infinity;
      const isFull = this.#lines.of(counter) >= mostOf(delay) || this.#size >= MAX_WAITING;
      if (isFull || denied.outcome?.no === 'never') return denied;
      return denied.outcome?.no === 'until' && waitMs > this.#upTo(delay) ? denied : this.#join(view, ask, plan, delay);
    });
  }

  /** `outcome`: it has been asked about, and refused. */
  #join(view: Leaving, ask: Ask, plan: Plan, delay: Delay, outcome?: Outcome): Promise<Delayed> {
    const { check, order } = delay;
    const [counter, costs] = [counterOf(plan, check), plan.costs[check] ?? 0];
    return this.#lines.join(view, { ask, order, costs, counter, upToMs: this.#upTo(delay) }, outcome);
  }

  #upTo({ upToMs }: Delay): number {
    return Math.min(upToMs, this.#maxMs);
  }
}

function mostOf({ queue }: Delay): number {
  return Math.min(queue, MAX_WAITING);
}
