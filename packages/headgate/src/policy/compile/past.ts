import type { Action, LadderStep, LimitKind } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import { isStep, type StepInput } from '../schema/past.ts';
import type { AnswerInput } from '../schema/respond.ts';
import { isMap } from '../schema/words.ts';
import { answerName, ownAnswer, type WrittenAnswer } from './answers.ts';
import type { Channels } from './channels.ts';
import type { Context } from './context.ts';
import { compileFill } from './fill.ts';
import { listOf } from './lists.ts';

type Past = LimitInput['past'];
type Steps = readonly { readonly item: StepInput; readonly path: Path }[];

/** What happens past a limit, and on the way there. */
export interface CompiledPast {
  readonly answer: string;
  /** Undefined where all that happens is a denial of what would pass 100 %. */
  readonly ladder: readonly LadderStep[] | undefined;
}

export function compilePast(
  context: Context,
  name: string,
  given: Past,
  kind: LimitKind,
  channels: Channels,
  path: Path,
): CompiledPast {
  const steps = stepsOf(given, path);
  if (steps === undefined) return { answer: answerOf(context, name, given, path), ladder: undefined };
  const compiled = steps.map((step) => compileStep(context, name, step, channels));
  const ladder = compiled.flat();
  checkReached(context, compiled, path);
  for (const { item, path: at } of steps) checkBuilt(context, item, kind, at);
  const denial = ladder.find(({ action }) => action.is === 'deny')?.action;
  return { answer: denial?.is === 'deny' ? denial.answer : 'exceeded', ladder };
}

function answerOf(context: Context, name: string, given: unknown, path: Path): string {
  return given === undefined ? 'exceeded' : answerName(context, 'limits', name, given, path);
}

/** Undefined where it is an answer. */
function stepsOf(given: Past, path: Path): Steps | undefined {
  const isSteps = Array.isArray(given) || (isMap(given) && isStep(given));
  // The schema has checked which of the two it is, by the same words.
  return isSteps ? listOf(given as StepInput | readonly StepInput[], path) : undefined;
}

/** What tells, and decides nothing. */
const TELLING: ReadonlySet<Action['is']> = new Set(['notify', 'mark']);

/** At one fill the first step that holds decides: what stands after one that always does is never reached. */
function checkReached(context: Context, steps: readonly (readonly LadderStep[])[], path: Path): void {
  const taken = new Set<unknown>();
  for (const [i, actions] of steps.entries()) {
    for (const { at, when, action } of actions) {
      if (TELLING.has(action.is) || at.is !== 'literal') continue;
      const rule = `an earlier step decides at ${Number(at.value) / 10}% already: this one never does; give it another fill, or that one a "when"`;
      if (taken.has(at.value)) context.problems.error('ERR_POLICY_SHADOWED', [...path, i], rule, { value: null });
      if (when === undefined) taken.add(at.value);
    }
  }
}

/** A step that does two things is two steps. */
function compileStep(
  context: Context,
  name: string,
  { item, path }: Steps[number],
  channels: Channels,
): readonly LadderStep[] {
  const actions = actionsOf(context, name, item, channels, path);
  if (actions.length === 0)
    context.problems.error('ERR_POLICY_MISSING', path, 'expected what happens, such as "deny" or "notify"', {
      value: null,
    });
  const at = compileFill(context, item.at, [...path, 'at']);
  return actions.map((action) => ({ at, action }));
}

function actionsOf(
  context: Context,
  name: string,
  { deny, notify }: StepInput,
  channels: Channels,
  path: Path,
): readonly Action[] {
  return [
    ...(deny === undefined ? [] : [denyOf(context, name, deny, [...path, 'deny'])]),
    ...(notify === undefined ? [] : [notifyOf(context, notify, channels, [...path, 'notify'])]),
  ];
}

function denyOf(context: Context, name: string, given: unknown, path: Path): Action {
  return { is: 'deny', answer: typeof given === 'string' ? answerOf(context, name, given, path) : placedAnswer(path) };
}

function notifyOf(context: Context, given: NonNullable<StepInput['notify']>, channels: Channels, path: Path): Action {
  const known = listOf<string>(given, path).filter(({ item, path: here }) =>
    context.isKnown('channel', item, context.names.channels, here),
  );
  return { is: 'notify', channels: known.flatMap(({ item }) => channels.get(item) ?? []) };
}

/** Told until the engine does more. */
function checkBuilt(context: Context, step: StepInput, kind: LimitKind, path: Path): void {
  const say = (word: 'at' | 'notify', rule: string): void =>
    context.problems.error('ERR_POLICY_NOT_BUILT', [...path, word], rule, { value: null });
  if (step.deny !== undefined && step.at !== undefined && step.at.trim() !== '100%')
    say('at', 'a refusal at another fill than 100% is part of the language, but not built yet');
  if (step.notify !== undefined && kind !== 'quota')
    say('notify', 'telling of anything but a quota is part of the language, but not built yet');
}

/** The name of an answer that is written where it is used: the place it stands at, which no other name has. */
function placedAnswer(path: Path): string {
  return ownAnswer('limits', path.slice(1).join('.'));
}

/** The answers that a limit's steps are written with, or its denial. */
export function pastAnswers(name: string, given: Past): readonly WrittenAnswer[] {
  const path = ['limits', name, 'past'];
  const steps = stepsOf(given, path);
  if (steps === undefined)
    return isMap(given) ? [{ name: ownAnswer('limits', name), given: given as AnswerInput, path }] : [];
  return steps.flatMap(({ item, path: at }) => {
    const here = [...at, 'deny'];
    return isMap(item.deny) ? [{ name: placedAnswer(here), given: item.deny, path: here }] : [];
  });
}
