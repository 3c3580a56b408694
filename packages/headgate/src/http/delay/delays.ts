import type { Outcome } from '../../core/index.ts';
import { PlanFault, type Ask, type CompiledPolicy, type Plan } from '../../profile/index.ts';
import { seenBy, type Decided, type Looking } from '../decide.ts';
import { unlessDown } from '../failing/outage.ts';
import type { RequestView } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import { Line } from './line.ts';
import { delaysIn, holdsBack, type Delay } from './step.ts';
import type { Timers } from './timers.ts';
import { denialBehind } from './told.ts';

/** How a request that was held back is to go on. */
export type Delayed = Decided | PlanFault | 'left';

/** A request that waits until it is let in. */
interface Waiter {
  readonly ask: Ask;
  readonly order: number;
  readonly costs: number;
  /** The line that it stands in. */
  readonly counter: string;
  /** Monotonic. */
  readonly cameAtMs: number;
  readonly untilAtMs: number;
  /** Whether it is to be asked about, and is. */
  isCalled: boolean;
  isAsking: boolean;
  /** Take back whatever would call it next. */
  cancels: (() => void)[];
  readonly settle: (with_: Delayed) => void;
  readonly fail: (error: unknown) => void;
}

export interface DelaysOptions {
  readonly policy: CompiledPolicy;
  readonly judging: Looking;
  readonly timers: Timers;
  /** Nobody is held back for longer, whatever the policy says. */
  readonly maxMs: number;
  readonly attempt: (ask: Ask) => Soon<Decided | PlanFault>;
  /** Gives back what was charged to somebody who has left. */
  readonly giveBack: (ask: Ask, decided: Decided) => Soon<unknown>;
}

/** Who may leave while he waits. */
type Leaving = Pick<RequestView, 'onGone'>;
const STAYS: Leaving = {};

/** Requests that are held back at once, over all counters: what comes beyond is refused. */
const MAX_WAITING = 100_000;
const HINT_MS = 1000;

/** Undefined for a policy that holds nobody back. */
export function delaysOf(options: DelaysOptions): Delays | undefined {
  const holds = options.policy.limits.some(({ ladder }) => ladder?.some(({ action }) => action.is === 'delay'));
  return holds ? new Delays(options) : undefined;
}

/**
 * Holds requests back instead of refusing them. A bucket books the instant of each in the decision itself: it has been let in, and waits for
 * its time, and whoever comes later finds it before him. Before any other counter stands a line: only its head is asked about, at the
 * exact instant at which it would be let in, so that nobody polls, and nobody overtakes.
 */
export class Delays {
  readonly #options: DelaysOptions;
  readonly #lines: Map<string, Line<Waiter>> = new Map();
  /** Who has been let in, and waits for an instant: how many for each counter. */
  readonly #booked: Map<string, number> = new Map();
  #size = 0;

  constructor(options: DelaysOptions) {
    this.#options = options;
  }

  /** Asks about a request, which may have to wait. */
  attempt(view: Leaving, ask: Ask): Soon<Delayed> {
    if (this.#size === 0) return this.#ask(view, ask);
    try {
      return upon(this.#planOf(ask), (plan) => this.#attemptAs(view, ask, plan));
    } catch (error) {
      // It is asked about all the same, and fails as it would.
      if (error instanceof PlanFault) return this.#ask(view, ask);
      throw error;
    }
  }

  #planOf(ask: Ask): Soon<Plan> {
    const { judging } = this.#options;
    const { planner } = judging;
    return planner.rounds > 0 ? upon(seenBy(judging, ask), (seen) => planner.plan(seen)) : planner.plan(ask);
  }

  #attemptAs(view: Leaving, ask: Ask, plan: Plan): Soon<Delayed> {
    const delays = delaysIn(plan, ask, this.#options.judging.planner);
    const before = delays.find(({ check }) => (this.#lines.get(counterOf(plan, check))?.size ?? 0) > 0);
    if (before !== undefined) return this.#joinBehind(view, ask, plan, before);
    const full = delays.find((one) => (this.#booked.get(counterOf(plan, one.check)) ?? 0) >= this.#most(one));
    return full === undefined ? this.#ask(view, ask) : this.#denied(ask, plan, counterOf(plan, full.check), []);
  }

  /** The same for what cannot leave: a message, whose connection waits with it. */
  wait(ask: Ask): Soon<Decided | PlanFault> {
    // Nobody tells of its leaving, so it does not.
    return this.attempt(STAYS, ask) as Soon<Decided | PlanFault>;
  }

  /** Something was given back: whoever waits for that may be let in. */
  wake(): void {
    for (const line of this.#lines.values()) this.#callHead(line);
  }

  #ask(view: Leaving, ask: Ask): Soon<Delayed> {
    return upon(this.#options.attempt(ask), (decided) => this.#take(view, ask, decided));
  }

  #take(view: Leaving, ask: Ask, decided: Decided | PlanFault): Soon<Delayed> {
    if (decided instanceof PlanFault || decided.outcome === undefined || decided.plan.refused !== undefined)
      return decided;
    const { plan, outcome } = decided;
    if (decided.allowed) return outcome.delayMs === 0 ? decided : this.#await(view, ask, decided, outcome);
    const delays = delaysIn(plan, ask, this.#options.judging.planner);
    if (!holdsBack(plan, outcome, delays)) return decided;
    const delay = delays.find(({ check }) => check === outcome.binding) ?? delays[0];
    if (delay === undefined || outcome.retryAfterMs > this.#upTo(delay) || this.#size >= MAX_WAITING) return decided;
    // While it was asked about, others may have begun to wait.
    if (this.#lines.has(counterOf(plan, delay.check))) return this.#joinBehind(view, ask, plan, delay);
    if (this.#most(delay) < 1) return decided;
    return this.#join(view, ask, plan, delay, decided);
  }

  /** It has been let in, at an instant that has not come. */
  #await(view: Leaving, ask: Ask, decided: Decided, { delayMs, delays: waits }: Outcome): Promise<Delayed> {
    const counters = waits.flatMap((wait, i) => (wait > 0 ? counterOf(decided.plan, i) : []));
    for (const counter of counters) this.#book(counter, 1);
    this.#size++;
    return new Promise((resolve, reject) => {
      const end = (with_: Delayed): void => {
        for (const cancel of cancels) cancel();
        for (const counter of counters) this.#book(counter, -1);
        this.#size--;
        resolve(with_);
      };
      const left = (): void => {
        end('left');
        const back = this.#options.giveBack(ask, decided);
        if (back instanceof Promise) void back.catch(reject);
      };
      const later = (): void => end({ ...decided, delayedMs: delayMs });
      const cancels = [this.#options.timers.after(delayMs, later), view.onGone?.(left) ?? nothing];
    });
  }

  #book(counter: string, by: 1 | -1): void {
    const now = (this.#booked.get(counter) ?? 0) + by;
    if (now === 0) this.#booked.delete(counter);
    else this.#booked.set(counter, now);
  }

  /** Where others wait already, it is told at once what would be told it in the end. */
  #joinBehind(view: Leaving, ask: Ask, plan: Plan, delay: Delay): Soon<Delayed> {
    const counter = counterOf(plan, delay.check);
    const line = this.#lines.get(counter);
    if (line === undefined) return this.#ask(view, ask);
    const ahead = costsOf(line.before({ order: delay.order } as Waiter)); // nothing but its order is looked at
    return upon(this.#denied(ask, plan, counter, ahead), (denied) => {
      if (denied instanceof PlanFault || denied.allowed) return denied;
      const waitMs = denied.outcome?.retryAfterMs ?? Infinity;
      const isFull = line.size >= this.#most(delay) || this.#size >= MAX_WAITING;
      if (isFull || denied.outcome?.no === 'never') return denied;
      return denied.outcome?.no === 'until' && waitMs > this.#upTo(delay) ? denied : this.#join(view, ask, plan, delay);
    });
  }

  /** Stands in line. `decided`: it has been asked about, and refused. */
  #join(view: Leaving, ask: Ask, plan: Plan, delay: Delay, decided?: Decided): Soon<Delayed> {
    const counter = counterOf(plan, delay.check);
    const line = this.#lines.get(counter) ?? new Line<Waiter>();
    const nowMs = this.#options.judging.clock.monotonicMs();
    this.#lines.set(counter, line);
    this.#size++;
    return new Promise((settle, fail) => {
      const waiter: Waiter = {
        ask,
        order: delay.order,
        costs: plan.costs[delay.check] ?? 0,
        counter,
        cameAtMs: nowMs,
        untilAtMs: nowMs + this.#upTo(delay),
        isCalled: false,
        isAsking: false,
        cancels: [],
        settle,
        fail,
      };
      const { head } = line;
      line.join(waiter);
      const gone = view.onGone?.(() => this.#left(waiter)) ?? nothing;
      waiter.cancels.push(
        gone,
        this.#options.timers.after(this.#upTo(delay), () => this.#expire(waiter)),
      );
      if (line.head !== waiter) return;
      if (head !== undefined) this.#hush(head);
      this.#callIn(waiter, decided?.outcome);
    });
  }

  /** Asks about the head of a line when it would be let in. */
  #callIn(waiter: Waiter, outcome: Outcome | undefined): void {
    const waitMs =
      outcome === undefined ? 0 : outcome.no === 'freed' ? outcome.retryAfterMs || HINT_MS : outcome.retryAfterMs;
    if (waitMs === 0) return this.#call(waiter);
    waiter.cancels.push(this.#options.timers.after(waitMs, () => this.#call(waiter)));
  }

  #callHead(line: Line<Waiter>): void {
    if (line.head === undefined) return;
    this.#hush(line.head);
    this.#call(line.head);
  }

  /** Whatever was to call it is taken back, but for its leaving and the end of its patience. */
  #hush(waiter: Waiter): void {
    for (const cancel of waiter.cancels.splice(2)) cancel();
  }

  /** Asks about one that is first. One question at a time: two answers could both let it in. */
  #call(waiter: Waiter): void {
    if (this.#lines.get(waiter.counter)?.head !== waiter) return;
    waiter.isCalled = true;
    if (!waiter.isAsking) void this.#askUntilHeard(waiter);
  }

  async #askUntilHeard(waiter: Waiter): Promise<void> {
    waiter.isAsking = true;
    try {
      let said: Decided | PlanFault | undefined;
      while (waiter.isCalled) {
        waiter.isCalled = false;
        said = await this.#asked(waiter); // oxlint-disable-line no-await-in-loop -- something came back meanwhile
        if (said instanceof PlanFault || said.allowed) break;
      }
      if (said !== undefined) this.#called(waiter, said);
    } catch (error) {
      this.#fail(waiter, error);
    } finally {
      waiter.isAsking = false;
    }
  }

  /** Looks first, so that being asked again is no attempt. */
  async #asked(waiter: Waiter): Promise<Decided | PlanFault> {
    const { attempt, judging } = this.#options;
    const { store, clock } = judging;
    const ask = { ...waiter.ask, nowMs: clock.wallMs() };
    const plan = await this.#planOf(ask);
    const { program, keys, costs } = plan;
    const outcome = await unlessDown<Outcome | undefined>(
      () => store.apply({ op: 'peek', program, keys, costs }),
      () => undefined,
    );
    if (outcome === undefined || outcome.allowed || outcome.status !== 'ok' || plan.refused !== undefined)
      return attempt(ask);
    return { plan, outcome, allowed: false, reservationId: undefined, by: store };
  }

  #called(waiter: Waiter, decided: Decided | PlanFault): void {
    const nowMs = this.#options.judging.clock.monotonicMs();
    if (decided instanceof PlanFault || decided.allowed || decided.outcome === undefined)
      return this.#end(waiter, decided);
    const { no, retryAfterMs } = decided.outcome;
    if (no === 'never' || (no === 'until' && nowMs + retryAfterMs > waiter.untilAtMs))
      return this.#end(waiter, decided);
    this.#callIn(waiter, decided.outcome);
  }

  /** It has waited as long as it may. Nobody overtakes: who is not first is refused, and told how long it would be yet. */
  #expire(waiter: Waiter): void {
    const { judging, attempt } = this.#options;
    const line = this.#lines.get(waiter.counter);
    if (line === undefined) return;
    const ask = { ...waiter.ask, nowMs: judging.clock.wallMs() };
    const isFirst = line.head === waiter;
    const before = costsOf(line.before(waiter).filter((one) => one !== waiter));
    void this.#settleBy(waiter, () =>
      isFirst ? attempt(ask) : upon(this.#planOf(ask), (plan) => this.#denied(ask, plan, waiter.counter, before)),
    );
  }

  async #settleBy(waiter: Waiter, work: () => Soon<Decided | PlanFault>): Promise<void> {
    try {
      this.#end(waiter, await work());
    } catch (error) {
      this.#fail(waiter, error);
    }
  }

  #end(waiter: Waiter, delayed: Exclude<Delayed, 'left'>): void {
    if (!this.#leave(waiter)) return this.#tooLate(waiter, delayed);
    const delayedMs = this.#options.judging.clock.monotonicMs() - waiter.cameAtMs;
    waiter.settle(delayed instanceof PlanFault ? delayed : { ...delayed, delayedMs });
  }

  /** It was let in, and had left meanwhile. */
  #tooLate({ ask, fail }: Waiter, delayed: Exclude<Delayed, 'left'>): void {
    if (delayed instanceof PlanFault || !delayed.allowed) return;
    const back = this.#options.giveBack(ask, delayed);
    if (back instanceof Promise) void back.catch(fail);
  }

  #fail(waiter: Waiter, error: unknown): void {
    if (this.#leave(waiter)) waiter.fail(error);
  }

  #left(waiter: Waiter): void {
    if (this.#leave(waiter)) waiter.settle('left');
  }

  /** Its place is free at once: whoever is first now is asked about. False when it does not stand there any more. */
  #leave(waiter: Waiter): boolean {
    for (const cancel of waiter.cancels.splice(0)) cancel();
    const line = this.#lines.get(waiter.counter);
    const wasHead = line?.head === waiter;
    if (line?.leave(waiter) !== true) return false;
    this.#size--;
    if (line.size === 0) this.#lines.delete(waiter.counter);
    else if (wasHead) this.#callHead(line);
    return true;
  }

  /** A denial that tells how long it would be, behind those that wait already. Nothing is charged. */
  #denied(ask: Ask, plan: Plan, counter: string, before: readonly number[]): Soon<Decided | PlanFault> {
    const { attempt, judging } = this.#options;
    const check = plan.program.checks.findIndex((_, i) => counterOf(plan, i) === counter);
    return unlessDown<Decided | PlanFault>(
      () => denialBehind(judging.store, plan, check, before),
      () => attempt(ask),
    );
  }

  #upTo({ upToMs }: Delay): number {
    return Math.min(upToMs, this.#options.maxMs);
  }

  #most({ queue }: Delay): number {
    return Math.min(queue, MAX_WAITING);
  }
}

function costsOf(waiters: readonly Waiter[]): readonly number[] {
  return waiters.map(({ costs }) => costs);
}

function counterOf({ program, keys }: Plan, check: number): string {
  const one = program.checks[check];
  return `${one?.limitId} ${one?.slot} ${keys[one?.record ?? -1] ?? ''}`;
}

function nothing(): void {
  // Nobody tells when this caller leaves.
}
