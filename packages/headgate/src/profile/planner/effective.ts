import type { Amount, CompiledPolicy, Limit, Part, PartsValue, Value } from '../compiled.ts';
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
    amount: valueText(limit.amount, plan, limit.unit),
    burst: limit.burst === undefined ? undefined : valueText(limit.burst, plan, limit.unit),
    per: limit.kind === 'size' ? '' : partsText(limit.per, plan),
    on: limit.operations,
    when: limit.when === undefined ? undefined : textOf(limit.when),
    cost: limit.of === undefined ? valueText(limit.cost, plan) : textOf(limit.of),
    plans:
      plan === undefined && isByPlan(limit.amount)
        ? policy.plans.map(({ name }) => ({ plan: name, amount: valueText(limit.amount, name, limit.unit) }))
        : [],
  }));
}

/** A figure as it would be written; `unit` is what it counts. */
function valueText(value: Value, plan: string | undefined, unit = ''): string {
  switch (value.is) {
    case 'amount':
      return amountText(value.amount, unit);
    case 'unlimited':
    case 'none':
      return value.is;
    case 'literal':
      return typeof value.value === 'number' ? unitsText(value.value, unit) : String(value.value);
    case 'expr':
      return textOf(value.expr);
    case 'table':
    case 'cases':
      return choiceText(value, plan, (chosen) => valueText(chosen, plan, unit));
    default:
      return value satisfies never;
  }
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
      return textOf(part.expr);
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

function amountText({ units, windowMs, period }: Amount, unit: string): string {
  const text = typeof units === 'number' ? unitsText(units, unit) : `(${textOf(units)})`;
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

function unitsText(units: number, unit: string): string {
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
