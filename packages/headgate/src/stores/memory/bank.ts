import { Counter, FIGURES, type Bank, type Cells, type Ledger, type Outcome, type Place, type Program } from '../../core/index.ts';
import type { Column, Layout } from './layout.ts';
import type { Table } from './table.ts';

/** Where `size`, which keeps no counter, and records that do not exist point to. Always zero. */
const NOWHERE: Cells = new Float64Array(128);

/**
 * A program's checks, resolved against its tables as they are laid out now, and pointed at one step's
 * counters after another.
 */
export class MemoryBank implements Bank {
  readonly program: Program;
  readonly tables: readonly Table[];
  readonly counters: readonly Counter[];
  readonly ledgers: (Ledger | undefined)[];
  /** Per record: its row; -1 when it has none and none is wanted. */
  readonly rows: number[];
  readonly #layouts: readonly Layout[];
  /** Per check: where its counter begins in the row; -1 in a slot table. */
  readonly #offsets: readonly number[];

  constructor(program: Program, tables: readonly Table[]) {
    this.program = program;
    this.tables = tables;
    this.counters = program.checks.map((check) => new Counter(check));
    for (const counter of this.counters) counter.cells = NOWHERE;
    this.ledgers = tables.map(() => undefined);
    this.rows = tables.map(() => -1);
    this.#layouts = tables.map((table) => table.layout);
    this.#offsets = program.checks.map(({ record, limitId, slot }) => tables[record]?.layout.columns.get(limitId)?.offsets.get(slot) ?? -1);
  }

  /** Whether the tables are still laid out as they were. */
  fits(): boolean {
    for (let i = 0; i < this.tables.length; i++) if (this.tables[i]!.layout !== this.#layouts[i]) return false;
    return true;
  }

  /** Points at the counters of a step. Rows are found first: finding one may move another. */
  point(keys: readonly string[], now: number, make: boolean): void {
    const { tables, rows, ledgers } = this;
    for (let r = 0; r < tables.length; r++) {
      const table = tables[r]!;
      const row = table.locate(keys[r]!, now, make);
      rows[r] = row;
      ledgers[r] = table.ledgers.size === 0 ? undefined : table.ledgers.get(row);
    }
    for (let r = 0; r < tables.length; r++) this.#pointRecord(r, rows[r]!);
  }

  #pointRecord(record: number, row: number): void {
    const { counters } = this;
    const table = this.tables[record]!;
    const cells = row < 0 ? NOWHERE : table.cellsOf(row);
    const base = row < 0 ? 0 : table.baseOf(row);
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.record !== record) continue;
      const offset = this.#offsets[i]!;
      if (offset < 0 && row >= 0) {
        this.#pointSlot(table, counter, row);
        continue;
      }
      // The same page comes again and again: not writing it spares the collector's write barrier.
      if (counter.cells !== cells) counter.cells = cells;
      counter.at = row < 0 ? 0 : base + offset;
    }
  }

  #pointSlot(table: Table, counter: Counter, row: number): void {
    const { limitId, slot } = counter.check;
    const slots = table.slotsOf(limitId);
    const entry = slots.locate(row, slot);
    counter.cells = slots.cellsOf(entry);
    counter.at = slots.baseOf(entry);
  }

  openLedger(record: number): Ledger {
    return (this.ledgers[record] ??= this.tables[record]!.openLedger(this.rows[record]!));
  }

  find(record: number, limitId: number, slot: number): Place | undefined {
    const table = this.tables[record]!;
    const column = table.layout.columns.get(limitId);
    const row = this.rows[record]!;
    return column === undefined || row < 0 ? undefined : placeOf(table, column, row, slot);
  }

  clear(record: number): void {
    const row = this.rows[record]!;
    if (row >= 0) this.tables[record]!.clear(row);
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  keep(out: Outcome): void {
    for (let r = 0; r < this.rows.length; r++) if (this.rows[r]! >= 0) this.#keepRecord(r, out);
  }

  #keepRecord(record: number, out: Outcome): void {
    const { counters } = this;
    let longestMs = 0;
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.record !== record) continue;
      const resetInMs = out.figures[i * FIGURES + 1]!;
      const heldMs = resetInMs >= 0 ? resetInMs : heldFor(counter, out.nowMs);
      if (heldMs > longestMs) longestMs = heldMs;
      if (heldMs > 0 && this.#offsets[i]! < 0) this.#keepSlot(counter, out.nowMs + heldMs);
    }
    if (longestMs > 0) this.tables[record]!.keep(this.rows[record]!, out.nowMs + longestMs);
  }

  #keepSlot({ check: { record, limitId, slot } }: Counter, untilMs: number): void {
    const slots = this.tables[record]!.slotsOf(limitId);
    slots.keep(slots.locate(this.rows[record]!, slot), untilMs);
  }
}

/** A level holds until somebody takes it down; a block until it is forgotten; permits stand in the ledger. In ms. */
function heldFor({ check, cells, at }: Counter, now: number): number {
  if (check.kind === 'level') return cells[at]! > 0 ? Infinity : 0;
  return check.kind === 'block' ? cells[at]! + check.forgetMs - now : 0;
}

function placeOf(table: Table, column: Column, row: number, slot: number): Place {
  const offset = column.offsets.get(slot);
  if (offset !== undefined) return { field: column.field, cells: table.cellsOf(row), at: table.baseOf(row) + offset };
  const slots = table.slotsOf(column.field.limitId);
  const entry = slots.locate(row, slot);
  return { field: column.field, cells: slots.cellsOf(entry), at: slots.baseOf(entry) };
}
