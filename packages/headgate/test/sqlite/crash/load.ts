import { FOREVER, segmentOf, type Program } from '../../../src/core/index.ts';
import { programOf } from '../../../src/testing/index.ts';

const HOUR_MS = 3_600_000;
/** More than any run asks for: what is counted is what was charged, and nothing is refused. */
export const PLENTY = 1_000_000_000;

/** One period that does not end while anybody looks. */
const segments = [segmentOf({ kind: 'quota', amount: PLENTY, fromAtMs: 0, untilAtMs: FOREVER, periodAtMs: 1 })];

/** Two records, decided together: of the caller a quota and a durable rate, of all a level and permits. */
export const HELD: Program = lasting(
  programOf(
    { kind: 'quota', segments, holdMs: HOUR_MS, limitId: 1 },
    { kind: 'fixed', amount: PLENTY, windowMs: 24 * HOUR_MS, limitId: 2 },
    { kind: 'level', amount: PLENTY, holdMs: HOUR_MS, limitId: 3, record: 1 },
    { kind: 'concurrency', amount: PLENTY, holdMs: HOUR_MS, limitId: 4, record: 1 },
  ),
);

/** What is charged for good, and known by its request id. */
export const SPENT: Program = programOf({ kind: 'quota', segments, limitId: 5 });

export const CALLERS: readonly string[] = ['a', 'b', '\ud800', '__proto__'];
export const ALL = 'all';

/** One line of what a worker writes down: before it asks, and again once it was answered. */
export interface Noted {
  readonly what: 'hold' | 'cancel' | 'spend';
  readonly when: 'asked' | 'answered';
  readonly caller: string;
  readonly id: string;
}

function lasting(program: Program): Program {
  const records = program.records.map((shape) => ({
    ...shape,
    fields: shape.fields.map((field) => ({ ...field, durable: true })),
  }));
  return { ...program, records };
}
