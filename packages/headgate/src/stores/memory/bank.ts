import type { Bank, Cells, Ledger, Place, Program } from '../../core/index.ts';
import type { Layout } from './layout.ts';
import type { Table } from './table.ts';

/** Where `size`, which keeps no counter, and records that do not exist point to. Always zero. */
const NOWHERE: Cells = new Float64Array(128);

/** A program's checks, resolved against the tables as they were laid out when it was first seen. */
export interface Plan {
  readonly program: Program;
  readonly tables: readonly Table[];
  readonly layouts: readonly Layout[];
  /** Per check: where its counter begins in the row; -1 in a slot table, -2 nowhere (`size`). */
  readonly offsets: readonly number[];
  readonly records: readonly number[];
}

export function planOf(program: Program, tables: readonly Table[]): Plan {
  return {
    program,
    tables,
    layouts: tables.map((table) => table.layout),
    offsets: program.checks.map(({ kind, record, limitId, slot }) => {
      if (kind === 'size') return -2;
      return tables[record]!.layout.columns.get(limitId)?.offsets.get(slot) ?? -1;
    }),
    records: program.checks.map(({ record }) => record),
  };
}

/** Whether the tables are still laid out as the plan took them to be. */
export function fits(plan: Plan): boolean {
  for (let i = 0; i < plan.tables.length; i++) if (plan.tables[i]!.layout !== plan.layouts[i]) return false;
  return true;
}

/** The memory store's side of a step: one object, lent again and again. */
export class MemoryBank implements Bank {
  readonly cells: Cells[] = [];
  readonly at: number[] = [];
  readonly ledgers: (Ledger | undefined)[] = [];
  /** Per record: its row; -1 when it has none and none is wanted. */
  readonly rows: number[] = [];
  #tables: readonly Table[] = [];

  /** Points at the counters of a step. Rows are found first: finding one may move another. */
  point(plan: Plan, keys: readonly string[], now: number, make: boolean): void {
    const { tables, offsets, records } = plan;
    this.#tables = tables;
    this.ledgers.length = tables.length;
    for (let r = 0; r < tables.length; r++) {
      const table = tables[r]!;
      const row = table.locate(keys[r]!, now, make);
      this.rows[r] = row;
      this.ledgers[r] = row >= 0 && table.ledgers.size !== 0 ? table.ledgers.get(row) : undefined;
    }
    for (let i = 0; i < offsets.length; i++) this.#pointCheck(plan, i, records[i]!, offsets[i]!);
  }

  #pointCheck(plan: Plan, i: number, record: number, offset: number): void {
    const row = record < 0 ? -1 : this.rows[record]!;
    if (offset === -2 || row < 0) {
      this.cells[i] = NOWHERE;
      this.at[i] = 0;
    } else if (offset >= 0) {
      const table = plan.tables[record]!;
      this.cells[i] = table.cellsOf(row);
      this.at[i] = table.baseOf(row) + offset;
    } else {
      const { limitId, slot } = plan.program.checks[i]!;
      const slots = plan.tables[record]!.slotsOf(limitId);
      const entry = slots.locate(row, slot);
      this.cells[i] = slots.cellsOf(entry);
      this.at[i] = slots.baseOf(entry);
    }
  }

  openLedger(record: number): Ledger {
    return (this.ledgers[record] ??= this.#tables[record]!.openLedger(this.rows[record]!));
  }

  find(record: number, limitId: number, slot: number): Place | undefined {
    const table = this.#tables[record]!;
    const column = table.layout.columns.get(limitId);
    const row = this.rows[record]!;
    if (column === undefined || row < 0) return undefined;
    const offset = column.offsets.get(slot);
    if (offset !== undefined) return { field: column.field, cells: table.cellsOf(row), at: table.baseOf(row) + offset };
    const slots = table.slotsOf(limitId);
    const entry = slots.locate(row, slot);
    return { field: column.field, cells: slots.cellsOf(entry), at: slots.baseOf(entry) };
  }

  clear(record: number): void {
    const row = this.rows[record]!;
    if (row >= 0) this.#tables[record]!.clear(row);
  }

  /** Says that record `record` holds something until `untilMs`; so does check `i`, if it stands in a slot table. */
  keep(plan: Plan, record: number, i: number, untilMs: number): void {
    const table = plan.tables[record]!;
    table.keep(this.rows[record]!, untilMs);
    if (plan.offsets[i] !== -1) return;
    const { limitId, slot } = plan.program.checks[i]!;
    const slots = table.slotsOf(limitId);
    slots.keep(slots.locate(this.rows[record]!, slot), untilMs);
  }
}
