import type { Clock, Outcome, Step } from '../core/index.ts';
import type { Ask, CompiledPolicy, Plan, Planner } from '../profile/index.ts';
import type { Asker } from './ask.ts';
import type { Answered, Forward, Handled } from './handled.ts';
import { NOTHING_HELD } from './holds/exchanges.ts';
import { Judged, type JudgedOptions } from './judged.ts';
import type { Fields, RequestView } from './request.ts';
import type { Written } from './respond/answer.ts';
import type { ForwardWriter } from './respond/forward.ts';
import { problem, PROBLEM_TYPE } from './respond/problem.ts';
import type { Refusals } from './respond/refusals.ts';
import type { Teller } from './respond/teller.ts';
import type { Told } from './respond/told.ts';
import type { Decided } from './decide.ts';
import type { GuardedStore } from './failing/guarded.ts';
import { Outage } from './failing/outage.ts';
import { standIn } from './failing/stand-in.ts';
import type { Soon } from './soon.ts';

/** Addresses whose plans are remembered; a full table is emptied rather than sorted. */
const MAX_KNOWN = 4096;

export interface ByAddressOptions {
  readonly policy: CompiledPolicy;
  readonly asker: Asker;
  readonly planner: Planner;
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly teller: Teller;
  readonly forward: ForwardWriter;
  readonly refusals: Refusals;
  readonly keeping: JudgedOptions;
  /** Answers what the store was not there for. */
  readonly answer: (view: RequestView, ask: Ask, path: string, decided: Decided) => Soon<Handled>;
}

/** What is the same for all requests of one address. */
interface Caller {
  readonly ask: Ask;
  readonly plan: Plan;
  readonly step: Step;
}

/**
 * Judges requests of which nothing counts but the address that they come from: what most apps begin with. Everything up to the step
 * is then known of an address once, and most of what comes after it is made only when somebody asks. Undefined for any other policy.
 */
export function createByAddress(options: ByAddressOptions): ((view: RequestView) => Soon<Handled>) | undefined {
  if (!countsAddressesAlone(options.policy)) return undefined;
  const { asker, planner, store, clock, teller, refusals } = options;
  const known = new Map<string, Caller>();

  function callerAt(address: string): Caller {
    const nowMs = clock.wallMs();
    const ask = { subject: { auth: 'anonymous', address }, operation: ANY, request: NO_FACTS, nowMs };
    const plan = planner.plan(ask);
    const { program, keys, costs } = plan;
    const caller = { ask, plan, step: { op: 'decide', program, keys, costs } } as const;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(address, caller);
    return caller;
  }

  function refuse(view: RequestView, { ask, plan }: Caller, outcome: Outcome): Answered {
    const now = { ...ask, nowMs: clock.wallMs() };
    const told = teller.decided(view, now, { plan, outcome, allowed: false, reservationId: undefined, by: store });
    const limit = told.limits[told.reported];
    return refusals.deny(told, now, limit?.answer ?? 'exceeded', limit?.name ?? 'exceeded');
  }

  function answer(view: RequestView, caller: Caller, outcome: Outcome): Handled {
    return outcome.allowed ? new Passing(options, view, caller, outcome) : refuse(view, caller, outcome);
  }

  function answerTo(view: RequestView, caller: Caller): (outcome: Outcome) => Handled {
    return (outcome) => answer(view, caller, outcome);
  }

  /** @throws what is no outage */
  function failedOf(view: RequestView, { ask, plan }: Caller): (error: unknown) => Soon<Handled> {
    return (error) => {
      if (!(error instanceof Outage)) throw error;
      return options.answer(view, { ...ask, nowMs: clock.wallMs() }, NO_FACTS.path, standIn(store, plan));
    };
  }

  return (view) => {
    const address = asker.addresses.of(view);
    const caller = known.get(address) ?? callerAt(address);
    try {
      const outcome = store.apply(caller.step);
      return outcome instanceof Promise
        ? outcome.then(answerTo(view, caller), failedOf(view, caller))
        : answer(view, caller, outcome);
    } catch (error) {
      return failedOf(view, caller)(error);
    }
  };
}

const ANY = { index: -1, name: 'GET /', path: Object.freeze({}) } as const;
const NO_FACTS = { method: 'GET', path: '/', query: {}, headers: {}, bytes: undefined } as const;

/** A request that passes, of which little is asked mostly. */
class Passing implements Forward {
  readonly kind = 'forward';
  readonly #options: ByAddressOptions;
  readonly #view: RequestView;
  readonly #caller: Caller;
  readonly #outcome: Outcome;
  #judged: Judged | undefined;

  constructor(options: ByAddressOptions, view: RequestView, caller: Caller, outcome: Outcome) {
    this.#options = options;
    this.#view = view;
    this.#caller = caller;
    this.#outcome = outcome;
  }

  get operation(): string {
    return this.#caller.ask.operation.name;
  }

  get target(): string {
    return NO_FACTS.path;
  }

  get judged(): Judged {
    return (this.#judged ??= new Judged(this.#caller.ask, this.#decided(), this.#told(), this.#options.keeping));
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
    const { forward, teller } = this.#options;
    const { ask, plan } = this.#caller;
    const told = this.#judged?.told ?? teller.passing(this.#view, ask, plan, this.#outcome);
    return forward.settle([], told, status, upstream);
  }

  answer(status: number, detail: string): Written {
    const fields = this.#options.forward.settle(['Content-Type', PROBLEM_TYPE], this.judged.told, status);
    return { status, fields, body: problem(status, detail) };
  }

  end(): void {
    // Nothing is held.
  }

  #decided(): Parameters<Teller['decided']>[2] {
    return {
      plan: this.#caller.plan,
      outcome: this.#outcome,
      allowed: true,
      reservationId: undefined,
      by: this.#options.store,
    };
  }

  #told(): Told {
    const { teller, clock } = this.#options;
    return teller.decided(this.#view, { ...this.#caller.ask, nowMs: clock.wallMs() }, this.#decided());
  }
}

/** Whether every limit is a plain rate on an address, or on all, and nothing else in the policy looks at a request. */
function countsAddressesAlone(policy: CompiledPolicy): boolean {
  const { identify, anonymous, unidentified, derive, operations, require, limits, overrides, endpoints } = policy;
  if (identify.length > 0 || !anonymous || unidentified.is !== 'unlimited') return false;
  if ([derive, operations, require, overrides, endpoints, policy.respond.merge].some((list) => list.length > 0))
    return false;
  return limits.every(isPlain);
}

function isPlain({
  kind,
  amount,
  burst,
  per,
  operations,
  when,
  hold,
  replaces,
  cost,
  ladder,
}: CompiledPolicy['limits'][number]): boolean {
  if (ladder !== undefined) return false;
  if (kind !== 'rate' || operations !== undefined || when !== undefined || hold !== undefined) return false;
  if (amount.is !== 'amount' || typeof amount.amount.units !== 'number' || replaces.length > 0) return false;
  if (cost.is !== 'literal' || (burst !== undefined && burst.is !== 'literal') || per.is !== 'parts') return false;
  return per.parts.every((part) => part.is === 'global' || (part.is === 'attribute' && part.path === 'address'));
}
