import type { Channel, LimitKind, Notice } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { StepInput } from '../schema/past.ts';
import type { AnswerInput } from '../schema/respond.ts';
import { isMap } from '../schema/words.ts';
import { answerName, ownAnswer, type WrittenAnswer } from './answers.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';

type Past = LimitInput['past'];
type Steps = readonly { readonly item: StepInput; readonly path: Path }[];

export type Channels = ReadonlyMap<string, Channel>;

/** What happens past a limit, and on the way there. */
export interface CompiledPast {
  readonly answer: string;
  readonly notices: readonly Notice[];
}

const WHOLE = 1000;
/** `80%`, `99.5%`. */
const PERCENT = /^(\d{1,4})(?:\.(\d))?\s*%$/;
/** Steps further out than this are nobody's plan. */
const MAX_PERMILLE = 10 * WHOLE;

export function compilePast(
  context: Context,
  name: string,
  given: Past,
  kind: LimitKind,
  channels: Channels,
  path: Path,
): CompiledPast {
  const steps = stepsOf(given, path);
  if (steps === undefined) return { answer: answer(context, name, given, path), notices: [] };
  const denials = steps.filter(({ item }) => item.deny !== undefined);
  for (const { item, path: at } of steps) checkStep(context, item, kind, at);
  for (const { path: at } of denials.slice(1))
    context.problems.error('ERR_POLICY_DUPLICATE', at, 'another step refuses already; keep one', { value: null });
  const [denial] = denials;
  return {
    answer: denial === undefined ? 'exceeded' : answer(context, name, denial.item.deny, [...denial.path, 'deny']),
    notices: steps.flatMap(({ item, path: at }) => noticeOf(context, item, channels, at)).toSorted(byFill),
  };
}

function answer(context: Context, name: string, given: unknown, path: Path): string {
  return given === undefined ? 'exceeded' : answerName(context, 'limits', name, given, path);
}

function byFill(a: Notice, b: Notice): number {
  return a.permille - b.permille;
}

/** Undefined where it is an answer. */
function stepsOf(given: Past, path: Path): Steps | undefined {
  const isSteps =
    Array.isArray(given) || (isMap(given) && ['at', 'deny', 'notify'].some((word) => Object.hasOwn(given, word)));
  // The schema has checked which of the two it is, by the same words.
  return isSteps ? listOf(given as StepInput | readonly StepInput[], path) : undefined;
}

function checkStep(context: Context, step: StepInput, kind: LimitKind, path: Path): void {
  const permille = permilleOf(step.at);
  if (permille === undefined)
    context.problems.error('ERR_POLICY_RANGE', [...path, 'at'], 'expected a fill such as 80%, up to 1000%');
  if (step.deny === undefined && step.notify === undefined)
    context.problems.error('ERR_POLICY_MISSING', path, 'expected what happens: "deny" or "notify"', { value: null });
  if (step.deny !== undefined && permille !== WHOLE)
    context.problems.error(
      'ERR_POLICY_NOT_BUILT',
      [...path, 'at'],
      'a refusal at another fill than 100% is part of the language, but not built yet',
      { value: null },
    );
  if (step.notify !== undefined && kind !== 'quota') {
    const rule = 'telling of anything but a quota is part of the language, but not built yet';
    context.problems.error('ERR_POLICY_NOT_BUILT', [...path, 'notify'], rule, { value: null });
  }
}

function noticeOf(context: Context, { at, notify }: StepInput, channels: Channels, path: Path): readonly Notice[] {
  const permille = permilleOf(at);
  if (notify === undefined || permille === undefined) return [];
  const named = listOf<string>(notify, [...path, 'notify']);
  const known = named.filter(({ item, path: here }) => context.isKnown('channel', item, context.names.channels, here));
  return [{ permille, channels: known.flatMap(({ item }) => channels.get(item) ?? []) }];
}

function permilleOf(at: string | undefined): number | undefined {
  if (at === undefined) return WHOLE;
  const [, whole = '', tenth = '0'] = PERCENT.exec(at.trim()) ?? [];
  const permille = whole === '' ? NaN : Number(whole) * 10 + Number(tenth);
  return permille > 0 && permille <= MAX_PERMILLE ? permille : undefined;
}

/** The answer that a limit denies with, where it is written there. */
export function pastAnswer(name: string, given: Past): readonly WrittenAnswer[] {
  const path = ['limits', name, 'past'];
  const steps = stepsOf(given, path);
  const written =
    steps === undefined
      ? [{ given: given as unknown, path }]
      : steps.map((step) => ({ given: step.item.deny as unknown, path: [...step.path, 'deny'] }));
  // A map that is no step is an answer, by the schema.
  const found = written.find((one) => isMap(one.given));
  return found === undefined
    ? []
    : [{ name: ownAnswer('limits', name), given: found.given as AnswerInput, path: found.path }];
}
