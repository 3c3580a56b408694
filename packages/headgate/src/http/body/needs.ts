import type { CompiledPolicy, Limit, Measure, Operation } from '../../profile/index.ts';

/** What must be known of a request's body before it is judged, by the operation's index. */
export interface Needs {
  /** Nothing, whatever is asked: then nothing may be spent on it. */
  readonly none: boolean;
  /** Names of the operations whose `when` reads it. */
  readonly toChoose: ReadonlySet<string>;
  /** Whether its limits read the body. */
  body(operation: number): boolean;
  /** Whether its limits measure files. */
  files(operation: number): boolean;
  /** Whether its limits, or what they are settled by, measure what passes. */
  passing(operation: number): boolean;
}

type Fields = 'body' | 'files' | 'bytes';

/**
 * Finds what a policy reads of bodies. An operation is asked for its body only if something reads it that is evaluated for that
 * operation; everything else never waits.
 */
export function createNeeds(policy: CompiledPolicy): Needs {
  const { derive, require, operations, overrides, respond } = policy;
  const all = [derive, require, overrides, respond].some((part) => reads(part, 'body'));
  const body = perOperation(policy, (limits, own) => all || [...limits, own].some((part) => reads(part, 'body')));
  const files = perOperation(policy, (limits) => limits.some((limit) => measuresFiles(limit) || reads(limit, 'files')));
  const passing = perOperation(policy, (limits) => limits.some(measuresPassing));
  // Not by a negative index, which is slow: -1 stands for no operation, and that stands last.
  const at =
    (of: readonly boolean[]) =>
    (operation: number): boolean =>
      of[operation < 0 ? operations.length : operation] === true;
  return {
    none: ![...body, ...files, ...passing].includes(true) && !operations.some(({ when }) => reads(when, 'body')),
    toChoose: new Set(operations.filter(({ when }) => reads(when, 'body')).map(({ name }) => name)),
    body: at(body),
    files: at(files),
    passing: at(passing),
  };
}

/** For each operation, and last for requests that are none of them: whether it holds for the limits that apply to it. */
function perOperation(
  { operations, limits }: CompiledPolicy,
  holds: (limits: readonly unknown[], own: Operation | undefined) => boolean,
): readonly boolean[] {
  return [...operations, undefined].map((own) =>
    holds(
      // An element of a batch may be any operation.
      own?.each === undefined ? limits.flatMap((limit) => partsFor(limit, own?.name)) : [...limits, ...operations],
      own,
    ),
  );
}

/** What of a limit is evaluated for an operation: all of it where it applies, and the ends of what it holds. */
function partsFor(limit: Limit, operation: string | undefined): readonly unknown[] {
  const on = limit.operations;
  if (on === undefined || (operation !== undefined && on.includes(operation))) return [limit];
  const ends = limit.hold?.ends ?? [];
  return ends.filter(({ operations }) => operation !== undefined && operations.includes(operation));
}

function measuresFiles(part: unknown): boolean {
  const measure = measureOf(part);
  return measure !== undefined && measure !== 'request.bytes';
}

function measuresPassing(part: unknown): boolean {
  if (measureOf(part) !== undefined) return true;
  const hold = typeof part === 'object' && part !== null && 'hold' in part ? part.hold : part;
  return reads(hold, 'files') || reads(hold, 'bytes');
}

function measureOf(part: unknown): Measure | undefined {
  // Parts are limits, or ends of what they hold, which measure nothing.
  return (part as Partial<Limit>).measures;
}

const FIELD = /\["\.",\["root","request"\],"(\w+)"\]/g;

/** Whether a part of a policy reads a field of the request, or the request as a whole. Expressions are data, so its text tells. */
function reads(part: unknown, field: Fields): boolean {
  if (part === undefined) return false;
  const text = JSON.stringify(part);
  if (text.includes(`[".",["root","request"],"${field}"]`)) return true;
  return field !== 'bytes' && text.replaceAll(FIELD, '').includes('["root","request"]');
}
