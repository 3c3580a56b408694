import type { Clock, Outcome, Step } from '../core/index.ts';
import type { Ask, Plan, PlannedLimit, Scope } from '../profile/index.ts';
import type { GuardedStore } from './failing/guarded.ts';
import type { Forward } from './handled.ts';
import { NOTHING_HELD } from './holds/exchange.ts';
import { Judged, type JudgedOptions } from './judged.ts';
import type { Fields, RequestView } from './request.ts';
import type { Written } from './respond/answer.ts';
import type { ForwardWriter } from './respond/forward.ts';
import { problem, PROBLEM_TYPE } from './respond/problem.ts';
import { bucketOf, called, UNMARKED, type Teller } from './respond/teller.ts';
import type { Roots, Told } from './respond/told.ts';

/** What is known of a request of which nobody looks at what it asks. */
export const ANYTHING: Pick<Ask, 'operation' | 'request'> = {
  operation: { index: -1, name: 'GET /', path: {} },
  request: { method: 'GET', path: '/', query: {}, headers: {}, bytes: undefined },
};

/** What is the same for all requests of one address. */
export interface Caller {
  readonly ask: Ask;
  readonly plan: Plan;
  readonly step: Step;
}

export interface PassingOptions {
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly teller: Teller;
  readonly forward: ForwardWriter;
  readonly keeping: JudgedOptions;
}

/**
 * A request that passes where only who asks counts, and what is told of it, in one: of most nothing else is ever asked. The rest is made when
 * somebody asks for it. Not to be copied.
 */
export class Passing implements Forward, Told {
  readonly request: RequestView;
  readonly outcome: Outcome;
  readonly #options: PassingOptions;
  readonly #caller: Caller;
  #judged: Judged | undefined;

  constructor(options: PassingOptions, request: RequestView, caller: Caller, outcome: Outcome) {
    this.request = request;
    this.outcome = outcome;
    this.#options = options;
    this.#caller = caller;
  }

  get kind(): 'forward' {
    return 'forward';
  }

  get operation(): string {
    return this.#caller.ask.operation.name;
  }

  get target(): string {
    return ANYTHING.request.path;
  }

  get judged(): Judged {
    return (this.#judged ??= this.#judge());
  }

  get rewrite(): undefined {
    return undefined;
  }

  get reads(): undefined {
    return undefined;
  }

  get inspection(): undefined {
    return undefined;
  }

  get hands(): Fields {
    return NOTHING_HELD.hands;
  }

  settle(status: number, upstream?: Fields): string[] {
    return this.#options.forward.settle([], this.#judged?.told ?? this, status, upstream);
  }

  answer(status: number, detail: string): Written {
    const fields = this.#options.forward.settle(['Content-Type', PROBLEM_TYPE], this.judged.told, status);
    return { status, fields, body: problem(status, detail) };
  }

  end(): void {
    // Nothing is held.
  }

  get limits(): readonly PlannedLimit[] {
    return called(this.#caller.plan.limits, this.request);
  }

  get costs(): readonly number[] {
    return this.#caller.plan.costs;
  }

  get wallAtMs(): number {
    return this.#options.teller.wallAt(this.outcome.nowMs);
  }

  get denied(): boolean {
    return false;
  }

  get reported(): number {
    return -1;
  }

  get marks(): readonly string[] {
    return UNMARKED;
  }

  get unidentified(): boolean {
    return false;
  }

  get hash(): Told['hash'] {
    return this.#options.teller.hash;
  }

  bucket(index: number): string | undefined {
    return bucketOf(this.#caller.plan, index, this.hash);
  }

  scope(roots: Roots): Scope {
    return this.#options.teller.planner.scope(this.#caller.ask, roots);
  }

  #judge(): Judged {
    const { teller, store, clock, keeping } = this.#options;
    const { ask, plan } = this.#caller;
    const decided = { plan, outcome: this.outcome, allowed: true, reservationId: undefined, by: store };
    return new Judged(ask, decided, teller.decided(this.request, { ...ask, nowMs: clock.wallMs() }, decided), keeping);
  }
}
