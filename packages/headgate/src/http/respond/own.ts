import type { Clock, SyncStore } from '../../core/index.ts';
import { evaluate, type Ask, type CompiledPolicy, type Planner } from '../../profile/index.ts';
import type { Asked } from '../ask.ts';
import { look } from '../decide.ts';
import type { Handled } from '../handled.ts';
import type { RequestView } from '../request.ts';
import type { ForwardWriter } from './forward.ts';
import { rewriteFor } from './merge.ts';
import { createOwnState } from './own-state.ts';
import type { Refusals } from './refusals.ts';
import type { Teller } from './teller.ts';
import type { Told } from './told.ts';

export interface OwnOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly store: SyncStore;
  readonly clock: Clock;
  readonly teller: Teller;
  readonly standing: (view: RequestView, ask: Ask, denied: boolean) => Told;
  readonly forward: ForwardWriter;
  readonly refusals: Refusals;
}

type Own = Extract<Asked, { is: 'own' }>;

/** A state is true of one caller at one moment (RFC 9111 5.2.2.5). */
const HEAD = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];

/** Answers callers who read their own state: held to what must hold of every request, and charged nothing. */
export function createOwn(options: OwnOptions): (view: RequestView, own: Own) => Handled {
  const { policy, planner, store, clock, teller, standing, forward, refusals } = options;
  const stateOf = createOwnState({
    policy,
    look: (ask) => look(planner, store, ask, clock),
    tell: (ask, found) => teller.standing({ id: '' }, ask, found, false),
  });

  return (view, { ask, target, endpoint }) => {
    const scope = planner.scope(ask);
    const broken = policy.require.find(({ that }) => evaluate(that, scope) !== true);
    if (broken !== undefined) return refusals.deny(standing(view, ask, true), ask, broken.answer, broken.answer);
    const told = { ...standing(view, ask, false), operation: endpoint.name };
    const limits = stateOf(ask);
    const { merge: at } = endpoint;
    if (at !== undefined)
      return forward.pass(
        { told },
        target,
        rewriteFor(() => [{ at, value: JSON.stringify(limits) }]),
      );
    const fields = forward.settle([...HEAD], told, 200);
    return { kind: 'answer', status: 200, fields, body: JSON.stringify({ limits }), denial: undefined };
  };
}
