import { checkOf, counterOf, FIGURES, type Bank, type Cells, type Check, type Counter, type Ledger, type Outcome, type Program, type Row } from '../../core/index.ts';
import type { Layout } from './layout.ts';
import { outsideKey, type Shelf } from './shelf.ts';

/** Where `size`, which keeps no counter, and records that do not exist point to. Always zero. */
const NOWHERE: Cells = new Float64Array(128);

/** A counter that has a row of its own, and which row that is. */
interface Outsider {
  readonly counter: Counter;
  row: number;
}

/**
 * A program's checks, resolved against its tables as they are laid out now, and pointed at one step's
 * counters after another.
 */
export class MemoryBank implements Bank {
  readonly program: Program;
  readonly counters: readonly Counter[];
  readonly ledgers: (Ledger | undefined)[];
  readonly #shelves: readonly Shelf[];
  readonly #layouts: readonly Layout[];
  readonly #rows: readonly Row[];
  readonly #outsiders: Outsider[] = [];
  /** Per record: the number of its row; -1 when it has none and none is wanted. */
  readonly #found: number[];
  #keys: readonly string[] = [];
  #now = 0;

  constructor(program: Program, shelves: readonly Shelf[]) {
    this.program = program;
    this.ledgers = shelves.map(() => undefined);
    this.#shelves = shelves;
    this.#layouts = shelves.map(({ table }) => table.layout);
    this.#rows = shelves.map(() => ({ cells: NOWHERE, base: 0 }));
    this.#found = shelves.map(() => -1);
    this.counters = program.checks.map((check) => this.#counterOf(check));
  }

  /** Whether the tables are still laid out as they were. */
  fits(): boolean {
    for (let r = 0; r < this.#shelves.length; r++) if (this.#shelves[r]!.table.layout !== this.#layouts[r]) return false;
    return true;
  }

  /** Points at the counters of a step. Rows are found first: finding one may free another. */
  point(keys: readonly string[], now: number, make: boolean): void {
    this.#keys = keys;
    this.#now = now;
    for (let r = 0; r < this.#shelves.length; r++) {
      const { table } = this.#shelves[r]!;
      const found = table.locate(keys[r]!, now, make);
      this.#found[r] = found;
      this.ledgers[r] = table.ledgers.size === 0 ? undefined : table.ledgers.get(found);
    }
    for (let r = 0; r < this.#shelves.length; r++) {
      const row = this.#rows[r]!;
      const { table } = this.#shelves[r]!;
      const found = this.#found[r]!;
      const cells = found < 0 ? NOWHERE : table.cellsOf(found);
      // The same page comes again and again: not writing it spares the collector's write barrier.
      if (row.cells !== cells) row.cells = cells;
      row.base = found < 0 ? 0 : table.baseOf(found);
    }
    for (const outsider of this.#outsiders) outsider.row = this.#pointOutside(outsider.counter);
  }

  openLedger(record: number): Ledger {
    return (this.ledgers[record] ??= this.#shelves[record]!.openLedger(this.#found[record]!));
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const shelf = this.#shelves[record]!;
    const field = shelf.fieldOf(limitId);
    if (field === undefined || this.#found[record]! < 0) return undefined;
    const check = checkOf({ ...field, record, slot, segments: [] });
    const offset = shelf.offsetOf(limitId, slot);
    if (offset >= 0) return counterOf(check, this.#rows[record]!, offset);
    const counter = counterOf(check, { cells: NOWHERE, base: 0 }, 1);
    this.#pointOutside(counter);
    return counter;
  }

  clear(record: number): void {
    if (this.#found[record]! >= 0) this.#shelves[record]!.clear(this.#found[record]!, this.#keys[record]!, this.#now);
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  keep({ figures, nowMs }: Outcome): void {
    for (let r = 0; r < this.#rows.length; r++) {
      const row = this.#rows[r]!;
      let longestMs = 0;
      for (let i = 0; i < this.counters.length; i++) {
        if (this.counters[i]!.row === row) longestMs = Math.max(longestMs, this.#heldFor(i, figures, nowMs));
      }
      if (longestMs > 0 && this.#found[r]! >= 0) this.#shelves[r]!.table.keep(this.#found[r]!, nowMs + longestMs);
    }
    for (const { counter, row } of this.#outsiders) {
      const heldMs = this.#heldFor(this.counters.indexOf(counter), figures, nowMs);
      if (heldMs > 0 && row >= 0) this.#tableOf(counter).keep(row, nowMs + heldMs);
    }
  }

  /** A level holds until somebody takes it down; a block until it is forgotten; permits stand in the ledger. In ms. */
  #heldFor(i: number, figures: readonly number[], now: number): number {
    const resetInMs = figures[i * FIGURES + 1]!;
    if (resetInMs >= 0) return resetInMs;
    const { check, row, offset } = this.counters[i]!;
    if (check.kind === 'level') return row.cells[row.base + offset]! > 0 ? Infinity : 0;
    return check.kind === 'block' ? row.cells[row.base + offset]! + check.forgetMs - now : 0;
  }

  #counterOf(check: Check): Counter {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, { cells: NOWHERE, base: 0 }, 0);
    const offset = this.#shelves[record]!.offsetOf(limitId, slot);
    if (offset >= 0) return counterOf(check, this.#rows[record]!, offset);
    const counter = counterOf(check, { cells: NOWHERE, base: 0 }, 1);
    this.#outsiders.push({ counter, row: -1 });
    return counter;
  }

  #tableOf({ check }: Counter): ReturnType<Shelf['outside']> {
    return this.#shelves[check.record]!.outside(check.limitId);
  }

  /** Points a counter at the row of its own, if its record exists, and says which row that is. */
  #pointOutside(counter: Counter): number {
    const { record, slot } = counter.check;
    const table = this.#tableOf(counter);
    const row = this.#found[record]! < 0 ? -1 : table.locate(outsideKey(slot, this.#keys[record]!), this.#now, true);
    counter.row.cells = row < 0 ? NOWHERE : table.cellsOf(row);
    counter.row.base = row < 0 ? 0 : table.baseOf(row);
    return row;
  }
}
