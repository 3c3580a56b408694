import {
  evaluate,
  exactOf,
  type Action,
  type Ask,
  type Plan,
  type PlannedLimit,
  type Planner,
  type Scope,
} from '../../profile/index.ts';
import { WAIT, type Outcome } from '../../core/index.ts';

/** How one limit holds a request back, in figures. */
export interface Delay {
  /** Which check of the plan. */
  readonly check: number;
  readonly upToMs: number;
  /** Most that wait before its counter. */
  readonly queue: number;
  /** The least goes first. */
  readonly order: number;
}

type DelayAction = Extract<Action, { readonly is: 'delay' }>;

/** The limits of a plan that hold back, whether they have to or not. */
export function delaysIn({ limits }: Plan, ask: Ask, planner: Planner): readonly Delay[] {
  let scope: Scope | undefined;
  return limits.flatMap((limit, check) => {
    const action = actionOf(limit);
    return action === undefined ? [] : [delayOf(action, check, (scope ??= planner.scope(ask)))];
  });
}

function actionOf({ ladder }: PlannedLimit): DelayAction | undefined {
  for (const { choices } of ladder?.rungs ?? [])
    for (const { action } of choices) if (action.is === 'delay') return action;
  return undefined;
}

/** What cannot be told holds nobody back. An order that cannot be told is the last. */
function delayOf({ upToMs, queue, order }: DelayAction, check: number, scope: Scope): Delay {
  const place = order === undefined ? 0 : evaluate(order, scope);
  return {
    check,
    upToMs: exactOf(upToMs, scope) ?? 0,
    queue: exactOf(queue, scope) ?? 0,
    order: typeof place === 'number' ? place : Infinity,
  };
}

/** Whether it is by these limits alone that a request is refused, and at a fill at which they hold back. */
export function holdsBack({ limits }: Plan, outcome: Outcome, delays: readonly Delay[]): boolean {
  if (outcome.allowed || outcome.no === 'never') return false;
  return limits.every(({ ladder }, i) => {
    const wait = outcome.waits[i] ?? WAIT.admits;
    if (wait === WAIT.admits || wait === WAIT.shadow) return true;
    const rung = ladder?.rungs[outcome.rungs[i] ?? 0];
    return (
      delays.some(({ check }) => check === i) && rung?.choices.some(({ action }) => action.is === 'delay') === true
    );
  });
}
