import type { Cells, Field, Ledger } from '../../core/index.ts';
import { emptyLedger, isEmpty, ledgerEndsAt } from '../../core/index.ts';
import { KeyIndex, type Random32 } from './key-index.ts';
import { EMPTY_LAYOUT, extend, IDLE_AT, moveRow, type Layout } from './layout.ts';
import { SlotTable } from './slot-table.ts';

const PAGE_BITS = 10;
const PAGE_ROWS = 1 << PAGE_BITS;
const ROW_MASK = PAGE_ROWS - 1;
/** Keys that find the table full share so many rows. */
const OVERFLOW_ROWS = 64;
/** Rows looked at for one that holds nothing, before a fresh key is told that the table is full. */
const FULL_SEARCH = 256;
/** One row in `SWEEP_EVERY` decisions is looked at and freed if it holds nothing; so is one at each fresh key. */
const SWEEP_EVERY = 8;
const SWEEP_ROWS = 4;

interface Page {
  layout: Layout;
  cells: Cells;
  readonly keys: (string | undefined)[];
}

/** How much a store may keep, over all of its tables. */
export interface Budget {
  rows: number;
  readonly maxRows: number;
  /** Decisions that had to share an overflow row. */
  overflowed: number;
}

/**
 * The records of one partition: rows of numbers, found by key. Nothing runs by itself: every decision looks at
 * a row or two, and frees those that hold nothing any more.
 */
export class Table {
  layout: Layout = EMPTY_LAYOUT;
  readonly ledgers: Map<number, Ledger> = new Map();
  readonly #index: KeyIndex;
  readonly #pages: Page[] = [];
  readonly #budget: Budget;
  readonly #free: number[] = [];
  readonly #slots: Map<number, SlotTable> = new Map();
  #overflow: number[] = [];
  #overflowUntilMs = 0;
  #rows = 0;
  #hand = 0;
  #beat = 0;

  constructor(random: Random32, budget: Budget) {
    this.#budget = budget;
    this.#index = new KeyIndex(random, (row) => this.#pages[row >> PAGE_BITS]!.keys[row & ROW_MASK]);
  }

  /** Makes room for limits not seen before. Rows are moved to the new layout when they are next used. */
  admit(fields: readonly Field[]): void {
    this.layout = extend(this.layout, fields);
  }

  /** The key's row; -1 when it has none and `make` is false. */
  locate(key: string, now: number, make: boolean): number {
    if (++this.#beat >= SWEEP_EVERY) {
      this.#beat = 0;
      this.#sweep(now, 1);
    }
    const hash = this.#index.hash(key);
    const row = this.#index.find(key, hash);
    if (row >= 0) return row;
    return make || this.#overflowUntilMs > now ? this.#make(key, hash, now, make) : -1;
  }

  /** The array that a row stands in, laid out as the table is now. */
  cellsOf(row: number): Cells {
    const page = this.#pages[row >> PAGE_BITS]!;
    return page.layout === this.layout ? page.cells : this.#moved(page);
  }

  /** Where in that array the row begins. */
  baseOf(row: number): number {
    return (row & ROW_MASK) * this.layout.stride;
  }

  /** Counters of a limit with many slots, which stand outside the rows. */
  slotsOf(limitId: number): SlotTable {
    let table = this.#slots.get(limitId);
    if (table === undefined) this.#slots.set(limitId, (table = new SlotTable(this.layout.columns.get(limitId)!.width)));
    return table;
  }

  /** Says that the row holds something until `untilMs`. */
  keep(row: number, untilMs: number): void {
    const cells = this.cellsOf(row);
    const base = this.baseOf(row);
    if (cells[base + IDLE_AT]! < untilMs) cells[base + IDLE_AT] = untilMs;
    if (this.#overflow.length !== 0 && this.#overflow.includes(row)) this.#overflowUntilMs = Math.max(this.#overflowUntilMs, untilMs);
  }

  openLedger(row: number): Ledger {
    let ledger = this.ledgers.get(row);
    if (ledger === undefined) this.ledgers.set(row, (ledger = emptyLedger()));
    return ledger;
  }

  clear(row: number): void {
    const base = this.baseOf(row);
    this.cellsOf(row).fill(0, base + 1, base + this.layout.stride);
    for (const [limitId, slots] of this.#slots) slots.clear(row, this.layout.columns.get(limitId)!.field.slots);
  }

  #make(key: string, hash: number, now: number, make: boolean): number {
    this.#sweep(now, SWEEP_ROWS);
    const shared = this.#shared(hash, now);
    if (shared >= 0 || !make) return shared;
    if (this.#free.length === 0 && this.#budget.rows >= this.#budget.maxRows) this.#sweep(now, FULL_SEARCH);
    if (this.#free.length === 0 && this.#budget.rows >= this.#budget.maxRows) return this.#overflowRow(hash);
    const row = this.#fresh();
    this.#pages[row >> PAGE_BITS]!.keys[row & ROW_MASK] = key;
    this.#index.add(hash, row);
    // Until the decision is made, a sweep for the step's next key must not take the row away.
    this.keep(row, now + 1);
    return row;
  }

  /** A key that was charged in a shared row stays there while that row holds anything: moving out would be a fresh allowance. */
  #shared(hash: number, now: number): number {
    if (this.#overflowUntilMs <= now || this.#overflow.length === 0) return -1;
    const row = this.#overflow[(hash >>> 0) % OVERFLOW_ROWS]!;
    if (this.cellsOf(row)[this.baseOf(row) + IDLE_AT]! <= now) return -1;
    this.#budget.overflowed++;
    return row;
  }

  #overflowRow(hash: number): number {
    if (this.#overflow.length === 0) this.#overflow = Array.from({ length: OVERFLOW_ROWS }, () => this.#fresh());
    this.#budget.overflowed++;
    return this.#overflow[(hash >>> 0) % OVERFLOW_ROWS]!;
  }

  #fresh(): number {
    const freed = this.#free.pop();
    this.#budget.rows++;
    if (freed !== undefined) return freed;
    if (this.#rows >> PAGE_BITS === this.#pages.length) {
      const { layout } = this;
      this.#pages.push({ layout, cells: new Float64Array(PAGE_ROWS * layout.stride), keys: new Array<string | undefined>(PAGE_ROWS) });
    }
    return this.#rows++;
  }

  /** Looks at the next few rows, round and round, and frees those that hold nothing. */
  #sweep(now: number, rows: number): void {
    for (let i = Math.min(rows, this.#rows); i > 0; i--) {
      if (this.#hand >= this.#rows) this.#hand = 0;
      const row = this.#hand++;
      const page = this.#pages[row >> PAGE_BITS]!;
      const idleAtMs = page.cells[(row & ROW_MASK) * page.layout.stride + IDLE_AT]!;
      if (idleAtMs <= now && page.keys[row & ROW_MASK] !== undefined) this.#release(row, page, now);
    }
    for (const slots of this.#slots.values()) slots.sweep(now, rows);
  }

  #release(row: number, page: Page, now: number): void {
    const ledger = this.ledgers.get(row);
    if (ledger !== undefined && !isEmpty(ledger) && ledgerEndsAt(ledger) > now) return;
    this.ledgers.delete(row);
    const key = page.keys[row & ROW_MASK]!;
    this.#index.remove(this.#index.hash(key), row);
    page.keys[row & ROW_MASK] = undefined;
    const { stride } = page.layout;
    page.cells.fill(0, (row & ROW_MASK) * stride, ((row & ROW_MASK) + 1) * stride);
    this.#free.push(row);
    this.#budget.rows--;
  }

  #moved(page: Page): Cells {
    const cells = new Float64Array(PAGE_ROWS * this.layout.stride);
    for (let i = 0; i < PAGE_ROWS; i++) {
      moveRow(page.layout, page.cells, i * page.layout.stride, this.layout, cells, i * this.layout.stride);
    }
    page.cells = cells;
    page.layout = this.layout;
    return cells;
  }
}
