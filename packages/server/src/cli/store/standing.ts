import {
  systemClock,
  verdictOf,
  type Check,
  type Op,
  type Outcome,
  type Program,
  type RecordShape,
  type SyncStore,
} from 'headgate';
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
  readonly amount: number;
  readonly remaining: number;
  readonly resetInMs: number | undefined;
  readonly program: Program;
  readonly check: Check;
  readonly shape: RecordShape;
  readonly key: string;
}

/** Every counter that bears on a subject, each once, with what is left of it. */
export function countersOf(store: SyncStore, policy: Policy, asked: Asked): readonly Counted[] {
  const planner = createPlanner(policy);
  const found = new Map<string, Counted>();
  for (const operation of operationsOf(policy, asked)) {
    const nowMs = systemClock().wallMs();
    for (const one of standing(store, planner.survey({ subject: asked.subject, operation, nowMs }), operation.name)) {
      // Two operations that share a counter find it in one place.
      const place = JSON.stringify([one.check.limitId, one.check.slot, one.shape.id, one.key]);
      if (!found.has(place)) found.set(place, one);
    }
  }
  return [...found.values()];
}

type Survey = ReturnType<ReturnType<typeof createPlanner>['survey']>;

function standing(store: SyncStore, { program, keys, limits }: Survey, operation: string): Counted[] {
  if (program.checks.length === 0) return [];
  const outcome = store.apply({ op: 'peek', program, keys, costs: program.checks.map(() => 0) });
  return program.checks.flatMap((check, i) => {
    const [limit, shape, key] = [limits[i], program.records[check.record], keys[check.record]];
    // A bound on one request is kept nowhere.
    if (limit === undefined || shape === undefined || key === undefined) return [];
    const { name, unit, amount } = limit;
    const { remaining, resetInMs } = verdictOf(outcome, i);
    return [{ name, unit, operation, amount, remaining, resetInMs, program, check, shape, key }];
  });
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
export function askOf(store: SyncStore, op: Op, { program, check, shape, key }: Counted, cost: number): Outcome {
  const alone: Program = { ...program, records: [shape], checks: [{ ...check, record: 0, trigger: -1 }] };
  return store.apply({ op, program: alone, keys: [key], costs: [cost] });
}

function unknown(what: string, name: string, names: readonly string[]): Failure {
  const guess = nearest(name, names);
  return new Failure(1, `there is no ${what} "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`);
}
