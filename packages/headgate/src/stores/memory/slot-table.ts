import type { Cells } from '../../core/index.ts';

/** Rows and slots are numbered together: 21 bits of row, 32 of slot. */
const SLOT_IDS = 2 ** 32;
export const MAX_ROWS: number = 2 ** 21;
const SHARDS = 64;
const PAGE_BITS = 9;
const PAGE_ENTRIES = 1 << PAGE_BITS;
const ENTRY_MASK = PAGE_ENTRIES - 1;
/** Numbers kept before an entry's counter: its id, and the instant from which it holds nothing. */
const HEAD = 2;

/**
 * Counters of a limit whose closed parts take many values: an entry is made only for a (row, slot) that was
 * used. A row is freed only when all that it holds is over, so what an entry still says then counts as
 * nothing, whoever has the row next.
 */
export class SlotTable {
  readonly #stride: number;
  readonly #shards: Map<number, number>[] = Array.from({ length: SHARDS }, () => new Map<number, number>());
  readonly #pages: Cells[] = [];
  readonly #free: number[] = [];
  #entries = 0;
  #hand = 0;

  /** @param width numbers that one counter takes. */
  constructor(width: number) {
    this.#stride = HEAD + width;
  }

  /** The entry of (row, slot), made when there is none. */
  locate(row: number, slot: number): number {
    const id = row * SLOT_IDS + slot;
    const shard = this.#shards[(row ^ slot) & (SHARDS - 1)]!;
    let entry = shard.get(id);
    if (entry === undefined) {
      entry = this.#free.pop() ?? this.#grow();
      shard.set(id, entry);
      this.cellsOf(entry)[this.#headOf(entry)] = id;
    }
    return entry;
  }

  cellsOf(entry: number): Cells {
    return this.#pages[entry >> PAGE_BITS]!;
  }

  /** Where the entry's counter begins. */
  baseOf(entry: number): number {
    return this.#headOf(entry) + HEAD;
  }

  keep(entry: number, untilMs: number): void {
    const at = this.#headOf(entry) + 1;
    const cells = this.cellsOf(entry);
    if (cells[at]! < untilMs) cells[at] = untilMs;
  }

  clear(row: number, slots: readonly number[]): void {
    for (const slot of slots) {
      const entry = this.#shards[(row ^ slot) & (SHARDS - 1)]!.get(row * SLOT_IDS + slot);
      if (entry !== undefined) this.#zero(entry);
    }
  }

  /** Frees entries that hold nothing, a few at a time. */
  sweep(now: number, entries: number): void {
    for (let i = Math.min(entries, this.#entries); i > 0; i--) {
      if (this.#hand >= this.#entries) this.#hand = 0;
      const entry = this.#hand++;
      const cells = this.cellsOf(entry);
      const head = this.#headOf(entry);
      const id = cells[head]!;
      if (id < 0 || cells[head + 1]! > now) continue;
      this.#shards[((id / SLOT_IDS) ^ id) & (SHARDS - 1)]!.delete(id);
      this.#zero(entry);
      cells[head] = -1;
      this.#free.push(entry);
    }
  }

  #headOf(entry: number): number {
    return (entry & ENTRY_MASK) * this.#stride;
  }

  #zero(entry: number): void {
    const head = this.#headOf(entry);
    this.cellsOf(entry).fill(0, head + 1, head + this.#stride);
  }

  #grow(): number {
    if (this.#entries >> PAGE_BITS === this.#pages.length) this.#pages.push(new Float64Array(PAGE_ENTRIES * this.#stride));
    return this.#entries++;
  }
}
