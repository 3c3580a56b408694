import type { Ask, CompiledPolicy, Plan, PlanFault } from '../../profile/index.ts';
import { seenBy, type Decided, type Looking } from '../decide.ts';
import { unlessDown } from '../failing/outage.ts';
import type { RequestView } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import type { Timers } from './timers.ts';
import { denialBehind } from './told.ts';

/** How a request that was held back is to go on. */
export type Delayed = Decided | PlanFault | 'left';

/** Who may leave while he waits. */
export type Leaving = Pick<RequestView, 'onGone'>;

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

/** What those who hold requests back ask of a gate. */
export class Asking {
  readonly timers: Timers;
  readonly attempt: DelaysOptions['attempt'];
  readonly #options: DelaysOptions;

  constructor(options: DelaysOptions) {
    this.#options = options;
    this.timers = options.timers;
    this.attempt = options.attempt;
  }

  monotonicMs(): number {
    return this.#options.judging.clock.monotonicMs();
  }

  /** The same question, asked now. */
  again(ask: Ask): Ask {
    return { ...ask, nowMs: this.#options.judging.clock.wallMs() };
  }

  planOf(ask: Ask): Soon<Plan> {
    const { judging } = this.#options;
    const { planner } = judging;
    return planner.rounds > 0 ? upon(seenBy(judging, ask), (seen) => planner.plan(seen)) : planner.plan(ask);
  }

  /** Looks first, so that being asked again is no attempt. */
  async look(earlier: Ask): Promise<Decided | PlanFault> {
    const { store } = this.#options.judging;
    const ask = this.again(earlier);
    const plan = await this.planOf(ask);
    const { program, keys, costs } = plan;
    const outcome = await unlessDown(
      () => store.apply({ op: 'peek', program, keys, costs }),
      () => undefined,
    );
    if (outcome === undefined || outcome.allowed || outcome.status !== 'ok' || plan.refused !== undefined)
      return this.attempt(ask);
    return { plan, outcome, allowed: false, reservationId: undefined, by: store };
  }

  /** A denial that tells how long it would be, behind those that wait already. Nothing is charged. */
  denied(ask: Ask, plan: Plan, counter: string, before: readonly number[]): Soon<Decided | PlanFault> {
    const check = plan.program.checks.findIndex((_, i) => counterOf(plan, i) === counter);
    return unlessDown<Decided | PlanFault>(
      () => denialBehind(this.#options.judging.store, plan, check, before),
      () => this.attempt(ask),
    );
  }

  /** It had been let in, and has left. */
  giveBack(ask: Ask, decided: Decided, fail: (error: unknown) => void): void {
    const back = this.#options.giveBack(ask, decided);
    if (back instanceof Promise) void back.catch(fail);
  }
}

/** Names a counter that requests wait before. */
export function counterOf({ program, keys }: Plan, check: number): string {
  const one = program.checks[check];
  return `${one?.limitId} ${one?.slot} ${keys[one?.record ?? -1] ?? ''}`;
}

/** Calls when this caller leaves. Gives what takes that back. */
export function onGone(view: Leaving, left: () => void): () => void {
  return view.onGone?.(left) ?? nothing;
}

function nothing(): void {
  // Nobody tells when this caller leaves.
}
