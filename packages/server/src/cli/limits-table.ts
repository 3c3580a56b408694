import { effectiveLimits, effectiveNotes, type CompiledPolicy, type EffectiveLimit } from 'headgate/http';
import { table } from './table.ts';

type Column = readonly [heading: string, cell: (limit: EffectiveLimit, index: number) => string];

/** The limits that hold, one a row: of one plan, or of every plan side by side. Columns that would say nothing are left out. */
export function limitsTable(policy: CompiledPolicy, plan?: string): string {
  const limits = effectiveLimits(policy, plan).filter(({ published }) => published.is !== 'hidden');
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
  const rows = table(
    shown.map((i) => columns[i]?.[0] ?? ''),
    limits.map((_, row) => shown.map((i) => cells[i]?.[row] ?? '')),
  );
  const notes = effectiveNotes(policy, plan);
  return notes.length === 0 ? rows : `${rows}\n\n${table(['row', 'note'], notes)}`;
}

function amountColumns(
  policy: CompiledPolicy,
  limits: readonly EffectiveLimit[],
  plan: string | undefined,
): readonly Column[] {
  const { plans } = policy;
  if (plan !== undefined || plans.length === 0 || limits.every((limit) => limit.plans.length === 0))
    return [['amount', told]];
  return plans.map(({ name }) => {
    const ofPlan = effectiveLimits(policy, name);
    return [name, ({ name: of }) => told(ofPlan.find((limit) => limit.name === of))] as const;
  });
}

function told(limit: EffectiveLimit | undefined): string {
  if (limit === undefined || limit.published.is === 'hidden') return '';
  if (limit.published.is === 'words') return limit.published.words;
  const amount = spoken(limit.amount);
  return limit.published.is === 'stated' ? amount : `${WAYS[limit.published.is]} ${amount}`;
}

const WAYS = { approximate: 'about', 'at-least': 'at least' };

/** `1000/hour` rather than `1000/1h`. */
function spoken(amount: string): string {
  return amount
    .replace(/\/1h\b/g, '/hour')
    .replace(/\/1m\b/g, '/minute')
    .replace(/\/1s\b/g, '/second');
}
