import { FOREVER } from '../../core/index.ts';
import type { Limit, Override, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readInstant } from '../read/instant.ts';
import { wordsProblem } from '../read/names.ts';
import type { OverrideInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { compileFigure } from './figure.ts';
import { checkOverrideFit } from './fit.ts';
import { attributeProblem } from './keys.ts';
import { listOf } from './lists.ts';
import { checkTies } from './ties.ts';

/** Compiles the overrides, and tells of those of which nobody could say which holds. */
export function compileOverrides(
  context: Context,
  overrides: readonly OverrideInput[] | undefined,
  limits: readonly Limit[],
): readonly Override[] {
  const compiled = (overrides ?? []).map((given, i) => compileOverride(context, given, limits, ['overrides', i]));
  checkTies(context, compiled);
  return compiled;
}

function compileOverride(context: Context, given: OverrideInput, limits: readonly Limit[], path: Path): Override {
  checkSubject(context, given, [...path, 'for']);
  checkWords(context, given, path);
  const isBlank = Object.keys(given.limits ?? {}).length === 0 && !context.problems.hasBelow([...path, 'limits']);
  if (isBlank && given.plan === undefined && given.lift === undefined) {
    context.problems.error('ERR_POLICY_MISSING', path, 'expected what it changes: limits, plan or lift', {
      value: null,
    });
  }
  if (given.plan !== undefined) context.isKnown('plan', given.plan, context.names.plans, [...path, 'plan']);
  return {
    for: given.for,
    limits: compileFigures(context, given, limits, [...path, 'limits']),
    ...(given.plan !== undefined && { plan: given.plan }),
    lift: compileLift(context, given, [...path, 'lift']),
    ...compileSpan(context, given, path),
    reason: given.reason,
    by: given.by,
  };
}

function checkSubject(context: Context, given: OverrideInput, path: Path): void {
  const attributes = Object.entries(given.for);
  // One that was refused has told its own problem.
  if (attributes.length === 0 && !context.problems.hasBelow(path))
    context.problems.error(
      'ERR_POLICY_BLANK',
      path,
      'expected an attribute: an override is for somebody; what is for all stands on the limit',
      { value: null },
    );
  for (const [name, value] of attributes) {
    const at = [...path, name];
    const wrong = attributeProblem(name);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', at, wrong, { value: null, onName: true });
    if (name === 'plan') context.isKnown('plan', String(value), context.names.plans, at);
    else context.checkNamed(name, at);
  }
}

function checkWords(context: Context, given: OverrideInput, path: Path): void {
  for (const word of ['reason', 'by'] as const) {
    const wrong = wordsProblem(given[word]);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', [...path, word], wrong);
  }
}

function compileFigures(
  context: Context,
  given: OverrideInput,
  limits: readonly Limit[],
  path: Path,
): readonly (readonly [string, Value])[] {
  return Object.entries(given.limits ?? {}).flatMap(([name, value]) => {
    const at = [...path, name];
    const windows = context.names.limits.get(name);
    if (windows !== undefined && windows[0] !== name) {
      context.problems.error(
        'ERR_POLICY_UNKNOWN',
        at,
        `this limit has several windows: name one of ${windows.join(', ')}`,
        { value: null, onName: true },
      );
      return [];
    }
    if (!context.isKnown('limit', name, [...context.names.limits.values()].flat(), at)) return [];
    // A limit that was refused has told its own problem, and has no kind to read its figure by.
    const limit = limits.find((one) => one.name === name);
    if (limit === undefined) return [];
    const figure = compileFigure(context, value, { kind: limit.kind, precision: limit.precision ?? 0 }, at);
    checkOverrideFit(context, limit, figure, at);
    return [[name, figure.value] as const];
  });
}

function compileLift(context: Context, given: OverrideInput, path: Path): readonly string[] {
  return listOf<string>(given.lift, path).flatMap(({ item, path: at }) => {
    const known = new Set([...context.names.limits].flatMap(([name, windows]) => [name, ...windows]));
    return context.isKnown('limit', item, known, at) ? (context.names.limits.get(item) ?? [item]) : [];
  });
}

function compileSpan(context: Context, given: OverrideInput, path: Path): Pick<Override, 'fromAtMs' | 'untilAtMs'> {
  const fromAtMs = instantAt(context, given.from, [...path, 'from']);
  const untilAtMs = given.until === undefined ? FOREVER : instantAt(context, given.until, [...path, 'until']);
  if (fromAtMs !== undefined && untilAtMs !== undefined && untilAtMs <= fromAtMs) {
    context.problems.error(
      'ERR_POLICY_INSTANT',
      [...path, 'until'],
      'is not after "from": the override would never hold',
    );
  }
  return { fromAtMs: fromAtMs ?? 0, untilAtMs: untilAtMs ?? FOREVER };
}

function instantAt(context: Context, text: string, path: Path): number | undefined {
  const atMs = readInstant(text);
  if (atMs === undefined || atMs < 0) {
    return context.problems.error(
      'ERR_POLICY_INSTANT',
      path,
      'expected an instant such as "2026-01-31T12:00:00Z", or a date, which is midnight UTC',
    );
  }
  return atMs;
}
