import { evaluate, type CompiledPolicy } from '../../profile/index.ts';
import type { Asked } from '../ask.ts';
import { look, type Judging } from '../decide.ts';
import type { Handled } from '../handled.ts';
import type { RequestView } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import type { ForwardWriter } from './forward.ts';
import { rewriteFor } from './merge.ts';
import { createOwnState, type OwnLimit } from './own-state.ts';
import type { Refusals } from './refusals.ts';
import type { Standing } from './standing.ts';
import type { Teller } from './teller.ts';
import type { Told } from './told.ts';

export interface OwnOptions {
  readonly policy: CompiledPolicy;
  readonly judging: Judging;
  readonly teller: Teller;
  readonly standing: Standing;
  readonly forward: ForwardWriter;
  readonly refusals: Refusals;
}

type Own = Extract<Asked, { is: 'own' }>;

/** A state is true of one caller at one moment (RFC 9111 5.2.2.5). */
const HEAD = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];

/** Answers callers who read their own state: held to what must hold of every request, and charged nothing. */
export function createOwn(options: OwnOptions): (view: RequestView, own: Own) => Soon<Handled> {
  const { policy, judging, teller, standing, forward, refusals } = options;
  const stateOf = createOwnState({
    policy,
    look: (ask) => look(judging, ask),
    tell: (ask, found) => teller.standing({ id: '' }, ask, found, false),
  });

  return (view, own) => {
    const { ask } = own;
    const scope = judging.planner.scope(ask);
    const broken = policy.require.find(({ that }) => evaluate(that, scope) !== true);
    const told = standing(view, ask, broken !== undefined);
    return upon(told, (now) =>
      broken === undefined
        ? upon(stateOf(ask), (limits) =>
            limits === undefined ? refusals.undecided(now, ask) : answer(own, now, limits),
          )
        : refusals.deny(now, ask, broken.answer, broken.answer),
    );
  };

  function answer({ target, endpoint }: Own, standings: Told, limits: readonly OwnLimit[]): Handled {
    const told = { ...standings, operation: endpoint.name };
    const { merge: at } = endpoint;
    if (at !== undefined)
      return forward.pass(
        { told },
        target,
        rewriteFor(() => [{ at, value: JSON.stringify(limits) }]),
      );
    const fields = forward.settle([...HEAD], told, 200);
    return { kind: 'answer', status: 200, fields, body: JSON.stringify({ limits }), denial: undefined };
  }
}
