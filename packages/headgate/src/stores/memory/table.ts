import { emptyLedger, type Cells, type Entry, type Field, type Ledger } from '../../core/index.ts';
import { EMPTY_LAYOUT, extend, IDLE_AT, moveRow, type Layout } from './layout.ts';

const PAGE_BITS = 10;
const PAGE_ROWS = 1 << PAGE_BITS;
const ROW_MASK = PAGE_ROWS - 1;
/** Keys are spread over so many maps, so that the growth of one is never felt. */
const SHARDS = 64;
/**
 * Which shard a 10-bit hash goes to. The last shard gets twice the share of the first: equal ones would all grow at the
 * same moment, and that would be felt.
 */
const SHARES = Uint8Array.from({ length: 1024 }, (_, i) => Math.floor(SHARDS * Math.log2(1 + i / 1024)));
/** Keys that find the table full share so many rows. */
const OVERFLOW_ROWS = 64;
/** Rows looked at for one that holds nothing: at a fresh key, and before the table is called full. */
const SWEEP_ROWS = 4;
const SWEEP_FULL = 256;

/** What nobody settled may be lost for more than was reserved: that use is only counted when somebody looks, at most so much later. */
const LOST_MS = 86_400_000;

function holdsUntil({ untilMs, lost, units }: Entry): number {
  return lost > units ? untilMs + LOST_MS : untilMs;
}

function remembers(ledger: Ledger | undefined, now: number): boolean {
  if (ledger === undefined) return false;
  for (const ids of [ledger.requests, ledger.entries]) {
    for (const entries of ids.values()) if (entries.some((one) => holdsUntil(one) > now)) return true;
  }
  return false;
}

interface Page {
  layout: Layout;
  cells: Cells;
}

/** How much a store may keep, over all of its tables. */
export interface Budget {
  rows: number;
  readonly maxRows: number;
  /** Decisions that had to share an overflow row. */
  overflowed: number;
  /** 32 random bits: without them nobody can choose keys that share a row. */
  readonly seed: number;
}

/**
 * The records of one partition: rows of numbers, found by key. Nothing runs by itself: fresh keys look at a few rows as
 * they come, and free those that hold nothing any more.
 */
export class Table {
  layout: Layout = EMPTY_LAYOUT;
  readonly ledgers: Map<number, Ledger> = new Map();
  readonly #shards: Map<string, number>[] = Array.from({ length: SHARDS }, () => new Map<string, number>());
  readonly #pages: Page[] = [];
  readonly #budget: Budget;
  /** The row that was freed last, -1: none. A free row's first number is the row that was freed before it. */
  #free = -1;
  #overflow: number[] = [];
  #overflowUntilMs = 0;
  #rows = 0;
  /** Which shard is being swept, and how far. An iterator of a map stays right while keys come and go. */
  #sweeping = 0;
  #walk: MapIterator<[string, number]> = this.#shards[0]!.entries();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Makes room for limits not seen before. Rows are moved to the new layout when they are next used. */
  admit(fields: readonly Field[]): void {
    this.layout = extend(this.layout, fields);
  }

  /** The key's row; -1 when it has none and `make` is false. */
  locate(key: string, now: number, make: boolean): number {
    return this.#shardOf(key).get(key) ?? this.#make(key, now, make);
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

  /** Says that the row holds something until `untilMs`. */
  keep(row: number, untilMs: number): void {
    const cells = this.cellsOf(row);
    const idleAt = this.baseOf(row) + IDLE_AT;
    if (cells[idleAt]! >= untilMs) return;
    cells[idleAt] = untilMs;
    if (this.#overflow.includes(row)) this.#overflowUntilMs = Math.max(this.#overflowUntilMs, untilMs);
  }

  openLedger(row: number): Ledger {
    const ledger = emptyLedger();
    this.ledgers.set(row, ledger);
    return ledger;
  }

  clear(row: number): void {
    const base = this.baseOf(row);
    this.cellsOf(row).fill(0, base + IDLE_AT + 1, base + this.layout.stride);
  }

  /** By a few characters, taken from all over the key: the map hashes the whole of it. */
  #shardOf(key: string): Map<string, number> {
    const step = (key.length >> 3) | 1;
    let mix = 0;
    for (let i = key.length - 1; i >= 0; i -= step) mix = Math.imul(mix ^ key.charCodeAt(i), 0x9e3779b1);
    return this.#shards[SHARES[mix >>> 22]!]!;
  }

  #make(key: string, now: number, make: boolean): number {
    // A key that was charged in a shared row stays there while that row holds anything: moving out would be a fresh allowance.
    const shared = this.#overflowUntilMs > now ? this.#shared(key) : -1;
    if (shared >= 0 && this.cellsOf(shared)[this.baseOf(shared) + IDLE_AT]! > now) return shared;
    if (!make) return -1;
    this.#sweep(now, SWEEP_ROWS);
    if (this.#isFull()) this.#sweep(now, SWEEP_FULL);
    if (this.#isFull()) return this.#shared(key);
    const row = this.#fresh();
    this.#shardOf(key).set(key, row);
    // Until the decision is made, a sweep for the step's next key must not take the row away.
    this.keep(row, now + 1);
    return row;
  }

  #isFull(): boolean {
    return this.#free < 0 && this.#budget.rows >= this.#budget.maxRows;
  }

  /** The row that keys with this one's keyed hash share. */
  #shared(key: string): number {
    let hash = this.#budget.seed;
    for (let i = 0; i < key.length; i++)
      hash = Math.imul(hash ^ key.charCodeAt(i), this.#budget.seed | 1) ^ (hash >>> 15);
    if (this.#overflow.length === 0) this.#overflow = Array.from({ length: OVERFLOW_ROWS }, () => this.#fresh());
    this.#budget.overflowed++;
    return this.#overflow[(hash >>> 8) % OVERFLOW_ROWS]!;
  }

  #fresh(): number {
    this.#budget.rows++;
    const { layout } = this;
    if (this.#free >= 0) return this.#reuse(this.#free);
    if ((this.#rows & ROW_MASK) === 0) this.#pages.push({ layout, cells: new Float64Array(PAGE_ROWS * layout.stride) });
    return this.#rows++;
  }

  #reuse(row: number): number {
    const cells = this.cellsOf(row);
    const base = this.baseOf(row);
    this.#free = cells[base + IDLE_AT]!;
    cells[base + IDLE_AT] = 0;
    return row;
  }

  /** Looks at the next few rows, round and round, and frees those that hold nothing. */
  #sweep(now: number, rows: number): void {
    for (let i = rows; i > 0; i--) {
      const { done, value } = this.#walk.next();
      if (value !== undefined) this.#releaseIdle(value[0], value[1], now);
      if (done !== true) continue;
      this.#sweeping = (this.#sweeping + 1) % SHARDS;
      this.#walk = this.#shards[this.#sweeping]!.entries();
    }
  }

  #releaseIdle(key: string, row: number, now: number): void {
    const cells = this.cellsOf(row);
    const base = this.baseOf(row);
    if (cells[base + IDLE_AT]! > now) return;
    for (const at of this.layout.levels) if (cells[base + at]! > 0) return;
    if (remembers(this.ledgers.get(row), now)) return;
    this.ledgers.delete(row);
    this.#shardOf(key).delete(key);
    this.clear(row);
    cells[base + IDLE_AT] = this.#free;
    this.#free = row;
    this.#budget.rows--;
  }

  #moved(page: Page): Cells {
    const { layout } = this;
    const cells = new Float64Array(PAGE_ROWS * layout.stride);
    for (let i = 0; i < PAGE_ROWS; i++)
      moveRow(page.layout, page.cells, i * page.layout.stride, layout, cells, i * layout.stride);
    page.layout = layout;
    page.cells = cells;
    return cells;
  }
}
