import type { Action, LadderStep } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import { isStep, type StepInput } from '../schema/past.ts';
import type { AnswerInput } from '../schema/respond.ts';
import { isMap } from '../schema/words.ts';
import { actionsOf, waiting, type StepScope } from './actions.ts';
import { answerName, ownAnswer, placedAnswer, type WrittenAnswer } from './answers.ts';
import type { Channels } from './channels.ts';
import { checkLadder } from './check-ladder.ts';
import type { Context } from './context.ts';
import { compileFill, WHOLE } from './fill.ts';
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
  given: LimitInput,
  channels: Channels,
  path: Path,
): CompiledPast {
  const scope: StepScope = {
    context,
    name,
    channels,
    count: given.count,
    algorithm: given.algorithm,
    isSize: given.size !== undefined,
  };
  const steps = stepsOf(given.past, path);
  if (steps === undefined) return denial(scope, given.past, path);
  const compiled = steps.map((step, i) => compileStep(scope, step, ordinalOf(steps, i, given.count)));
  checkLadder(context, compiled, given.count, path);
  const ladder = compiled.flat();
  return { answer: ladder.flatMap(({ action }) => answerIn(action) ?? [])[0] ?? 'exceeded', ladder };
}

/** Blocks are told apart by their place among the blocks of their limit: a step that is added before one changes nothing. */
function ordinalOf(steps: Steps, i: number, count: LimitInput['count']): number {
  const isBlock = ({ item }: Steps[number]): boolean =>
    item.block !== undefined || (item.deny !== undefined && isMap(count));
  return steps.slice(0, i).filter(isBlock).length;
}

/** An answer alone: deny with it, at 100 %. What counts denials keeps out whoever is denied too often, for as long as it would refuse. */
function denial({ context, name, count }: StepScope, given: unknown, path: Path): CompiledPast {
  const answer = given === undefined ? 'exceeded' : answerName(context, 'limits', name, given, path);
  if (!isMap(count)) return { answer, ladder: undefined };
  return { answer, ladder: [{ at: WHOLE, action: { is: 'block', block: waiting(answer, 0) } }] };
}

function answerIn(action: Action): string | undefined {
  if (action.is === 'deny' || action.is === 'close') return action.answer;
  return action.is === 'block' ? action.block.answer : undefined;
}

/** Undefined where it is an answer. */
function stepsOf(given: Past, path: Path): Steps | undefined {
  const isSteps = Array.isArray(given) || (isMap(given) && isStep(given));
  // The schema has checked which of the two it is, by the same words.
  return isSteps ? listOf(given as StepInput | readonly StepInput[], path) : undefined;
}

/** A step that does two things is two steps, at one fill and under one condition. */
function compileStep(scope: StepScope, { item, path }: Steps[number], ordinal: number): readonly LadderStep[] {
  const { context } = scope;
  const actions = actionsOf(scope, item, ordinal, path);
  if (actions.length === 0)
    context.problems.error('ERR_POLICY_MISSING', path, 'expected what happens, such as "deny" or "notify"', {
      value: null,
    });
  const at = compileFill(context, item.at, [...path, 'at']);
  const also = actions.every(({ is }) => is === 'deny') ? ['reason'] : [];
  const when =
    item.when === undefined ? undefined : context.expression(item.when, [...path, 'when'], { expect: 'bool', also });
  return actions.map((action) => ({ at, ...(when !== undefined && { when }), action }));
}

/** The answers that a limit's steps are written with, or its denial. */
export function pastAnswers(name: string, given: Past): readonly WrittenAnswer[] {
  const path = ['limits', name, 'past'];
  const steps = stepsOf(given, path);
  // A map that is no step is an answer, by the schema.
  if (steps === undefined)
    return isMap(given) ? [{ name: ownAnswer('limits', name), given: given as AnswerInput, path }] : [];
  return steps.flatMap(({ item, path: at }) => [
    ...placed(item.deny, [...at, 'deny']),
    ...placed(item.close, [...at, 'close']),
    ...placed(item.block?.answer, [...at, 'block', 'answer']),
  ]);
}

function placed(given: StepInput['deny'], path: Path): readonly WrittenAnswer[] {
  return isMap(given) ? [{ name: placedAnswer(path), given, path }] : [];
}
