import type { CalendarSpec, Limit, LimitKind, PartsValue } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { wordsProblem } from '../read/names.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ValueInput } from '../schema/value.ts';
import { compileCalendar } from './calendar.ts';
import type { Context } from './context.ts';
import { compileCost } from './cost.ts';
import { countingOf, type Counting } from './counting.ts';
import { checkCycles } from './cycles.ts';
import { checkFit } from './fit.ts';
import { compileFigure, type Figure } from './figure.ts';
import { compileHold } from './hold.ts';
import { listOf } from './lists.ts';
import type { Meters } from './meters.ts';
import { compileMeasure, compileWhen } from './measure.ts';
import { compileParts } from './parts.ts';
import { compilePast, type Channels } from './past.ts';
import { compileScope } from './scope.ts';

/** What every limit of one policy has in common. */
export interface Shared {
  readonly calendar: CalendarSpec;
  /** The partition of a limit that does not say its own. */
  readonly per: PartsValue;
  readonly meters: Meters;
  readonly channels: Channels;
}

const KINDS: readonly LimitKind[] = ['rate', 'quota', 'concurrency', 'level', 'size'];

/** Units one request spends when the limit does not say. */
const DEFAULT_COST = 1;

/** Words that belong to some kinds, or to one algorithm, only. */
const BELONGS: readonly (readonly [
  word: keyof LimitInput,
  to: string,
  holds: (kind: LimitKind, algorithm: Limit['algorithm']) => boolean,
])[] = [
  ['algorithm', 'a rate', (kind) => kind === 'rate'],
  ['burst', 'a rate with "algorithm: bucket"', (kind, algorithm) => kind === 'rate' && algorithm === 'bucket'],
  ['align', 'a rate with "algorithm: fixed"', (kind, algorithm) => kind === 'rate' && algorithm === 'fixed'],
  ['slices', 'a sliding rate', (kind, algorithm) => kind === 'rate' && algorithm === 'sliding'],
  ['calendar', 'a quota', (kind) => kind === 'quota'],
  ['of', 'a size', (kind) => kind === 'size'],
  ['per', 'limits that count; a size keeps no counter', (kind) => kind !== 'size'],
  ['cost', 'limits that count; a size measures "of"', (kind) => kind !== 'size'],
  ['count', 'limits that count; a size keeps no counter', (kind) => kind !== 'size'],
  ['fail', 'limits that count; a size needs no store', (kind) => kind !== 'size'],
  ['hold', 'limits that count; a size holds nothing', (kind) => kind !== 'size'],
];

/** Compiles one limit: one for each of its windows when it has several. */
function compileLimit(context: Context, name: string, given: LimitInput, shared: Shared): readonly Limit[] {
  const path = ['limits', name];
  const kind = kindOf(context, given, path);
  if (kind === undefined) return [];
  const algorithm = given.algorithm ?? 'sliding';
  for (const [word, to, holds] of BELONGS) {
    if (given[word] !== undefined && !holds(kind, algorithm)) {
      context.problems.error('ERR_POLICY_WORD', [...path, word], `belongs to ${to}`, { value: null, onName: true });
    }
  }
  const base = compileBase(context, name, given, kind, algorithm, shared, path);
  return compileWindows(context, name, given, base, path);
}

function kindOf(context: Context, given: LimitInput, path: Path): LimitKind | undefined {
  const found = KINDS.filter((kind) => given[kind] !== undefined);
  const [kind] = found;
  if (found.length === 1) return kind;
  // A kind that was refused, is not built yet, or may be the word that nobody knows, has told its own problem.
  const wasMeant = context.wasWritten(path, KINDS) || context.problems.hasBelow(path, 'ERR_POLICY_WORD');
  if (found.length === 0 && wasMeant) return undefined;
  const rule =
    found.length === 0
      ? 'expected a kind: rate, quota, concurrency, level or size'
      : `expected one kind, and it has ${found.join(' and ')}; make them two limits`;
  context.problems.error('ERR_POLICY_KIND', path, rule, { value: null, onName: true });
  return undefined;
}

type Base = Omit<Limit, 'name' | 'amount' | 'label'> & {
  readonly label: string | undefined;
  readonly costs: Figure;
  readonly bursts: Figure | undefined;
  readonly counting: Counting;
};

function compileBase(
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
  const costs = meter?.costs ?? compileCost(context, given.cost ?? DEFAULT_COST, precision, [...path, 'cost']);
  const bursts =
    given.burst === undefined
      ? undefined
      : compileFigure(context, given.burst, { kind: 'count', precision }, [...path, 'burst']);
  const scope = compileScope(context, given, path);
  const { operations } = scope;
  const hold = compileHold(context, given, { kind, costs, precision, meter: meter?.name, operations }, path);
  const { answer, notices } = compilePast(context, name, given.past, kind, shared.channels, [...path, 'past']);
  const isAttempts = given.count === 'attempts';
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
    calendar: compileCalendar(context, given.calendar, shared.calendar, [...path, 'calendar']),
    ...(kind === 'size' && compileMeasure(context, given.of, shared.meters, [...path, 'of'])),
    per: given.per === undefined ? shared.per : compileParts(context, given.per, [...path, 'per']),
    ...scope,
    ...(given.when !== undefined && { when: compileWhen(context, given.when, kind, given.of, [...path, 'when']) }),
    replaces: compileReplaces(context, name, given, path),
    cost: costs.charged.value,
    count: isAttempts ? 'attempts' : 'admitted',
    answer,
    fail: given.fail ?? (isDurable ? 'closed' : 'local'),
    ...(hold !== undefined && { hold }),
    ...(notices.length > 0 && { notices }),
    costs: costs.charged,
    bursts,
    counting,
  };
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

function compileWindows(context: Context, name: string, given: LimitInput, base: Base, path: Path): readonly Limit[] {
  const names = context.names.limits.get(name) ?? [name];
  const amounts = given[base.kind];
  const written = (Array.isArray(amounts) ? amounts : [amounts]) as readonly ValueInput[];
  const at = [...path, base.kind];
  const { kind, counting } = base;
  return written.map((amount, i) => {
    const here = Array.isArray(amounts) ? [...at, i] : at;
    const own = names[i] ?? name;
    if (names.indexOf(own) !== i)
      context.problems.error('ERR_POLICY_DUPLICATE', here, 'the window stands in the list twice');
    return finish(
      context,
      own,
      base,
      compileFigure(context, amount, { kind, precision: counting.precision }, here),
      path,
    );
  });
}

function finish(context: Context, name: string, base: Base, amount: Figure, path: Path): Limit {
  const { costs, bursts, label, unit, counting, ...rest } = base;
  checkFit(context, rest, amount, costs, bursts, path);
  const counted = amount.literals.find((leaf) => leaf.unit !== undefined)?.unit ?? counting.unit;
  if (counted !== undefined && counted !== unit && rest.kind !== 'size' && !context.wasWritten(path, ['cost'])) {
    const rule = `counts ${counted}, but a request costs 1; say what it costs, such as "cost: request.bytes"`;
    context.problems.warn('WARN_POLICY_UNIT', [...path, rest.kind], rule);
  }
  return {
    name,
    label: label ?? name,
    unit: unit || (counted ?? (rest.kind === 'size' ? 'bytes' : 'requests')),
    amount: amount.value,
    ...rest,
  };
}

/** Compiles all limits, in file order, and tells of circles among those that replace one another. */
export function compileLimits(context: Context, limits: PolicyInput['limits'], shared: Shared): readonly Limit[] {
  const entries = Object.entries(limits ?? {});
  const compiled = entries.flatMap(([name, given]) => compileLimit(context, name, given, shared));
  checkCycles(
    context,
    new Map(entries.map(([name, given]) => [name, listOf(given.replaces, []).map(({ item }) => item)])),
  );
  return compiled;
}
