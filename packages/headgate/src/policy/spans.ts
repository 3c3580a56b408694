import type { Value } from '../profile/index.ts';

/** Every window (ms) or period an amount can come to. */
export function spansOf(value: Value): readonly string[] {
  if (value.is === 'amount') return [value.amount.period ?? `${value.amount.windowMs ?? 0} ms`];
  if (value.is !== 'table' && value.is !== 'cases') return [];
  const below = value.is === 'table' ? value.rows.map(([, use]) => use) : value.cases.map(({ use }) => use);
  const all = [...below, ...(value.else === undefined ? [] : [value.else])].flatMap(spansOf);
  return [...new Set(all)].toSorted();
}
