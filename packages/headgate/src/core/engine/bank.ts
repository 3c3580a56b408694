import type { Cells } from '../counters/index.ts';
import type { Ledger } from '../ledger.ts';
import { FOREVER, type Check, type Field, type Segment } from '../program.ts';

/** A counter of a record, found by its identity. */
export interface Place {
  readonly field: Field;
  readonly cells: Cells;
  readonly at: number;
}

/**
 * What a store lends the engine for one step: where each check's counter stands, and what its records
 * remember. The engine reads and writes through it and keeps nothing.
 */
export interface Bank {
  /** Per check: the array its counter stands in. `size` keeps no counter; any array will do. */
  readonly cells: readonly Cells[];
  /** Per check: where in that array the counter begins. */
  readonly at: readonly number[];
  /** Per record: its ledger, if it has one. */
  readonly ledgers: readonly (Ledger | undefined)[];
  /** The record's ledger, made when there is none. */
  openLedger(record: number): Ledger;
  /** Another counter of the same record; undefined when the record has none of that identity. */
  find(record: number, limitId: number, slot: number): Place | undefined;
  /** Empties every counter of the record. */
  clear(record: number): void;
}

/** The segment in force at `wall`. Programs are checked to cover the instant before any check is judged. */
export function segmentAt(check: Check, wall: number): Segment {
  const { segments } = check;
  let found = segments[0]!;
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i]!;
    if (segment.fromAtMs > wall) break;
    found = segment;
  }
  return found;
}

/** First instant of monotonic time at which a segment no longer holds. */
export function endOf(segment: Segment, skewMs: number): number {
  return segment.untilAtMs >= FOREVER ? Infinity : segment.untilAtMs + skewMs;
}
