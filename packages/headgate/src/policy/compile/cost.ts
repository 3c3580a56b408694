import type { Hold, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { CostInput } from '../schema/cost.ts';
import type { ValueInput } from '../schema/value.ts';
import { isMap } from '../schema/words.ts';
import { afterwards } from './afterwards.ts';
import type { Context } from './context.ts';
import { compileFigure, type Figure } from './figure.ts';

/** What a request is charged with the decision, and how that is settled. */
export interface Costs {
  readonly charged: Figure;
  /** Undefined where it is charged for good. */
  readonly settled: Pick<Hold, 'any' | 'actual' | 'lost'> | undefined;
}

type Reserved = Extract<CostInput, { readonly reserve: unknown }>;

const NOTHING_YET: Figure = {
  value: { is: 'literal', value: 0 },
  literals: [{ path: [], units: 0, windowMs: 0, unit: undefined }],
};

/** Compiles a cost that is no meter's name. Its figures are in what people read: `precision` decimals are counted. */
export function compileCost(context: Context, given: CostInput, precision: number, path: Path): Costs {
  if (!isReserved(given))
    return { charged: compileFigure(context, given, { kind: 'count', precision }, path), settled: undefined };
  const { reserve, actual, lost } = given;
  const any = reserve === 'any';
  if (reserve === 0)
    context.problems.error(
      'ERR_POLICY_NEVER',
      [...path, 'reserve'],
      'nothing is reserved, and nothing could be settled; write "any"',
    );
  return {
    charged: any ? NOTHING_YET : compileFigure(context, reserve, { kind: 'count', precision }, [...path, 'reserve']),
    settled: {
      ...(any && { any }),
      ...(actual !== undefined && { actual: settledFigure(context, actual, precision, [...path, 'actual']) }),
      ...(lost !== undefined && {
        lost: compileFigure(context, lost, { kind: 'count', precision }, [...path, 'lost']).value,
      }),
    },
  };
}

/** A figure that is told by a response. */
export function settledFigure(context: Context, given: ValueInput, precision: number, path: Path): Value {
  return compileFigure(
    context,
    given,
    { kind: 'count', precision, expression: (text, at, wanted) => afterwards(context, text, at, wanted) },
    path,
  ).value;
}

function isReserved(given: CostInput): given is Reserved {
  return isMap(given) && Object.hasOwn(given, 'reserve');
}
