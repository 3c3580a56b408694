import type { CompiledPolicy, Limit as PolicyLimit, Part, PartsValue, Value } from '../../profile/index.ts';
import type { AskedFor, DeclaredLimits } from '../fetch/options.ts';
import { declare, type DeclaredLimit } from './declare.ts';
import { operationOf } from './operations.ts';

/** What a caller knows of itself: `{ plan: 'STARTER', auth: 'key' }`. */
export type Subject = Readonly<Record<string, string | number | boolean>>;

export interface PolicyLimits extends DeclaredLimits {
  /** Limits that could not be told from outside, each with the reason: quotas, sizes, figures by what only the server knows. */
  readonly leftOut: readonly string[];
}

/**
 * The limits of a Headgate policy, as `headgate compile` publishes it, for one caller. What depends on the caller alone, its plan above
 * all, is read from `subject`; a condition that cannot be told is taken to hold.
 */
export function limitsOf(policy: CompiledPolicy, subject: Subject = {}): PolicyLimits {
  const leftOut: string[] = [];
  const specs = policy.limits.flatMap((limit): [string, DeclaredLimit][] => {
    if (!applies(limit, subject)) return [];
    const spec = specOf(policy, limit, subject);
    if (typeof spec !== 'string') return [[limit.name, spec]];
    leftOut.push(`${limit.name}: ${spec}`);
    return [];
  });
  const limits = declare(Object.fromEntries(specs));
  return {
    of: (...args) => limits.of(...args),
    in: (...args) => limits.in(...args),
    at: (...args) => limits.at(...args),
    leftOut,
  };
}

/** `when: subject.auth == "key"` can be told of oneself; of anything else nobody knows, so it applies. */
function applies({ when }: PolicyLimit, subject: Subject): boolean {
  const [op, left, right] = when ?? [];
  if (op !== '==' || !Array.isArray(left) || left[0] !== 'attr') return true;
  const own = subject[String(left[1])];
  return own === undefined || own === right;
}

function specOf(policy: CompiledPolicy, limit: PolicyLimit, subject: Subject): DeclaredLimit | string {
  if (limit.kind !== 'rate') return `a ${limit.kind} is no rate`;
  const amount = amountOf(limit.amount, subject);
  const cost = limit.cost.is === 'literal' ? limit.cost.value : undefined;
  if (amount === undefined) return 'its amount depends on what only the server knows';
  if (typeof cost !== 'number') return 'its cost depends on what only the server knows';
  const burst = limit.burst === undefined ? undefined : numberIn(limit.burst);
  if (limit.burst !== undefined && burst === undefined) return 'its burst depends on what only the server knows';
  const { algorithm, slices, operations } = limit;
  if (algorithm === 'gap' || algorithm === 'decay')
    return `when a ${algorithm} has room depends on everybody who shares the counter`;
  const inside = ({ name }: { name: string }): boolean => operations === undefined || operations.includes(name);
  return {
    rate: amount,
    algorithm,
    slices,
    per: (asked) => partition(limit.per, operationOf(policy, asked), subject),
    when: (asked: AskedFor) => inside(operationOf(policy, asked)),
    cost: () => cost,
    ...(burst !== undefined && { burst }),
  };
}

function amountOf(value: Value | undefined, subject: Subject): string | undefined {
  if (value?.is === 'amount' && typeof value.amount.units === 'number')
    return `${value.amount.units}/${value.amount.windowMs ?? 0}ms`;
  if (value?.is !== 'table' || value.by[0] !== 'attr') return undefined;
  const own = subject[String(value.by[1])];
  const row = value.rows.find(([name]) => name === String(own));
  return own === undefined ? undefined : amountOf(row?.[1] ?? value.else, subject);
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
