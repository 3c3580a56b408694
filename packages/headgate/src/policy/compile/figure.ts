import { evaluate, readsOf, Scope, type Expr, type Value, type Visible } from '../../profile/index.ts';
import type { PolicyErrorCode } from '../errors.ts';
import { callsOf } from '../expression/index.ts';
import type { Path } from '../problem.ts';
import { readAmount, type AmountKind, type ReadAmount } from '../read/amount.ts';
import type { RampChoice, SetInput, ValueInput, ValueLeaf } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import { REFUSED, type Context, type Wanted } from './context.ts';
import { compileRamp } from './ramp.ts';
import { compileSet } from './set.ts';

/** A literal inside a figure, where it stands. */
export interface LiteralLeaf {
  readonly path: Path;
  readonly units: number;
  readonly windowMs: number;
  /** `bytes`, `ms`, a currency. */
  readonly unit: string | undefined;
}

export interface Figure {
  readonly value: Value;
  /** Every literal it can come to, for the checks that need numbers. */
  readonly literals: readonly LiteralLeaf[];
}

/** How the figures of one place are read. */
export interface Reading {
  readonly kind: AmountKind;
  /** Decimals that are counted; default none. */
  readonly precision?: number;
  /** Compiles expressions where they may read more than elsewhere. */
  readonly expression?: (text: string, path: Path, wanted?: Wanted) => Expr;
}

type Leaf = Extract<Value, { is: 'amount' | 'unlimited' | 'none' | 'literal' | 'expr' }>;

/** Compiles a figure of a limit (`rate`, `quota`, `size` …) or a plain number (`count`: costs, bursts, weights, leases). */
export function compileFigure(context: Context, given: ValueInput, how: AmountKind | Reading, path: Path): Figure {
  const reading = typeof how === 'string' ? { kind: how } : how;
  const literals: LiteralLeaf[] = [];
  const leafOf = (leaf: ValueLeaf, at: Path): Leaf => compileLeaf(context, leaf, reading, at, literals);
  const compile = (leaf: ValueLeaf | SetInput | RampChoice, at: Path): Value => {
    if (typeof leaf !== 'object') return leafOf(leaf, at);
    return isRamp(leaf) ? compileRamp(context, leaf.ramp, at, leafOf) : compileSet(context, leaf, reading, at, leafOf);
  };
  const value = compileChoice<ValueLeaf | SetInput | RampChoice, Value>(
    context,
    given,
    path,
    Object.assign(compile, {
      isLeaf: (map: object) => Object.hasOwn(map, 'set') || Object.hasOwn(map, 'ramp'),
      ...(reading.expression !== undefined && { expression: reading.expression }),
    }),
  );
  return { value, literals };
}

function isRamp(leaf: SetInput | RampChoice): leaf is RampChoice {
  return Object.hasOwn(leaf, 'ramp');
}

function compileLeaf(context: Context, leaf: ValueLeaf, reading: Reading, path: Path, literals: LiteralLeaf[]): Leaf {
  const { kind, precision = 0 } = reading;
  const { schedules } = context.names;
  const told = toldOf(context, readAmount(leaf, kind, { precision, schedules }), reading, path);
  if (told.is === 'literal') literals.push({ path, units: told.units, windowMs: told.windowMs ?? 0, unit: told.unit });
  return kind === 'count' ? countLeaf(context, told, path) : amountLeaf(context, told, path);
}

/** An amount whose expression was compiled, or worked out. */
type Told =
  | Exclude<ReadAmount, { is: 'expression' }>
  | (Extract<ReadAmount, { is: 'expression' }> & { readonly expr: Expr });

/** An expression that reads nothing is worked out here: what fails or never admits is then told before any request is. */
function toldOf(context: Context, read: ReadAmount, { kind, precision = 0, expression }: Reading, path: Path): Told {
  if (read.is !== 'expression') return read;
  const compiled = expression
    ? expression(read.text, path, { expect: 'number' })
    : context.expression(read.text, path, { expect: 'number' });
  const expr = scaledExpr(compiled, precision);
  if (compiled === REFUSED || readsOf(expr).length > 0 || looksElsewhere(expr)) return { ...read, expr };
  const worth = evaluate(expr, new Scope(NOTHING));
  if (typeof worth !== 'number') return refusal('ERR_POLICY_EXPRESSION', 'fails, whatever is asked');
  // Amounts are rounded down, costs up, and below nothing there is nothing to hold.
  const units = kind === 'count' ? Math.ceil(worth) : Math.max(0, Math.floor(worth));
  if (units < 0) return refusal('ERR_POLICY_RANGE', `expected a whole number, 0 or more, and it comes to ${worth}`);
  return { is: 'literal', units, unit: undefined, ...spanOf(read) };
}

/** An expression speaks as people do, in dollars; what is counted is millionths. */
function scaledExpr(expr: Expr, precision: number): Expr {
  return precision === 0 ? expr : ['*', expr, 10 ** precision];
}

/** In what is only there when requests are: tables, and functions of the program. */
function looksElsewhere(expr: Expr): boolean {
  return ['lookup', 'host'].some((name) => callsOf(expr, name).length > 0);
}

const NOTHING: Visible = { attributes: {}, plan: {}, operation: () => undefined, roots: {} };

function refusal(code: PolicyErrorCode, rule: string): Told {
  return { is: 'refused', refused: { code, rule } };
}

function amountLeaf(context: Context, read: Told, path: Path): Leaf {
  switch (read.is) {
    case 'unlimited':
    case 'none':
      return { is: read.is };
    case 'literal':
      return { is: 'amount', amount: { units: read.units, ...spanOf(read) } };
    case 'expression':
      return { is: 'amount', amount: { units: read.expr, ...spanOf(read) } };
    case 'refused':
      return refused(context, read, path);
    default:
      return read satisfies never;
  }
}

function countLeaf(context: Context, read: Told, path: Path): Leaf {
  switch (read.is) {
    case 'unlimited':
    case 'none':
      context.problems.error('ERR_POLICY_AMOUNT', path, 'expected a whole number, or an expression for one');
      return { is: 'none' };
    case 'literal':
      return { is: 'literal', value: read.units };
    case 'expression':
      return { is: 'expr', expr: read.expr };
    case 'refused':
      return refused(context, read, path);
    default:
      return read satisfies never;
  }
}

function spanOf(read: Extract<ReadAmount, { is: 'literal' | 'expression' }>): {
  windowMs?: number;
  period?: NonNullable<typeof read.period>;
} {
  return {
    ...(read.windowMs !== undefined && { windowMs: read.windowMs }),
    ...(read.period !== undefined && { period: read.period }),
  };
}

/** Stands for what could not be read; the policy is not handed out with it. */
function refused(context: Context, read: Extract<ReadAmount, { is: 'refused' }>, path: Path): Leaf {
  const { code, rule, value } = read.refused;
  context.problems.error(code, path, rule, value === undefined ? {} : { value });
  return { is: 'none' };
}
