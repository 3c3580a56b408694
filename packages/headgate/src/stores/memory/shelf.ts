import type { Field, Ledger } from '../../core/index.ts';
import { placeName } from './layout.ts';
import { Table, type Budget } from './table.ts';

/**
 * One partition's records: a table of rows, and beside it a table for each limit whose closed parts take many values,
 * where a counter has a row of its own, made when it is first used.
 */
export class Shelf {
  readonly table: Table;
  readonly #outside: Map<number, Table> = new Map();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.table = new Table(budget);
  }

  fieldOf(limitId: number): Field | undefined {
    return this.table.layout.fields.get(limitId);
  }

  /** Where a counter begins in its record's row; -1 when it has a row of its own. */
  offsetOf(limitId: number, slot: number): number {
    return this.table.layout.places.get(placeName(limitId, slot))?.at ?? -1;
  }

  /** The table in which the limit's counters have rows of their own. */
  outside(limitId: number): Table {
    let table = this.#outside.get(limitId);
    if (table === undefined) {
      this.#outside.set(limitId, (table = new Table(this.#budget)));
      table.admit([{ ...this.fieldOf(limitId)!, slots: [0] }]);
    }
    return table;
  }

  clear(row: number, key: string, now: number): void {
    this.table.clear(row);
    for (const [limitId, table] of this.#outside) {
      for (const slot of this.fieldOf(limitId)!.slots) {
        const own = table.locate(outsideKey(slot, key), now, false);
        if (own >= 0) table.clear(own);
      }
    }
  }

  /** The record's ledger, made when there is none. */
  openLedger(row: number): Ledger {
    let ledger = this.table.ledgers.get(row);
    if (ledger === undefined) this.table.ledgers.set(row, (ledger = { entries: new Map(), nextMs: Infinity }));
    return ledger;
  }
}

/** The key of a counter's own row: no two (slot, key) share one, since a slot is digits only. */
export function outsideKey(slot: number, key: string): string {
  return `${slot}:${key}`;
}
