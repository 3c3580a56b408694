import fc from 'fast-check';
import type { Outcome, Program, Step, SyncStore } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';

/** A store of its own on a clock of its own, and few words to ask it with. */
export interface Asking {
  readonly clock: ManualClock;
  readonly store: SyncStore;
  readonly decide: (program: Program, cost?: number, more?: Partial<Step>) => Outcome;
  readonly peek: (program: Program, cost?: number, more?: Partial<Step>) => Outcome;
  readonly ask: (op: Step['op'], program: Program, cost?: number, more?: Partial<Step>) => Outcome;
}

export function asking(
  clock: ManualClock = manualClock(),
  store: SyncStore = memoryStore({ clock, random: () => 7 }),
): Asking {
  const ask = (op: Step['op'], program: Program, cost = 1, more: Partial<Step> = {}): Outcome =>
    store.apply({ op, program, keys: program.records.map(() => 'k'), costs: program.checks.map(() => cost), ...more });
  return {
    clock,
    store,
    ask,
    decide: (program, cost, more) => ask('decide', program, cost, more),
    peek: (program, cost, more) => ask('peek', program, cost, more),
  };
}

/** A charge is a cost after a time: what a client does, as data. */
export const visits: fc.Arbitrary<{ afterMs: number; cost: number }[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 900 })),
    cost: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 9 })),
  }),
  { minLength: 1, maxLength: 120 },
);

/** The largest sum of units in any half-open window: it begins at some charge. */
export function mostInAnyWindow(log: readonly { atMs: number; units: number }[], windowMs: number): number {
  let most = 0;
  for (const { atMs: fromMs } of log) {
    const inside = log.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs);
    most = Math.max(
      most,
      inside.reduce((sum, { units }) => sum + units, 0),
    );
  }
  return most;
}
