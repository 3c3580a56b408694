import { systemClock, verdictOf, type Op, type Outcome, type Program, type SyncStore } from 'headgate';
import { createPlanner } from 'headgate/http';
import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Policy } from '../policy-file.ts';
import type { Asked } from './asked.ts';

/** One counter of a subject: a limit, and the record it stands in. */
export interface Counted {
  readonly name: string;
  readonly unit: string;
  readonly operation: string;
  readonly program: Program;
  readonly keys: readonly string[];
  readonly check: number;
  readonly remaining: number;
  readonly resetInMs: number | undefined;
  readonly amount: number;
}

/** Every counter that bears on a subject, each once, with what is left of it. */
export function countersOf(store: SyncStore, policy: Policy, asked: Asked): readonly Counted[] {
  const planner = createPlanner(policy);
  const found = new Map<string, Counted>();
  for (const operation of operationsOf(policy, asked)) {
    const nowMs = systemClock().wallMs();
    const { program, keys, limits } = planner.survey({ subject: asked.subject, operation, nowMs });
    if (program.checks.length === 0) continue;
    const outcome = store.apply({ op: 'peek', program, keys, costs: program.checks.map(() => 0) });
    for (const [check, { name, unit, amount }] of limits.entries()) {
      const { remaining, resetInMs } = verdictOf(outcome, check);
      const one = { name, unit, amount, operation: operation.name, program, keys, check, remaining, resetInMs };
      if (!found.has(placeOf(one))) found.set(placeOf(one), one);
    }
  }
  return [...found.values()];
}

/** Two operations that share a counter find it in one place. */
function placeOf({ name, program, keys, check }: Counted): string {
  const { record, slot, limitId } = program.checks[check]!; // It is one of the program's.
  return JSON.stringify([name, limitId, slot, program.records[record]?.id, keys[record]]);
}

function operationsOf({ operations }: Policy, { operation }: Asked): { index: number; name: string; path: {} }[] {
  const all = [...operations.map(({ name }, index) => ({ index, name, path: {} })), { index: -1, name: '', path: {} }];
  if (operation === undefined) return all;
  const one = all.filter(({ name }) => name === operation);
  if (one.length > 0) return one;
  throw unknown(
    'operation',
    operation,
    operations.map(({ name }) => name),
  );
}

/** The counters of one limit. @throws Failure when the policy has none of the name, or none for this subject */
export function ofLimit(counters: readonly Counted[], policy: Policy, name: string): readonly Counted[] {
  const own = counters.filter((one) => one.name === name);
  if (own.length > 0) return own;
  const names = policy.limits.map((limit) => limit.name);
  if (!names.includes(name)) throw unknown('limit', name, names);
  throw new Failure(
    1,
    `the limit "${name}" counts nothing for this subject: does it take more --subject, or an --operation?`,
  );
}

/** Asks a verb of one counter's record, and of nothing else of its program. */
export function askOf(store: SyncStore, op: Op, { program, keys, check }: Counted, cost: number): Outcome {
  const own = program.checks[check]!; // It is one of the program's.
  const alone: Program = {
    ...program,
    records: [program.records[own.record]!], // A limit that is kept has a record.
    checks: [{ ...own, record: 0, trigger: -1 }],
  };
  return store.apply({ op, program: alone, keys: [keys[own.record]!], costs: [cost] });
}

function unknown(what: string, name: string, names: readonly string[]): Failure {
  const guess = nearest(name, names);
  return new Failure(1, `there is no ${what} "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`);
}
