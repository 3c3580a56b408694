import type { Clock, Outcome } from '../core/index.ts';
import type { Ask, CompiledPolicy } from '../profile/index.ts';
import { countsAddressesAlone } from './addresses-alone.ts';
import type { Asker } from './ask.ts';
import type { Decided } from './decide.ts';
import type { GuardedStore } from './failing/guarded.ts';
import { Outage } from './failing/outage.ts';
import { standIn } from './failing/stand-in.ts';
import type { Answered, Handled } from './handled.ts';
import { ANYTHING, Passing, type Caller, type PassingOptions } from './passing.ts';
import type { RequestView } from './request.ts';
import type { Refusals } from './respond/refusals.ts';
import type { Soon } from './soon.ts';

/** Callers whose plans are remembered; a full table is emptied rather than sorted. */
const MAX_KNOWN = 4096;

export interface ByAddressOptions extends PassingOptions {
  readonly policy: CompiledPolicy;
  readonly asker: Asker;
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly refusals: Refusals;
  /** Answers what the store was not there for. */
  readonly answer: (view: RequestView, ask: Ask, path: string, decided: Decided) => Soon<Handled>;
}

/**
 * Judges requests of which nothing counts but the address that they come from: what most apps begin with. Everything up to the step
 * is then known of an address once, and most of what comes after it is made only when somebody asks. Undefined for any other policy.
 */
export function createByAddress(options: ByAddressOptions): ((view: RequestView) => Soon<Handled>) | undefined {
  if (!countsAddressesAlone(options.policy)) return undefined;
  const { policy, asker, store, clock, teller, refusals } = options;
  const known = new Map<string, Caller>();
  // Where no proxy is believed, who asks is told by the other end alone, which then need not be read each time.
  const nameOf = policy.address.trust.length === 0 ? (view: RequestView) => view.peer : asker.addresses.of;

  function callerBy(name: string): Caller {
    const subject = { auth: 'anonymous', address: asker.addresses.networkOf(name) };
    const ask = { subject, operation: ANYTHING.operation, request: ANYTHING.request, nowMs: clock.wallMs() };
    const plan = teller.planner.plan(ask);
    const { program, keys, costs } = plan;
    const caller = { ask, plan, step: { op: 'decide', program, keys, costs } } as const;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, caller);
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
      return options.answer(view, { ...ask, nowMs: clock.wallMs() }, ANYTHING.request.path, standIn(store, plan));
    };
  }

  return (view) => {
    const name = nameOf(view);
    const caller = known.get(name) ?? callerBy(name);
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
