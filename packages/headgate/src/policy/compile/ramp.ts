import { isExpr, type Expr, type Ramp, type Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readSpan } from '../read/span.ts';
import type { RampInput, ValueLeaf } from '../schema/value.ts';
import type { Context } from './context.ts';

type CompileLeaf = (leaf: ValueLeaf, path: Path) => Value;

const SPAN = { leastMs: 1000, mostMs: 86_400_000, most: '24h' };
const NONE: Value = { is: 'none' };

/** Compiles a figure that grows with use. Its level is a counter of its own, so a limit has one. */
export function compileRamp(context: Context, given: RampInput, path: Path, leafOf: CompileLeaf): Value {
  const at = [...path, 'ramp'];
  const [top, name = ''] = path;
  const { add, times } = given;
  const limit = String(name);
  if (top !== 'limits') return refuse(context, at, 'a ramp stands on the limit itself');
  if (context.ramps.has(limit)) return refuse(context, at, 'the limit has another ramp; keep one');
  if ((add === undefined) === (times === undefined)) return refuse(context, at, 'expected one of "add" and "times"');
  const from = leafOf(given.from, [...at, 'from']);
  const to = unitsOf(given.to, leafOf, [...at, 'to']);
  const first = from.is === 'amount' ? from.amount.units : undefined;
  if (from.is !== 'amount' || typeof first !== 'number')
    return refuse(context, [...at, 'from'], 'expected an amount, such as "500/second"');
  if (to === undefined || to < first)
    return refuse(context, [...at, 'to'], 'expected units, at least those that it begins with');
  context.ramps.set(limit, rampIn(context, limit, given, at));
  const units: Expr = ['ramp', limit, first, add === undefined ? 'times' : 'add', add ?? times ?? 1, to];
  return { is: 'amount', amount: { ...from.amount, units } };
}

function refuse(context: Context, path: Path, rule: string): Value {
  context.problems.error('ERR_POLICY_AMOUNT', path, rule, { value: null });
  return NONE;
}

/** `3000`, or an amount as `from` is. */
function unitsOf(to: RampInput['to'], leafOf: CompileLeaf, path: Path): number | undefined {
  if (typeof to === 'number') return Number.isSafeInteger(to) ? to : undefined;
  if (/^\d+$/.test(to.trim())) return Number(to);
  const value = leafOf(to, path);
  return value.is === 'amount' && typeof value.amount.units === 'number' ? value.amount.units : undefined;
}

function rampIn(context: Context, name: string, given: RampInput, path: Path): Ramp {
  const everyMs = spanOf(context, given.every, [...path, 'every']);
  const restMs = given.rest === undefined ? everyMs : spanOf(context, given.rest, [...path, 'rest']);
  if (given.while === undefined) return { everyMs, restMs };
  const use = context.expression(given.while, [...path, 'while'], { expect: 'bool', also: ['usage'] });
  return { everyMs, restMs, while: ofLimit(use, name) };
}

function spanOf(context: Context, text: string, path: Path): number {
  const ms = readSpan(text, SPAN);
  if (typeof ms === 'number') return ms;
  context.problems.error('ERR_POLICY_WINDOW', path, ms);
  return SPAN.leastMs;
}

/** `usage` alone is the limit's own. */
function ofLimit(expr: Expr, name: string): Expr {
  const [op, ...operands] = expr;
  if (op === 'root' && operands[0] === 'usage') return ['usage', name];
  return [op, ...operands.map((operand) => (isExpr(operand) ? ofLimit(operand, name) : operand))];
}
