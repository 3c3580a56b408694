import { effectiveLimits, type CompiledPolicy, type EffectiveLimit } from 'headgate/http';
import { table } from './table.ts';

type Column = readonly [heading: string, cell: (limit: EffectiveLimit, index: number) => string];

/** The limits that hold, one a row: of one plan, or of every plan side by side. Columns that would say nothing are left out. */
export function limitsTable(policy: CompiledPolicy, plan?: string): string {
  const limits = effectiveLimits(policy, plan);
  const columns: readonly Column[] = [
    ['limit', ({ name }) => name],
    ['label', ({ label, name }) => (label === name ? '' : label)],
    ...amountColumns(policy, limits, plan),
    ['burst', ({ burst }) => burst ?? ''],
    ['unit', ({ unit }) => (unit === 'requests' ? '' : unit)],
    ['kind', ({ kind, algorithm }) => algorithm ?? kind],
    ['per', ({ per }) => per],
    ['on', ({ on }) => on?.join(', ') ?? ''],
    ['when', ({ when }) => when ?? ''],
    ['cost', ({ cost }) => (cost === '1' ? '' : cost)],
    ['held', ({ hold }) => hold ?? ''],
  ];
  const cells = columns.map(([, cell]) => limits.map(cell));
  const shown = columns.map((_, i) => i).filter((i) => cells[i]?.some((cell) => cell !== ''));
  return table(
    shown.map((i) => columns[i]?.[0] ?? ''),
    limits.map((_, row) => shown.map((i) => cells[i]?.[row] ?? '')),
  );
}

function amountColumns(
  policy: CompiledPolicy,
  limits: readonly EffectiveLimit[],
  plan: string | undefined,
): readonly Column[] {
  const { plans } = policy;
  if (plan !== undefined || plans.length === 0 || limits.every((limit) => limit.plans.length === 0))
    return [['amount', ({ amount }) => spoken(amount)]];
  return plans.map(({ name }) => {
    const ofPlan = effectiveLimits(policy, name);
    return [name, (_, index) => spoken(ofPlan[index]?.amount ?? '')] as const;
  });
}

/** `1000/hour` rather than `1000/1h`. */
function spoken(amount: string): string {
  return amount
    .replace(/\/1h\b/g, '/hour')
    .replace(/\/1m\b/g, '/minute')
    .replace(/\/1s\b/g, '/second');
}
