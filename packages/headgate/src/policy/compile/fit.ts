import { HeadgateError, segmentOf } from '../../core/index.ts';
import type { Limit } from '../../profile/index.ts';
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
  for (const leaf of amount.literals) if (shape.algorithm === 'bucket') checkBucket(context, leaf, bursts, path);
}

const NOTHING = 'an amount of 0 never admits; write "none"';
const HOLDS_NOTHING = 'what holds 0 never admits anything; write a number above 0';

function tooSmall(context: Context, leaf: LiteralLeaf, cost: number): void {
  context.problems.error(
    'ERR_POLICY_NEVER',
    leaf.path,
    `a request costs ${cost}, which this never holds; raise it, or write "none"`,
  );
}

function checkBucket(context: Context, leaf: LiteralLeaf, bursts: Figure | undefined, path: Path): void {
  const largest = bursts === undefined ? leaf.units : Math.max(0, ...bursts.literals.map((burst) => burst.units));
  try {
    segmentOf({ kind: 'bucket', amount: leaf.units, windowMs: leaf.windowMs, burst: largest });
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const at = bursts === undefined ? leaf.path : [...path, 'burst'];
    context.problems.error(
      'ERR_POLICY_AMOUNT',
      at,
      'this bucket cannot be counted exactly; use a burst or a window with fewer digits',
    );
  }
}
