import {
  checkOf,
  FIGURES,
  idOf,
  segmentOf,
  type Check,
  type Expectation,
  type Field,
  type Outcome,
} from '../../core/index.ts';
import type { Limit, Ramp } from '../compiled.ts';
import { evaluate, rampOf, type Expr, type Scope, type Standing } from '../expression/index.ts';
import type { Partition } from './partition.ts';

/*
 * A ramp is two counters beside its limit's: one of the levels reached, in a window that ends once nothing has been charged for long
 * enough, and one that says whether a level was reached since `every`. Any store has both kinds, and keeps them as it keeps others.
 */

/** More levels than anybody reaches: neither counter ever refuses. */
const ENDLESS = 2 ** 40;
/** Counters of one ramp. */
export const OF_ONE = 2;
const KINDS = ['gap', 'fixed'] as const;

interface Identified {
  readonly limit: Limit;
}

/** The ramp of a limit, on whose counter. */
export interface Ramped {
  readonly layout: Identified;
  readonly partition: Partition;
}

export function rampIdentities({ limit }: Identified, partition: Partition): readonly string[] {
  if (limit.ramp === undefined) return [];
  return ['level', 'step'].map((what) => `${limit.was ?? limit.name}: ramp ${what} per ${partition.name}`);
}

/** Use is charged at most once in `everyMs`: a rest is so much longer in the counter. */
function windowsOf({ everyMs, restMs }: Ramp): readonly number[] {
  return [restMs + everyMs, everyMs];
}

export function rampFields(layout: Identified, partition: Partition, slot: number): readonly Field[] {
  const { ramp } = layout.limit;
  if (ramp === undefined) return [];
  const windows = windowsOf(ramp);
  return rampIdentities(layout, partition).map((identity, i) => ({
    limitId: idOf(identity),
    kind: KINDS[i] ?? 'fixed',
    windowMs: windows[i] ?? 0,
    slices: 0,
    slots: [slot],
  }));
}

export function rampChecks({ layout, partition }: Ramped, record: number, slot: number): readonly Check[] {
  return rampFields(layout, partition, slot).map(({ limitId, kind, windowMs }) =>
    checkOf({ limitId, kind, windowMs, record, slot, segments: [segmentOf({ kind, amount: ENDLESS, windowMs })] }),
  );
}

/** 1 where this request, if it is let in, takes its ramp a level up. */
export function rampCost(limit: string, use: Expr | undefined, scope: Scope): number {
  const mayRise = scope.visible.standings?.get(rampOf(limit))?.limit === 1;
  return mayRise && (use === undefined || evaluate(use, scope) === true) ? 1 : 0;
}

/** The first charge begins a ramp, and each one after it is a level. `at`: where its checks stand. */
export function rampStanding(outcome: Outcome | undefined, at: number): Standing {
  const left = (check: number): number => outcome?.figures[check * FIGURES] ?? ENDLESS;
  return { left: Math.max(0, ENDLESS - left(at) - 1), limit: left(at + 1) === ENDLESS ? 1 : 0 };
}

/** What must still hold of a ramp that stands so. */
export function rampExpectations({ left, limit }: Standing, at: number): readonly Expectation[] {
  const room = ENDLESS - left - 1;
  const mayRise = limit === 1;
  return [
    { check: at, least: room, most: left === 0 ? ENDLESS : room },
    { check: at + 1, least: mayRise ? ENDLESS : 0, most: mayRise ? ENDLESS : ENDLESS - 1 },
  ];
}
