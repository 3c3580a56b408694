import { DECAY_PARTS, HeadgateError, segmentOf } from '../../core/index.ts';
import type { Limit, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { Context } from './context.ts';
import type { Figure, LiteralLeaf } from './figure.ts';

type Shape = Pick<Limit, 'kind' | 'algorithm'>;

/**
 * Tells of figures that fit together badly, as far as they are literals: a cost no window can hold, a bucket
 * that cannot be counted exactly, an amount of nothing.
 */
export function checkFit(
  context: Context,
  shape: Shape,
  amount: Figure,
  costs: Figure,
  bursts: Figure | undefined,
  path: Path,
): void {
  const least = costs.literals.reduce((min, leaf) => Math.min(min, leaf.units), Number.POSITIVE_INFINITY);
  const onlyLiterals = costs.value.is === 'literal';
  const holders = bursts === undefined ? amount.literals : bursts.literals;
  for (const leaf of holders) {
    if (leaf.units === 0)
      context.problems.error(
        'ERR_POLICY_NEVER',
        leaf.path,
        bursts === undefined && shape.kind !== 'size' ? NOTHING : HOLDS_NOTHING,
      );
    else if (shape.kind !== 'size' && onlyLiterals && leaf.units < least) tooSmall(context, leaf, least);
  }
  for (const leaf of amount.literals) {
    if (shape.algorithm === 'bucket') checkBucket(context, leaf, bursts, path);
    if (shape.algorithm === 'decay') checkDecay(context, leaf);
  }
}

const NOTHING = 'an amount of 0 never admits; write "none"';
const HOLDS_NOTHING = 'what holds 0 never admits anything; write a number above 0';

/** The same for a figure that an override gives instead of a limit's own. */
export function checkOverrideFit(context: Context, limit: Limit, amount: Figure, path: Path): void {
  const costs = { value: limit.cost, literals: literalsIn(limit.cost) };
  if (limit.burst === undefined) return checkFit(context, limit, amount, costs, undefined, path);
  const bursts = { value: limit.burst, literals: literalsIn(limit.burst) };
  // What holds is the burst, which the limit was told of already.
  for (const leaf of amount.literals) checkBucket(context, leaf, bursts, path);
}

/** The numbers a compiled figure can come to; where they stand is not known any more. */
function literalsIn(value: Value): readonly LiteralLeaf[] {
  if (value.is === 'literal') return [{ path: [], units: Number(value.value), windowMs: 0, unit: undefined }];
  if (value.is === 'table') {
    return [...value.rows.map(([, use]) => use), ...(value.else === undefined ? [] : [value.else])].flatMap(literalsIn);
  }
  return value.is === 'cases' ? [...value.cases.map(({ use }) => use), value.else].flatMap(literalsIn) : [];
}

function largestOf({ literals }: Figure): number {
  return literals.reduce((max, { units }) => Math.max(max, units), 0);
}

function tooSmall(context: Context, leaf: LiteralLeaf, cost: number): void {
  context.problems.error(
    'ERR_POLICY_NEVER',
    leaf.path,
    `a request costs ${cost}, which this never holds; raise it, or write "none"`,
  );
}

function checkBucket(context: Context, leaf: LiteralLeaf, bursts: Figure | undefined, path: Path): void {
  const largest = bursts === undefined ? leaf.units : largestOf(bursts);
  try {
    segmentOf({ kind: 'bucket', amount: leaf.units, windowMs: leaf.windowMs, burst: largest });
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const at = bursts === undefined || path[0] === 'overrides' ? leaf.path : [...path, 'burst'];
    context.problems.error(
      'ERR_POLICY_AMOUNT',
      at,
      'this bucket cannot be counted exactly; use a burst or a window with fewer digits',
    );
  }
}

/** It counts parts of units. */
function checkDecay(context: Context, { path, units, windowMs }: LiteralLeaf): void {
  if ((units + 1) * DECAY_PARTS <= Number.MAX_SAFE_INTEGER && windowMs > 0) return;
  const most = Math.floor(Number.MAX_SAFE_INTEGER / DECAY_PARTS) - 1;
  context.problems.error('ERR_POLICY_AMOUNT', path, `a decay counts up to ${most} units`);
}
