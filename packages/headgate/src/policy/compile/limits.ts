import type { Limit, LimitKind, Ramp } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ValueInput } from '../schema/value.ts';
import { spansOf } from '../spans.ts';
import { compileApart } from './apart.ts';
import { compileBase, type Base, type Shared } from './base.ts';
import type { Context } from './context.ts';
import { checkCycles } from './cycles.ts';
import { checkFit } from './fit.ts';
import { withDistinct } from './distinct.ts';
import { compileFigure, type Figure } from './figure.ts';
import { listOf } from './lists.ts';
import { compilePublish } from './publish.ts';
import { checkWas, formerName } from './was.ts';

const KINDS: readonly LimitKind[] = ['rate', 'quota', 'concurrency', 'level', 'size'];

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
  ['rollover', 'a quota', (kind) => kind === 'quota'],
  ['grants', 'a quota', (kind) => kind === 'quota'],
  ['of', 'a size', (kind) => kind === 'size'],
  ['per', 'limits that count; a size keeps no counter', (kind) => kind !== 'size'],
  ['cost', 'limits that count; a size measures "of"', (kind) => kind !== 'size'],
  ['count', 'limits that count; a size keeps no counter', (kind) => kind !== 'size'],
  ['fail', 'limits that count; a size needs no store', (kind) => kind !== 'size'],
  ['scope', 'limits that count; a size keeps no counter', (kind) => kind !== 'size'],
  ['hold', 'limits that count; a size holds nothing', (kind) => kind !== 'size'],
];

/** Why the word changes nothing where it does not belong. */
const DURABLE = {
  size: 'has no effect: a size keeps nothing',
  other: 'has no effect: what is no rate always lasts, in a store that does',
};

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
  if (given.durable !== undefined && kind !== 'rate')
    context.problems.warn('WARN_POLICY_DURABLE', [...path, 'durable'], DURABLE[kind === 'size' ? 'size' : 'other']);
  const base = compileBase(context, name, given, kind, algorithm, shared, path);
  return compileWindows(context, name, given, base, path);
}

function kindOf(context: Context, given: LimitInput, path: Path): LimitKind | undefined {
  const found = KINDS.filter((kind) => given[kind] !== undefined);
  const [kind] = found;
  if (found.length === 1) return kind;
  // A kind that was refused, or may be the word that nobody knows, has told its own problem.
  const wasMeant = context.wasWritten(path, KINDS) || context.problems.hasBelow(path, 'ERR_POLICY_WORD');
  if (found.length === 0 && wasMeant) return undefined;
  const rule =
    found.length === 0
      ? 'expected a kind: rate, quota, concurrency, level or size'
      : `expected one kind, and it has ${found.join(' and ')}; make them two limits`;
  context.problems.error('ERR_POLICY_KIND', path, rule, { value: null, onName: true });
  return undefined;
}

function compileWindows(context: Context, name: string, given: LimitInput, base: Base, path: Path): readonly Limit[] {
  const names = context.names.limits.get(name) ?? [name];
  const amounts = given[base.kind];
  const written = (Array.isArray(amounts) ? amounts : [amounts]) as readonly ValueInput[];
  const at = [...path, base.kind];
  const { kind, counting } = base;
  return written.flatMap((amount, i) => {
    const here = Array.isArray(amounts) ? [...at, i] : at;
    const own = names[i] ?? name;
    if (names.indexOf(own) !== i)
      context.problems.error('ERR_POLICY_DUPLICATE', here, 'the window stands in the list twice');
    const figure = compileFigure(context, amount, { kind, precision: counting.precision }, here);
    return withDistinct(context, given, finish(context, own, given, base, figure, path), path);
  });
}

function finish(context: Context, name: string, given: LimitInput, base: Base, amount: Figure, path: Path): Limit {
  const { costs, bursts, label, unit, counting, ...rest } = base;
  const [, written = name] = path;
  checkFit(context, rest, amount, costs, bursts, path);
  checkRollover(context, rest, amount, path);
  const counted = amount.literals.find((leaf) => leaf.unit !== undefined)?.unit ?? counting.unit;
  if (counted !== undefined && counted !== unit && rest.kind !== 'size' && !context.wasWritten(path, ['cost'])) {
    const rule = `counts ${counted}, but a request costs 1; say what it costs, such as "cost: request.bytes"`;
    context.problems.warn('WARN_POLICY_UNIT', [...path, rest.kind], rule);
  }
  return {
    name,
    ...formerName(name, String(written), given.was),
    ...(given.publish !== undefined && { publish: compilePublish(context, given.publish, [...path, 'publish']) }),
    label: label ?? name,
    unit: unit || (counted ?? unitOf(rest)),
    amount: amount.value,
    ...rampOf(context, name),
    ...compileApart(context, name, given, path),
    ...rest,
  };
}

/** What is counted where nobody says. */
function unitOf({ kind, measures }: Pick<Limit, 'kind' | 'measures'>): string {
  if (kind !== 'size') return 'requests';
  return measures === 'request.files' ? 'files' : 'bytes';
}

/** Only what is over again and again leaves something. */
function checkRollover(
  context: Context,
  { kind, rollover }: Pick<Limit, 'kind' | 'rollover'>,
  { value }: Figure,
  path: Path,
): void {
  if (
    kind !== 'quota' ||
    rollover === undefined ||
    spansOf(value).every((span) => /^(day|week|month|year)$/.test(span))
  )
    return;
  const rule = 'belongs to a quota over days, weeks, months or years';
  context.problems.error('ERR_POLICY_WORD', [...path, 'rollover'], rule, { value: null, onName: true });
}

/** Compiles all limits, in file order, and tells of circles among those that replace one another. */
export function compileLimits(context: Context, limits: PolicyInput['limits'], shared: Shared): readonly Limit[] {
  const entries = Object.entries(limits ?? {});
  checkWas(context, limits);
  const compiled = entries.flatMap(([name, given]) => compileLimit(context, name, given, shared));
  checkCycles(
    context,
    new Map(entries.map(([name, given]) => [name, listOf(given.replaces, []).map(({ item }) => item)])),
  );
  return compiled;
}

function rampOf({ ramps }: Context, name: string): { readonly ramp?: Ramp } {
  const ramp = ramps.get(name);
  return ramp === undefined ? {} : { ramp };
}
