import type { Cells, Field, Instant, Ledger, Op } from '../../core/index.ts';
import { clearUse, EMPTY_LAYOUT, extend, moveRow, type Layout } from './layout.ts';

const PAGE_BITS = 10;
const PAGE_ROWS = 1 << PAGE_BITS;
const ROW_MASK = PAGE_ROWS - 1;
/** Keys are spread over so many maps, so that the growth of one is never felt. */
const SHARDS = 64;
/** As long as there are no more than so many, one map takes them all. */
const FEW_KEYS = 16_384;
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

/** How finely is told until when a row holds something, and until when at most: nine years on, which is as good as never. */
const TICK_MS = 64;
const MAX_TICK = 0xffff_ffff;
/** Follows the last free row. */
const NONE = 0xffff_ffff;

interface Page {
  layout: Layout;
  cells: Cells;
  /** Per row: the tick from which it holds nothing. Of a free row: the one that was freed before it. */
  readonly idleAt: Uint32Array;
  /** Per row: what it remembers; made when the first of them does. */
  ledgers: (Ledger | undefined)[] | undefined;
}

/** How much a store may keep, over all of its tables. */
export interface Budget {
  rows: number;
  readonly maxRows: number;
  /** Decisions that had to share an overflow row. */
  overflowed: number;
  /** 32 random bits: without them nobody can choose keys that share a row. */
  readonly seed: number;
  /** Ticks count from here. */
  readonly bornAtMs: number;
}

/**
 * The records of one partition: rows of numbers, found by key. Nothing runs by itself: fresh keys look at a few rows as
 * they come, and free those that hold nothing any more.
 */
export class Table {
  layout: Layout = EMPTY_LAYOUT;
  #shards: Map<string, number>[] = [new Map<string, number>()];
  /** What stood in the one map when the table grew beyond it, and has not moved to a shard yet. */
  #few: Map<string, number> = new Map();
  #moving: MapIterator<[string, number]> = this.#few.entries();
  readonly #pages: Page[] = [];
  readonly #budget: Budget;
  /** The row that was freed last. */
  #free = NONE;
  #overflow: number[] = [];
  #rows = 0;
  /** Which shard is being swept, and how far. An iterator of a map stays right while keys come and go. */
  #sweeping = 0;
  #walk: MapIterator<[string, number]> = this.#shards[0]!.entries();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Makes room for limits not seen before. Rows are moved to the new layout when they are next used. True when it changed. */
  admit(fields: readonly Field[]): boolean {
    const before = this.layout;
    this.layout = extend(before, fields);
    return this.layout !== before;
  }

  /** The key's row; -1 when it has none and the step needs none. */
  locate(key: string, t: Instant, op: Op): number {
    return this.#shardOf(key).get(key) ?? this.#make(key, t.now, op);
  }

  /** The array that a row stands in, laid out as the table is now. */
  cellsOf(row: number): Cells {
    const page = this.#pages[row >> PAGE_BITS]!;
    return page.layout === this.layout ? page.cells : this.#moved(page);
  }

  /** Says that the row holds something until `untilMs`. */
  keep(row: number, untilMs: number): void {
    const { idleAt } = this.#pages[row >> PAGE_BITS]!;
    const tick = (untilMs - this.#budget.bornAtMs) / TICK_MS;
    // Mostly the row holds something until then already.
    if (idleAt[row & ROW_MASK]! < tick) idleAt[row & ROW_MASK] = Math.ceil(Math.min(tick, MAX_TICK));
  }

  ledgerOf(row: number): Ledger | undefined {
    const { ledgers } = this.#pages[row >> PAGE_BITS]!;
    return ledgers && ledgers[row & ROW_MASK];
  }

  /** What the row remembers from now on. */
  remember(row: number, ledger: Ledger | undefined): void {
    const page = this.#pages[row >> PAGE_BITS]!;
    (page.ledgers ??= new Array<Ledger | undefined>(PAGE_ROWS).fill(undefined))[row & ROW_MASK] = ledger;
  }

  /** Empties it of all that was used. */
  clear(row: number): void {
    clearUse(this.layout, this.cellsOf(row), baseOf(row, this.layout.stride));
  }

  /** By a few characters, taken from all over the key: the map hashes the whole of it. */
  #shardOf(key: string): Map<string, number> {
    if (this.#shards.length === 1) return this.#shards[0]!;
    const step = (key.length >> 3) | 1;
    let mix = 0;
    for (let i = key.length - 1; i >= 0; i -= step) mix = Math.imul(mix ^ key.charCodeAt(i), 0x9e3779b1);
    return this.#shards[SHARES[mix >>> 22]!]!;
  }

  #make(key: string, now: number, op: Op): number {
    const waiting = this.#few.get(key);
    if (waiting !== undefined) return this.#spread(key, waiting);
    // A key that was charged in a shared row stays there while that row holds anything: moving out would be a fresh allowance.
    if (this.#overflow.length > 0 && this.#holds(this.#shared(key), now)) return this.#overflowed(key);
    // Only decide, adjust, amend and grant may write to a record that is not there.
    if (!/^[adg]/.test(op)) return -1;
    this.#sweep(now, SWEEP_ROWS);
    if (this.#isFull()) this.#sweep(now, SWEEP_FULL);
    if (this.#isFull()) return this.#overflowed(key);
    const row = this.#fresh();
    if (this.#shards.length === 1 && this.#shards[0]!.size >= FEW_KEYS) this.#grow();
    this.#shardOf(key).set(key, row);
    // Until the decision is made, a sweep for the step's next key must not take the row away.
    this.keep(row, now + 1);
    return row;
  }

  /** From now on keys are spread; those that are known move when they are next asked for, or with the sweep: all at once would be felt. */
  #grow(): void {
    this.#few = this.#shards[0]!;
    this.#moving = this.#few.entries();
    this.#shards = Array.from({ length: SHARDS }, () => new Map<string, number>());
    this.#walk = this.#shards[0]!.entries();
  }

  #spread(key: string, row: number): number {
    this.#few.delete(key);
    this.#shardOf(key).set(key, row);
    return row;
  }

  #holds(row: number, now: number): boolean {
    return this.#pages[row >> PAGE_BITS]!.idleAt[row & ROW_MASK]! * TICK_MS > now - this.#budget.bornAtMs;
  }

  #isFull(): boolean {
    return this.#free === NONE && this.#budget.rows >= this.#budget.maxRows;
  }

  /** The row that keys with this one's keyed hash share. */
  #shared(key: string): number {
    let hash = this.#budget.seed;
    for (let i = 0; i < key.length; i++)
      hash = Math.imul(hash ^ key.charCodeAt(i), this.#budget.seed | 1) ^ (hash >>> 15);
    return this.#overflow[(hash >>> 8) % OVERFLOW_ROWS]!;
  }

  #overflowed(key: string): number {
    if (this.#overflow.length === 0) this.#overflow = Array.from({ length: OVERFLOW_ROWS }, () => this.#fresh());
    this.#budget.overflowed++;
    return this.#shared(key);
  }

  #fresh(): number {
    this.#budget.rows++;
    const { layout } = this;
    if (this.#free !== NONE) return this.#reuse(this.#free);
    if ((this.#rows & ROW_MASK) === 0)
      this.#pages.push({
        layout,
        cells: new Float64Array(PAGE_ROWS * layout.stride),
        idleAt: new Uint32Array(PAGE_ROWS),
        ledgers: undefined,
      });
    return this.#rows++;
  }

  #reuse(row: number): number {
    const { idleAt } = this.#pages[row >> PAGE_BITS]!;
    this.#free = idleAt[row & ROW_MASK]!;
    idleAt[row & ROW_MASK] = 0;
    return row;
  }

  /** Looks at the next few rows, round and round, and frees those that hold nothing. */
  #sweep(now: number, rows: number): void {
    for (let i = rows; i > 0; i--) {
      const moved = this.#moving.next().value;
      if (moved !== undefined) this.#spread(moved[0], moved[1]);
      const { done, value } = this.#walk.next();
      if (value !== undefined) this.#releaseIdle(value[0], value[1], now);
      if (done !== true) continue;
      this.#sweeping = (this.#sweeping + 1) % this.#shards.length;
      this.#walk = this.#shards[this.#sweeping]!.entries();
    }
  }

  #releaseIdle(key: string, row: number, now: number): void {
    if (this.#holds(row, now)) return;
    const cells = this.cellsOf(row);
    const base = baseOf(row, this.layout.stride);
    for (const at of this.layout.levels) if (cells[base + at]! > 0) return;
    if (this.ledgerOf(row)) this.remember(row, undefined);
    this.#shardOf(key).delete(key);
    cells.fill(0, base, base + this.layout.stride);
    this.#pages[row >> PAGE_BITS]!.idleAt[row & ROW_MASK] = this.#free;
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

/** Where in the array of its page a row begins. */
export function baseOf(row: number, stride: number): number {
  return (row & ROW_MASK) * stride;
}
