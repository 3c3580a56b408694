import { readsOf, type Action, type LadderStep } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import { isMap } from '../schema/words.ts';
import type { Context } from './context.ts';

/** What tells, and decides nothing. */
const TELLING: ReadonlySet<Action['is']> = new Set(['notify', 'mark']);
const REFUSING: ReadonlySet<Action['is']> = new Set(['deny', 'block', 'delay', 'drop', 'close']);

type Steps = readonly (readonly LadderStep[])[];

/** Tells of steps that never happen, and of a ladder that is not what it seems. */
export function checkLadder(context: Context, steps: Steps, count: LimitInput['count'], path: Path): void {
  checkReached(context, steps, path);
  checkOne(context, steps, path);
  checkReasons(context, steps, path);
  if (isMap(count)) checkDenials(context, steps, path);
  else if (!steps.flat().some(({ action }) => REFUSING.has(action.is)))
    context.problems.warn('WARN_POLICY_SOFT', path, 'no step refuses: this is a soft limit', { value: null });
  if (count === 'attempts') checkAttempts(context, steps, path);
}

/** At one fill the first step that holds decides: what stands after one that always does is never reached. */
function checkReached(context: Context, steps: Steps, path: Path): void {
  const taken = new Set<unknown>();
  for (const [i, actions] of steps.entries()) {
    const deciding = actions.find(({ action }) => !TELLING.has(action.is));
    if (deciding?.at.is !== 'literal') continue;
    const { at, when } = deciding;
    const rule = `an earlier step decides at ${Number(at.value) / 10}% already: this one never does; give it another fill, or that one a "when"`;
    if (taken.has(at.value)) context.problems.error('ERR_POLICY_SHADOWED', [...path, i], rule, { value: null });
    if (when === undefined) taken.add(at.value);
  }
}

/** One step may tell and decide; it decides one thing. */
function checkOne(context: Context, steps: Steps, path: Path): void {
  for (const [i, actions] of steps.entries()) {
    const deciding = actions.filter(({ action }) => !TELLING.has(action.is)).map(({ action }) => action.is);
    if (deciding.length < 2) continue;
    const rule = `decides ${deciding.join(' and ')}; make them steps of their own`;
    context.problems.error('ERR_POLICY_WORD', [...path, i], rule, { value: null });
  }
}

/** Why a request is refused is known once it is: such a step only says with what answer, and another must refuse in any case. */
function checkReasons(context: Context, steps: Steps, path: Path): void {
  for (const [i, step] of steps.entries()) {
    const [first] = step;
    if (first?.when === undefined || !readsReason(first)) continue;
    const follows = steps
      .slice(i + 1)
      .flat()
      .some((other) => other.action.is === 'deny' && !readsReason(other) && isSameFill(first, other));
    const rule = '"reason" chooses among answers: another "deny" must follow at the same fill, for every other reason';
    if (!follows) context.problems.error('ERR_POLICY_WORD', [...path, i, 'when'], rule);
  }
}

function readsReason({ when }: LadderStep): boolean {
  return when !== undefined && readsOf(when).includes('reason');
}

function isSameFill(a: LadderStep, b: LadderStep): boolean {
  return JSON.stringify(a.at) === JSON.stringify(b.at);
}

function checkDenials(context: Context, steps: Steps, path: Path): void {
  for (const [i, actions] of steps.entries()) {
    for (const { action } of actions) {
      if (TELLING.has(action.is) || action.is === 'block') continue;
      const rule = `a limit that counts denials keeps out by "block", or tells by "notify" and "mark"; "${action.is}" has nothing to decide`;
      context.problems.error('ERR_POLICY_WORD', [...path, i], rule, { value: null });
    }
  }
}

/** Each attempt that is counted would bring the next nearer to being let in. */
function checkAttempts(context: Context, steps: Steps, path: Path): void {
  const deciding = steps.flatMap((actions, i) => actions.map((step) => ({ ...step, i })));
  const fills = deciding.filter(({ action, at }) => REFUSING.has(action.is) && at.is === 'literal');
  const lowest = Math.min(...fills.map(({ at }) => (at.is === 'literal' ? Number(at.value) : Infinity)));
  for (const { action, at, i } of deciding) {
    if (TELLING.has(action.is) || REFUSING.has(action.is) || at.is !== 'literal' || Number(at.value) <= lowest)
      continue;
    const rule = `attempts are counted when they are refused: "${action.is}" above a refusal would let in who tries often enough`;
    context.problems.error('ERR_POLICY_WORD', [...path, i], rule, { value: null });
  }
}
