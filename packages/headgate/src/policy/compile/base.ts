import type { CalendarSpec, Limit, LimitKind, PartsValue } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { wordsProblem } from '../read/names.ts';
import type { LimitInput } from '../schema/limits.ts';
import { compileCalendar } from './calendar.ts';
import type { Context } from './context.ts';
import { compileCost, type Costs } from './cost.ts';
import { compileCount } from './count.ts';
import { countingOf, type Counting } from './counting.ts';
import { compileFigure, type Figure } from './figure.ts';
import { compileHold } from './hold.ts';
import { listOf } from './lists.ts';
import type { Meters } from './meters.ts';
import { compileMeasure, compileWhen } from './measure.ts';
import { compileParts } from './parts.ts';
import type { Channels } from './channels.ts';
import { compilePast } from './past.ts';
import { compileScope } from './scope.ts';

/** What every limit of one policy has in common. */
export interface Shared {
  readonly calendar: CalendarSpec;
  /** The partition of a limit that does not say its own. */
  readonly per: PartsValue;
  readonly meters: Meters;
  readonly channels: Channels;
}

/** Units one request spends when the limit does not say. */
const DEFAULT_COST = 1;

/** A limit, as far as all of its windows have it in common. */
export type Base = Omit<Limit, 'name' | 'amount' | 'label'> & {
  readonly label: string | undefined;
  readonly costs: Figure;
  readonly bursts: Figure | undefined;
  readonly counting: Counting;
};

export function compileBase(
  context: Context,
  name: string,
  given: LimitInput,
  kind: LimitKind,
  algorithm: Limit['algorithm'],
  shared: Shared,
  path: Path,
): Base {
  const counting = countingOf(context, given, shared.meters, path);
  const { precision, meter, isMoney } = counting;
  const costs = costsOf(context, given, kind, counting, [...path, 'cost']);
  const bursts =
    given.burst === undefined
      ? undefined
      : compileFigure(context, given.burst, { kind: 'count', precision }, [...path, 'burst']);
  const scope = compileScope(context, given, path);
  const { operations } = scope;
  const hold = compileHold(context, given, { kind, costs, precision, meter: meter?.name, operations }, path);
  const { answer, ladder } = compilePast(context, name, given, shared.channels, [...path, 'past']);
  const isDurable = kind === 'quota' || kind === 'level' || isMoney;
  return {
    label: wordsOf(context, given.label, [...path, 'label']),
    unit: wordsOf(context, given.unit, [...path, 'unit']) ?? '',
    kind,
    algorithm,
    align: given.align ?? 'first',
    slices: given.slices ?? 16,
    ...(precision > 0 && { precision }),
    ...(bursts !== undefined && { burst: bursts.value }),
    ...(given.grants === true && { grants: true }),
    ...(given.rollover !== undefined && {
      rollover: compileRollover(context, given.rollover, precision, [...path, 'rollover']),
    }),
    calendar: compileCalendar(context, given.calendar, shared.calendar, [...path, 'calendar']),
    ...(kind === 'size' && compileMeasure(context, given.of, shared.meters, [...path, 'of'])),
    per: given.per === undefined ? shared.per : compileParts(context, given.per, [...path, 'per']),
    ...scope,
    ...(given.when !== undefined && { when: compileWhen(context, given.when, kind, given.of, [...path, 'when']) }),
    replaces: compileReplaces(context, name, given, path),
    cost: costs.charged.value,
    ...compileCount(context, name, given, [...path, 'count']),
    answer,
    fail: given.fail ?? (isDurable ? 'closed' : 'local'),
    ...(given.durable === true && kind === 'rate' && { durable: true }),
    ...(hold !== undefined && { hold }),
    ...(ladder !== undefined && { ladder }),
    costs: costs.charged,
    bursts,
    counting,
  };
}

function compileRollover(
  context: Context,
  { upTo, for: periods = 1 }: NonNullable<LimitInput['rollover']>,
  precision: number,
  path: Path,
): NonNullable<Limit['rollover']> {
  return { upTo: compileFigure(context, upTo, { kind: 'count', precision }, [...path, 'upTo']).value, periods };
}

/** A size is measured, and costs nothing. */
function costsOf(
  context: Context,
  { cost = DEFAULT_COST }: LimitInput,
  kind: LimitKind,
  { meter, precision }: Counting,
  path: Path,
): Costs {
  if (meter !== undefined && kind !== 'size') return meter.costs;
  return compileCost(context, kind === 'size' ? DEFAULT_COST : cost, precision, path);
}

function wordsOf(context: Context, words: string | undefined, path: Path): string | undefined {
  const problem = words === undefined ? undefined : wordsProblem(words);
  if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', path, problem);
  return words;
}

function compileReplaces(context: Context, name: string, given: LimitInput, path: Path): readonly string[] {
  return listOf(given.replaces, [...path, 'replaces']).flatMap(({ item, path: at }) => {
    if (item === name) context.problems.error('ERR_POLICY_CYCLE', at, 'a limit cannot replace itself', { value: null });
    const known = context.isKnown('limit', item, context.names.limits.keys(), at);
    return known ? (context.names.limits.get(item) ?? []) : [];
  });
}
