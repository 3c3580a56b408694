import type { Action, Block, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { nameProblem } from '../read/names.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { BlockInput, DelayInput, StepInput } from '../schema/past.ts';
import type { ValueInput } from '../schema/value.ts';
import { isMap } from '../schema/words.ts';
import { placedAnswer } from './answers.ts';
import type { Channels } from './channels.ts';
import type { Context } from './context.ts';
import { compileFigure } from './figure.ts';
import { listOf } from './lists.ts';
import { compileParts } from './parts.ts';
import { operationsCalled } from './scope.ts';

/** Whose ladder a step is of. */
export interface StepScope {
  readonly context: Context;
  readonly name: string;
  readonly channels: Channels;
  readonly count: LimitInput['count'];
  readonly algorithm: LimitInput['algorithm'];
  readonly isSize: boolean;
}

interface Span {
  readonly leastMs: number;
  readonly mostMs: number;
  readonly says: string;
}

const BLOCK: Span = { leastMs: 1000, mostMs: 8760 * 3_600_000, says: 'from 1s to 8760h' };
const DELAY: Span = { leastMs: 1, mostMs: 3_600_000, says: 'from 1ms to 1h' };

/** All that a step does. */
export function actionsOf(scope: StepScope, step: StepInput, ordinal: number, path: Path): readonly Action[] {
  const { context } = scope;
  const made: Action[] = [];
  if (step.deny !== undefined) made.push(denyOf(scope, step.deny, ordinal, [...path, 'deny']));
  if (step.block !== undefined)
    made.push({ is: 'block', block: blockOf(context, step.block, ordinal, [...path, 'block']) });
  refuseOfSizes(scope, step, path);
  if (step.delay !== undefined) made.push(delayOf(scope, step.delay, [...path, 'delay']));
  if (step.close !== undefined) made.push({ is: 'close', answer: answerOf(context, step.close, [...path, 'close']) });
  for (const is of ['admit', 'shadow', 'drop'] as const) if (step[is] !== undefined) made.push({ is });
  if (step.bill !== undefined) made.push(billOf(scope, step.bill, [...path, 'bill']));
  if (step.mark !== undefined) made.push({ is: 'mark', name: nameOf(context, step.mark, [...path, 'mark']) });
  if (step.notify !== undefined) made.push(notifyOf(scope, step.notify, [...path, 'notify']));
  return made;
}

/** A size keeps no counter: nothing of it is used up, and what is too large is so later, too. */
function refuseOfSizes({ context, isSize }: StepScope, { bill, delay }: StepInput, path: Path): void {
  if (!isSize) return;
  const refuse = (word: string, rule: string): void =>
    context.problems.error('ERR_POLICY_WORD', [...path, word], rule, { value: null, onName: true });
  if (bill !== undefined) refuse('bill', 'a size counts nothing; bill a rate or a quota whose cost is the size');
  if (delay !== undefined) refuse('delay', 'what is too large now is too large later');
}

function delayOf({ context, algorithm }: StepScope, { upTo, queue, order }: DelayInput, path: Path): Action {
  if (order !== undefined && algorithm === 'bucket')
    context.problems.error('ERR_POLICY_WORD', [...path, 'order'], 'a bucket books instants in the order of arrival', {
      value: null,
      onName: true,
    });
  return {
    is: 'delay',
    upToMs: spanOf(context, upTo, [...path, 'upTo'], DELAY),
    queue: compileFigure(context, queue, 'count', [...path, 'queue']).value,
    ...(order !== undefined && { order: context.expression(order, [...path, 'order'], { expect: 'number' }) }),
  };
}

/** What counts denials refuses nothing itself: it keeps out. */
function denyOf(
  { context, count }: StepScope,
  given: NonNullable<StepInput['deny']>,
  ordinal: number,
  path: Path,
): Action {
  const answer = answerOf(context, given, path);
  return isMap(count) ? { is: 'block', block: waiting(answer, ordinal) } : { is: 'deny', answer };
}

/** Keeps out for as long as the limit would refuse. */
export function waiting(answer: string, ordinal: number): Block {
  return { ordinal, forMs: 'wait', extend: false, answer };
}

function answerOf(context: Context, given: StepInput['deny'], path: Path): string {
  if (given === undefined) return 'exceeded';
  if (typeof given !== 'string') return placedAnswer(path);
  context.isKnown('answer', given, context.names.answers, path);
  return given;
}

function billOf({ context, channels }: StepScope, name: string, path: Path): Action {
  const channel = channels.get(name);
  return { is: 'bill', name: nameOf(context, name, path), channels: channel === undefined ? [] : [channel] };
}

/** It is sent in a header field. */
function nameOf(context: Context, name: string, path: Path): string {
  const wrong = nameProblem(name, 'name', []);
  if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', path, wrong);
  return name;
}

function notifyOf({ context, channels }: StepScope, given: NonNullable<StepInput['notify']>, path: Path): Action {
  const known = listOf<string>(given, path).filter(({ item, path: here }) =>
    context.isKnown('channel', item, context.names.channels, here),
  );
  return { is: 'notify', channels: known.flatMap(({ item }) => channels.get(item) ?? []) };
}

function blockOf(context: Context, given: BlockInput, ordinal: number, path: Path): Block {
  const durations = given.for;
  const forMs =
    durations === 'wait'
      ? durations
      : listOf<ValueInput>(durations, [...path, 'for']).map(({ item, path: at }) => durationOf(context, item, at));
  const operations = given.on === undefined ? undefined : operationsOf(context, given.on, [...path, 'on']);
  return {
    ordinal,
    forMs,
    ...(given.per !== undefined && { per: compileParts(context, given.per, [...path, 'per']) }),
    ...(operations !== undefined && { operations }),
    ...(given.forget !== undefined && { forgetMs: durationOf(context, given.forget, [...path, 'forget']) }),
    extend: given.extend ?? false,
    answer: answerOf(context, given.answer, [...path, 'answer']),
  };
}

function durationOf(context: Context, given: ValueInput, path: Path): Value {
  return spanOf(context, given, path, BLOCK);
}

function spanOf(context: Context, given: ValueInput, path: Path, { leastMs, mostMs, says }: Span): Value {
  const { value, literals } = compileFigure(context, given, 'count', path);
  for (const leaf of literals) {
    if (leaf.unit !== 'ms') context.problems.error('ERR_POLICY_TYPE', leaf.path, 'expected a duration such as "10m"');
    else if (leaf.units < leastMs || leaf.units > mostMs)
      context.problems.error('ERR_POLICY_RANGE', leaf.path, `expected a duration ${says}`);
  }
  return value;
}

function operationsOf(context: Context, given: string | readonly string[], path: Path): readonly string[] | 'all' {
  const words = listOf<string>(given, path);
  if (words.some(({ item }) => item === 'all')) return 'all';
  return [...new Set(words.flatMap(({ item, path: at }) => operationsCalled(context, item, at)))];
}
