import type { CompiledPolicy, Limit as PolicyLimit, Part, PartsValue, Value } from '../../profile/index.ts';
import type { AskedFor, DeclaredLimits } from '../fetch/options.ts';
import { declare, type DeclaredLimit } from './declare.ts';
import { operationOf } from './operations.ts';

/** What a caller knows of itself: `{ plan: 'STARTER', auth: 'key' }`. */
export type Subject = Readonly<Record<string, string | number | boolean>>;

export interface PolicyLimits extends DeclaredLimits {
  /** Limits that could not be told from outside, or not wholly, each with the reason: quotas, sizes, figures by what only the server knows. */
  readonly leftOut: readonly string[];
}

/**
 * The limits of a Headgate policy, as `headgate compile` publishes it, for one caller. What depends on the caller alone, its plan above
 * all, is read from `subject`; a condition that cannot be told is taken to hold.
 */
export function limitsOf(policy: CompiledPolicy, subject: Subject = {}): PolicyLimits {
  const leftOut: string[] = [];
  const specs = policy.limits.flatMap((limit): [string, DeclaredLimit][] => {
    const spec = applies(limit, subject) ? specOf(policy, limit, subject) : null;
    if (spec === null) return [];
    // What lasts longer than its answer is counted as far as it can be seen.
    const why = typeof spec === 'string' ? spec : limit.hold?.id && 'what is held beyond its answer is not seen';
    if (why) leftOut.push(`${limit.name}: ${why}`);
    return typeof spec === 'string' ? [] : [[limit.name, spec]];
  });
  return Object.assign(declare(Object.fromEntries(specs)), { leftOut });
}

/** `when: subject.auth == "key"` can be told of oneself; of anything else nobody knows, so it applies. */
function applies({ when }: { readonly when?: PolicyLimit['when'] }, subject: Subject): boolean {
  const [op, left, right] = when ?? [];
  if ((op !== '==' && op !== '!=') || !Array.isArray(left) || left[0] !== 'attr') return true;
  const own = subject[String(left[1])];
  return own === undefined || (own === right) === (op === '==');
}

/** What can be counted of a limit; or why nothing can; or null where it refuses nothing. */
function specOf(policy: CompiledPolicy, limit: PolicyLimit, subject: Subject): DeclaredLimit | string | null {
  if (limit.kind !== 'rate' && limit.kind !== 'concurrency') return `a ${limit.kind} is no rate`;
  const amount = amountOf(limit.amount, subject);
  const fill = refusedAt(limit, subject);
  if (amount === null || fill === null) return null;
  const cost = limit.cost.is === 'literal' ? limit.cost.value : undefined;
  if (amount === undefined || fill === undefined) return 'its amount depends on what only the server knows';
  if (typeof cost !== 'number') return 'its cost depends on what only the server knows';
  const units = Math.floor(amount.units * fill);
  if (units < 1) return 'nothing fits into it';
  const { operations } = limit;
  const inside = ({ name }: { name: string }): boolean => operations === undefined || operations.includes(name);
  const shared: DeclaredLimit = {
    per: (asked) => partition(limit.per, operationOf(policy, asked), subject),
    when: (asked: AskedFor) => inside(operationOf(policy, asked)),
  };
  if (limit.kind === 'concurrency') return { ...shared, concurrency: units };
  const { algorithm, slices } = limit;
  if (algorithm === 'gap' || algorithm === 'decay')
    return `when a ${algorithm} has room depends on everybody who shares the counter`;
  const burst = limit.burst === undefined ? undefined : numberIn(limit.burst);
  if (limit.burst !== undefined && burst === undefined) return 'its burst depends on what only the server knows';
  const rate = `${units}/${amount.windowMs}ms`;
  return { ...shared, rate, algorithm, slices, cost: () => cost, ...(burst !== undefined && { burst }) };
}

/** Null: unlimited. Undefined: only the server knows. */
function amountOf(value: Value | undefined, subject: Subject): { units: number; windowMs: number } | null | undefined {
  if (value?.is === 'unlimited') return null;
  if (value?.is === 'amount' && typeof value.amount.units === 'number')
    return { units: value.amount.units, windowMs: value.amount.windowMs ?? 0 };
  if (value?.is === 'cases') return least([...value.cases.map(({ use }) => use), value.else], subject);
  if (value?.is !== 'table' || value.by[0] !== 'attr') return undefined;
  const own = subject[String(value.by[1])];
  const row = value.rows.find(([name]) => name === String(own));
  return own === undefined ? undefined : amountOf(row?.[1] ?? value.else, subject);
}

/** Which case holds only the server knows, so it is the tightest. */
function least(values: readonly Value[], subject: Subject): ReturnType<typeof amountOf> {
  const amounts = values.map((value) => amountOf(value, subject));
  if (amounts.includes(undefined)) return undefined;
  const rates = amounts.flatMap((one) => one ?? []);
  return rates.toSorted((a, b) => a.units * (b.windowMs || 1) - b.units * (a.windowMs || 1))[0] ?? null;
}

/** At which part of its amount a limit begins to refuse, or to hold back; null: at none, undefined: only the server knows. */
function refusedAt({ ladder }: PolicyLimit, subject: Subject): number | null | undefined {
  if (ladder === undefined) return 1;
  const steps = ladder.filter(
    (step) => /^(deny|block|delay|drop|close)$/.test(step.action.is) && applies(step, subject),
  );
  const fills = steps.map(({ at }) => numberIn(at));
  if (fills.includes(undefined)) return undefined;
  return steps.length === 0 ? null : Math.min(...fills.map((fill = 0) => fill / 1000));
}

const numberIn = (value: Value): number | undefined => {
  const found = value.is === 'amount' ? value.amount.units : value.is === 'literal' ? value.value : undefined;
  return typeof found === 'number' ? found : undefined;
};

/** One caller is one partition, but for operations. What cannot be told apart is counted as one, which errs on the late side. */
function partition(per: PartsValue, operation: { name: string; group: string }, subject: Subject): string {
  return partsOf(per, subject)
    .map(({ is }) => (is === 'operation' ? operation.name : is === 'group' ? operation.group : ''))
    .join(' ');
}

function partsOf(per: PartsValue, subject: Subject): readonly Part[] {
  if (per.is === 'parts') return per.parts;
  if (per.is !== 'table' || per.by[0] !== 'attr') return [];
  const row = per.rows.find(([name]) => name === String(subject[String(per.by[1])]))?.[1] ?? per.else;
  return row === undefined ? [] : partsOf(row, subject);
}
