import { checkOf, counterOf, FIGURES, type Bank, type Cells, type Counter, type Ledger, type Outcome, type Program } from '../../core/index.ts';
import type { Layout } from './layout.ts';
import { pointOutside, type Shelf } from './shelf.ts';

/** Where `size`, which keeps no counter, and records that do not exist point to. Always zero. */
const NOWHERE: Cells = new Float64Array(128);

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
  /** Per check: where its counter begins in the record's row; -1 when it has a row of its own. */
  readonly #offsets: readonly number[];
  /** Per record: its row; -1 when it has none and none is wanted. */
  readonly #rows: number[];
  #keys: readonly string[] = [];
  #now = 0;

  constructor(program: Program, shelves: readonly Shelf[]) {
    this.program = program;
    this.counters = program.checks.map((check) => counterOf(check));
    for (const counter of this.counters) counter.cells = NOWHERE;
    this.ledgers = shelves.map(() => undefined);
    this.#rows = shelves.map(() => -1);
    this.#shelves = shelves;
    this.#layouts = shelves.map(({ table }) => table.layout);
    this.#offsets = program.checks.map(({ record, limitId, slot }) => shelves[record]?.offsetOf(limitId, slot) ?? -1);
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
      const row = table.locate(keys[r]!, now, make);
      this.#rows[r] = row;
      this.ledgers[r] = table.ledgers.size === 0 ? undefined : table.ledgers.get(row);
    }
    for (let r = 0; r < this.#shelves.length; r++) this.#pointRecord(r, this.#rows[r]!);
  }

  #pointRecord(record: number, row: number): void {
    const { counters } = this;
    const shelf = this.#shelves[record]!;
    const cells = row < 0 ? NOWHERE : shelf.table.cellsOf(row);
    const base = row < 0 ? 0 : shelf.table.baseOf(row);
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.record !== record) continue;
      const offset = this.#offsets[i]!;
      if (offset < 0 && row >= 0) {
        pointOutside(shelf.outside(counter.check.limitId), counter, this.#keys[record]!, this.#now);
        continue;
      }
      // The same page comes again and again: not writing it spares the collector's write barrier.
      if (counter.cells !== cells) counter.cells = cells;
      counter.at = row < 0 ? 0 : base + offset;
    }
  }

  openLedger(record: number): Ledger {
    return (this.ledgers[record] ??= this.#shelves[record]!.openLedger(this.#rows[record]!));
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const shelf = this.#shelves[record]!;
    const field = shelf.fieldOf(limitId);
    const row = this.#rows[record]!;
    if (field === undefined || row < 0) return undefined;
    const counter = counterOf(checkOf({ ...field, slot, segments: [] }));
    const offset = shelf.offsetOf(limitId, slot);
    if (offset < 0) pointOutside(shelf.outside(limitId), counter, this.#keys[record]!, this.#now);
    else {
      counter.cells = shelf.table.cellsOf(row);
      counter.at = shelf.table.baseOf(row) + offset;
    }
    return counter;
  }

  clear(record: number): void {
    if (this.#rows[record]! >= 0) this.#shelves[record]!.clear(this.#rows[record]!, this.#keys[record]!, this.#now);
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  keep(out: Outcome): void {
    for (let r = 0; r < this.#rows.length; r++) if (this.#rows[r]! >= 0) this.#keepRecord(r, out);
  }

  #keepRecord(record: number, out: Outcome): void {
    const { counters } = this;
    const shelf = this.#shelves[record]!;
    let longestMs = 0;
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.record !== record) continue;
      const resetInMs = out.figures[i * FIGURES + 1]!;
      const heldMs = resetInMs >= 0 ? resetInMs : heldFor(counter, out.nowMs);
      if (this.#offsets[i]! < 0 && heldMs > 0) {
        const table = shelf.outside(counter.check.limitId);
        table.keep(pointOutside(table, counter, this.#keys[record]!, this.#now), out.nowMs + heldMs);
      } else if (heldMs > longestMs) longestMs = heldMs;
    }
    if (longestMs > 0) shelf.table.keep(this.#rows[record]!, out.nowMs + longestMs);
  }
}

/** A level holds until somebody takes it down; a block until it is forgotten; permits stand in the ledger. In ms. */
function heldFor({ check, cells, at }: Counter, now: number): number {
  if (check.kind === 'level') return cells[at]! > 0 ? Infinity : 0;
  return check.kind === 'block' ? cells[at]! + check.forgetMs - now : 0;
}
