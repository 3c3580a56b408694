import type { Amount, CompiledPolicy, Hold, Limit, Part, PartsValue, Value } from '../compiled.ts';
import { publishedTo, type Published } from './publish.ts';
import { textOf, type Expr } from '../expression/index.ts';

/** One row of the table of limits, in words. */
export interface EffectiveLimit {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly kind: Limit['kind'];
  /** `fixed`, `sliding` or `bucket`; undefined for what is no rate. */
  readonly algorithm: Limit['algorithm'] | undefined;
  /** `1000/1h`, `15/month`, `25MB`, `unlimited`, or how it is chosen. */
  readonly amount: string;
  readonly burst: string | undefined;
  /** `key`, `key, operation`, `global`; empty for a size, which is nobody's counter. */
  readonly per: string;
  /** Operations; undefined: all. */
  readonly on: readonly string[] | undefined;
  readonly when: string | undefined;
  readonly cost: string;
  /** How what is charged comes back, or is settled; undefined where it is charged for good. */
  readonly hold: string | undefined;
  /** How it is told to those whom it binds. */
  readonly published: Published;
  /** The amount of each plan, where it is chosen by plan and no plan was asked for. */
  readonly plans: readonly { readonly plan: string; readonly amount: string }[];
}

/** The limits of a policy as a table, for one plan or for all: what `headgate limits` prints. */
export function effectiveLimits(policy: CompiledPolicy, plan?: string): readonly EffectiveLimit[] {
  return policy.limits.map((limit) => ({
    name: limit.name,
    label: limit.label,
    unit: limit.unit,
    kind: limit.kind,
    algorithm: limit.kind === 'rate' ? limit.algorithm : undefined,
    amount: valueText(limit.amount, plan, limit),
    burst: limit.burst === undefined ? undefined : valueText(limit.burst, plan, limit),
    per: limit.kind === 'size' ? '' : partsText(limit.per, plan),
    on: limit.operations,
    when: limit.when === undefined ? undefined : textOf(limit.when),
    cost: costText(limit, plan),
    hold: limit.hold === undefined ? undefined : sinceText(limit.hold) + holdText(limit.hold, limit, plan),
    published: publishedTo(limit, plan),
    plans:
      plan === undefined && isByPlan(limit.amount)
        ? policy.plans.map(({ name }) => ({ plan: name, amount: valueText(limit.amount, name, limit) }))
        : [],
  }));
}

/** Rows of the page that the API enforces itself: of one plan, or of all in words. */
export function effectiveNotes(
  { notes = [] }: CompiledPolicy,
  plan?: string,
): readonly (readonly [row: string, says: string])[] {
  return notes.map(([row, value]) => [row, valueText(value, plan)]);
}

/** What figures are counted in. */
type Counted = Pick<Limit, 'unit' | 'precision'>;

const PLAIN: Counted = { unit: '' };

function costText({ of, cost, hold, precision = 0 }: Limit, plan: string | undefined): string {
  if (of !== undefined) return textOf(of);
  return hold?.any === true ? 'any' : valueText(cost, plan, { unit: '', precision });
}

function sinceText({ after }: Hold): string {
  return after === undefined ? '' : `from ${durationText(after.ms)} on, `;
}

/** `until its exchange is over`, `until poll or cancel, at most 1h`, `settled to response.body.cost`. */
function holdText(hold: Hold, { kind, precision = 0 }: Limit, plan: string | undefined): string {
  if (hold.counts !== undefined) return `counts if ${textOf(hold.counts)}`;
  const lease = valueText(hold.lease, plan, { unit: 'ms' });
  if (hold.id !== undefined) {
    const ends = endsText(hold);
    return hold.stays === true ? `until ${ends}` : `until ${ends}, at most ${lease}`;
  }
  if (kind === 'concurrency') return 'until its exchange is over';
  if (hold.actual !== undefined) return `settled to ${valueText(hold.actual, plan, { unit: '', precision })}`;
  return kind === 'level' ? 'kept if the response is a success' : `settled by the API within ${lease}`;
}

function endsText({ ends, untilClosed }: Hold): string {
  const named = ends.flatMap(({ operations, events = [] }) => [
    ...operations,
    ...events.map((event) => `app.${event}`),
  ]);
  return [...new Set([...named, ...(untilClosed === true ? ['its connection closes'] : [])])].join(' or ');
}

/** A figure as it would be written. */
function valueText(value: Value, plan: string | undefined, counted: Counted = PLAIN): string {
  switch (value.is) {
    case 'amount':
      return amountText(value.amount, counted);
    case 'unlimited':
    case 'none':
      return value.is;
    case 'literal':
      return typeof value.value === 'number' ? unitsText(value.value, counted) : String(value.value);
    case 'expr':
      return exprText(value.expr, counted);
    case 'table':
      return choiceText(value, plan, (chosen) => valueText(chosen, plan, counted));
    case 'cases':
      return value.says ?? choiceText(value, plan, (chosen) => valueText(chosen, plan, counted));
    default:
      return value satisfies never;
  }
}

/** As it was written: in dollars, before it was counted in millionths. */
function exprText(expr: Expr, { precision = 0 }: Counted): string {
  const [op, written, scale] = expr;
  return precision > 0 && op === '*' && scale === 10 ** precision ? textOf(written ?? null) : textOf(expr);
}

function partsText(value: PartsValue, plan: string | undefined): string {
  if (value.is === 'parts') return value.parts.map(partText).join(', ');
  return choiceText(value, plan, (chosen) => partsText(chosen, plan));
}

function partText(part: Part): string {
  switch (part.is) {
    case 'attribute':
      return part.path;
    case 'expr':
      if (part.each !== true) return textOf(part.expr);
      return `each(${[part.expr, ...(part.of === undefined ? [] : [part.of])].map(textOf).join(', ')})`;
    case 'group':
      return 'operation.group';
    case 'operation':
    case 'global':
      return part.is;
    default:
      return part satisfies never;
  }
}

type Chosen<V> =
  | { readonly is: 'table'; readonly by: Expr; readonly rows: readonly (readonly [string, V])[]; readonly else?: V }
  | { readonly is: 'cases'; readonly cases: readonly { readonly when: Expr; readonly use: V }[]; readonly else: V };

/** Of one plan, its row; else every row. */
function choiceText<V>(choice: Chosen<V>, plan: string | undefined, text: (value: V) => string): string {
  const last = choice.else === undefined ? [] : [`else ${text(choice.else)}`];
  if (choice.is === 'cases')
    return [...choice.cases.map(({ when, use }) => `${text(use)} when ${textOf(when)}`), ...last].join('; ');
  if (plan !== undefined && isPlan(choice.by)) {
    const row = choice.rows.find(([name]) => name === plan)?.[1] ?? choice.else;
    return row === undefined ? 'none' : text(row);
  }
  const rows = choice.rows.map(([name, use]) => `${name} ${text(use)}`);
  return `by ${textOf(choice.by)}: ${[...rows, ...last].join('; ')}`;
}

function isByPlan(value: Value): boolean {
  return value.is === 'table' && isPlan(value.by);
}

function isPlan([op, name]: Expr): boolean {
  return op === 'attr' && name === 'plan';
}

function amountText({ units, windowMs, period }: Amount, counted: Counted): string {
  const text = typeof units === 'number' ? unitsText(units, counted) : `(${exprText(units, counted)})`;
  if (windowMs !== undefined) return `${text}/${durationText(windowMs)}`;
  return period === undefined ? text : `${text}/${period}`;
}

const BYTES: readonly (readonly [unit: string, size: number])[] = [
  ...['TB', 'GB', 'MB', 'kB'].map((unit, i) => [unit, 1000 ** (4 - i)] as const),
  ...['TiB', 'GiB', 'MiB', 'KiB'].map((unit, i) => [unit, 1024 ** (4 - i)] as const),
  ['B', 1],
];
const TIMES: readonly (readonly [unit: string, size: number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

function unitsText(units: number, { unit, precision = 0 }: Counted): string {
  if (precision > 0)
    return /^[A-Z]{3}$/.test(unit) ? `${units / 10 ** precision} ${unit}` : String(units / 10 ** precision);
  if (unit === 'bytes') return whole(units, BYTES);
  return unit === 'ms' ? whole(units, TIMES) : String(units);
}

function durationText(ms: number): string {
  return whole(ms, TIMES);
}

/** In the first unit in which it is whole. */
function whole(count: number, units: readonly (readonly [unit: string, size: number])[]): string {
  const [unit, size] = units.find(([, each]) => count % each === 0) ?? ['', 1];
  return `${count / size}${unit}`;
}
