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
  /** `1000/1h`, `15/month`, `unlimited`, or how it is chosen. */
  readonly amount: string;
  readonly burst: string | undefined;
  /** `key`, `key, operation`, `global`. */
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
    amount: valueText(limit.amount, plan),
    burst: limit.burst === undefined ? undefined : valueText(limit.burst, plan),
    per: partsText(limit.per, plan),
    on: limit.operations,
    when: limit.when === undefined ? undefined : textOf(limit.when),
    cost: limit.of === undefined ? valueText(limit.cost, plan) : textOf(limit.of),
    plans:
      plan === undefined && isByPlan(limit.amount)
        ? policy.plans.map(({ name }) => ({ plan: name, amount: valueText(limit.amount, name) }))
        : [],
  }));
}

function valueText(value: Value, plan: string | undefined): string {
  switch (value.is) {
    case 'amount':
      return amountText(value.amount);
    case 'unlimited':
    case 'none':
      return value.is;
    case 'literal':
      return String(value.value);
    case 'expr':
      return textOf(value.expr);
    case 'table':
    case 'cases':
      return choiceText(value, plan, valueText);
    default:
      return value satisfies never;
  }
}

function partsText(value: PartsValue, plan: string | undefined): string {
  return value.is === 'parts' ? value.parts.map(partText).join(', ') : choiceText(value, plan, partsText);
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
function choiceText<V>(
  choice: Chosen<V>,
  plan: string | undefined,
  text: (value: V, plan: string | undefined) => string,
): string {
  const last = choice.else === undefined ? [] : [`else ${text(choice.else, plan)}`];
  if (choice.is === 'cases')
    return [...choice.cases.map(({ when, use }) => `${text(use, plan)} when ${textOf(when)}`), ...last].join('; ');
  if (plan !== undefined && isPlan(choice.by)) {
    const row = choice.rows.find(([name]) => name === plan)?.[1] ?? choice.else;
    return row === undefined ? 'none' : text(row, plan);
  }
  const rows = choice.rows.map(([name, use]) => `${name} ${text(use, plan)}`);
  return `by ${textOf(choice.by)}: ${[...rows, ...last].join('; ')}`;
}

function isByPlan(value: Value): boolean {
  return value.is === 'table' && isPlan(value.by);
}

function isPlan([op, name]: Expr): boolean {
  return op === 'attr' && name === 'plan';
}

function amountText({ units, windowMs, period }: Amount): string {
  const text = typeof units === 'number' ? String(units) : `(${textOf(units)})`;
  if (windowMs !== undefined) return `${text}/${durationText(windowMs)}`;
  return period === undefined ? text : `${text}/${period}`;
}

/** The largest unit in which it is whole. */
function durationText(ms: number): string {
  for (const [unit, length] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms % length === 0) return `${ms / length}${unit}`;
  }
  return `${ms}ms`;
}
