import type { Amount, Expr, Value } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readAmount } from '../read/amount.ts';
import type { SetInput, ValueLeaf } from '../schema/value.ts';
import { REFUSED, type Context } from './context.ts';
import type { Reading } from './figure.ts';

type CompileLeaf = (leaf: ValueLeaf, path: Path) => Value;

type Span = Pick<Amount, 'windowMs' | 'period'>;

/**
 * Compiles a figure that the customer or an operator sets: an attribute, a number or an amount. Who has none gets the default;
 * what is none at all gets nothing, since a cap that cannot be read must not be none.
 */
export function compileSet(
  context: Context,
  given: SetInput,
  reading: Reading,
  path: Path,
  leafOf: CompileLeaf,
): Value {
  if (reading.kind === 'count') return refuse(context, path, '"set" belongs to the amount of a limit');
  const use = (word: 'default' | 'min' | 'max' | 'zero' | 'minus'): Value | undefined =>
    given[word] === undefined ? undefined : leafOf(given[word], [...path, word]);
  const [otherwise, min, max, zero, minus] = [
    use('default') ?? NONE,
    use('min'),
    use('max'),
    use('zero'),
    use('minus'),
  ];
  const beside = isPerTime(reading) ? [min, max, otherwise].map(spanOf).find((one) => one !== undefined) : {};
  const read = written(given.set, reading, context.names.schedules);
  const { text, span = beside } = read;
  if (span === undefined)
    return refuse(context, [...path, 'set'], `expected over which span: "(${given.set})/day", or an amount beside it`);
  const attribute = context.expression(text, [...path, 'set']);
  if (attribute === REFUSED) return NONE;
  if (attribute[0] !== 'attr') return refuse(context, [...path, 'set'], 'expected an attribute, such as key.cap');
  if (!areBounds(min, max)) return refuse(context, [...path, 'min'], `is more than "max", which is ${given.max}`);
  const bounds = read.span === undefined ? [min, max, otherwise] : [min, max];
  if (!bounds.map(spanOf).every((one) => one === undefined || isSame(one, span)))
    return refuse(
      context,
      [...path, 'set'],
      `expected bounds over the same span, or the span written: "(${text})/hour"`,
    );
  const figure = figureOf(attribute, reading.precision ?? 0, span);
  const units: Expr = ['clamp', figure, unitsOf(min) ?? 0, unitsOf(max) ?? Number.MAX_SAFE_INTEGER];
  return {
    is: 'cases',
    cases: [
      { when: ['!', ['has', attribute]], use: otherwise },
      { when: ['==', figure, 0], use: zero ?? min ?? NONE },
      { when: ['<', figure, 0], use: minus ?? NONE },
      { when: ['>', figure, 0], use: { is: 'amount', amount: { units, ...span } } },
    ],
    else: NONE,
    says: saying(given),
  };
}

/** `set by key.cap: default 100/minute, max 1000/minute`. */
function saying({ set, ...bounds }: SetInput): string {
  const said = Object.entries(bounds).flatMap(([word, figure]) => (figure === undefined ? [] : [`${word} ${figure}`]));
  return `set by ${set}: ${said.join(', ')}`;
}

const NONE: Value = { is: 'none' };

function isPerTime({ kind }: Reading): boolean {
  return kind === 'rate' || kind === 'quota';
}

function refuse(context: Context, path: Path, rule: string): Value {
  context.problems.error('ERR_POLICY_AMOUNT', path, rule);
  return NONE;
}

/** An attribute, and the span that is written after it. */
function written(
  set: string,
  { kind, precision = 0 }: Reading,
  schedules: ReadonlySet<string>,
): { readonly text: string; readonly span?: Span } {
  const read = set.includes('/') ? readAmount(set, kind, { precision, schedules }) : undefined;
  if (read?.is !== 'expression') return { text: set };
  const { windowMs, period } = read;
  return {
    text: read.text,
    span: { ...(windowMs !== undefined && { windowMs }), ...(period !== undefined && { period }) },
  };
}

/** Of figures that are plain numbers. */
function areBounds(min: Value | undefined, max: Value | undefined): boolean {
  return (unitsOf(min) ?? 0) <= (unitsOf(max) ?? Number.MAX_SAFE_INTEGER);
}

function isSame(a: Span, b: Span): boolean {
  return a.windowMs === b.windowMs && a.period === b.period;
}

function figureOf(attribute: Expr, precision: number, { windowMs, period }: Span): Expr {
  const number: Expr = ['stated', attribute, windowMs ?? period ?? null];
  return precision === 0 ? number : ['*', number, 10 ** precision];
}

/** The span of an amount; of a limit that has none, nothing to say. */
function spanOf(value: Value | undefined): Span | undefined {
  if (value?.is !== 'amount') return undefined;
  const { units: _, ...span } = value.amount;
  return span;
}

function unitsOf(value: Value | undefined): number | undefined {
  return value?.is === 'amount' && typeof value.amount.units === 'number' ? value.amount.units : undefined;
}
