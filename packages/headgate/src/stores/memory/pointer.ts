import type { Cells, Instant, Ledger, Row } from '../../core/index.ts';
import { baseOf, type Table } from './table.ts';

/** One record of a program, pointed at one step's row after another. */
export class Pointer implements Row {
  readonly table: Table;
  /** The number of the row; -1 when the record does not exist and is not wanted. */
  row = -1;
  cells: Cells;
  base = 0;
  heldMs = 0;
  /** Numbers a row: the table is laid out as it was when the program was resolved. */
  readonly #stride: number;
  /** The row of a record that does not exist: always zero. */
  readonly #nothing: Cells;

  constructor(table: Table) {
    this.table = table;
    this.#stride = table.layout.stride;
    this.#nothing = new Float64Array(this.#stride);
    this.cells = this.#nothing;
  }

  /** Points at a row, and says what it remembers. */
  aim(row: number): Ledger | undefined {
    const { table } = this;
    const cells = row < 0 ? this.#nothing : table.cellsOf(row);
    // The same page comes again and again: not writing it spares the collector's write barrier.
    if (this.cells !== cells) this.cells = cells;
    this.row = row;
    this.heldMs = 0;
    this.base = row < 0 ? 0 : baseOf(row, this.#stride);
    return row < 0 ? undefined : table.ledgerOf(row);
  }

  /** Sees to it that the row is not freed for so long. */
  keep(t: Instant, heldMs: number): void {
    if (heldMs > 0 && this.row >= 0) this.table.keep(this.row, t.now + heldMs);
  }
}
