import {
  checkOf,
  counterOf,
  FIGURES,
  type Bank,
  type Cells,
  type Check,
  type Counter,
  type Ledger,
  type Outcome,
  type Program,
  type Row,
} from '../../core/index.ts';
import { IDLE_AT, placeName, type Layout } from './layout.ts';
import type { Table } from './table.ts';

/** Where `size`, which keeps no counter, points to. */
const NOWHERE: Cells = new Float64Array(0);
/** The calendar's clock may be set back: a quota is kept so much longer than its period, so that this opens nothing. In ms. */
const SET_BACK_MS = 86_400_000;

/**
 * A program's checks, resolved against its tables as they are laid out now, and pointed at one step's
 * rows after another.
 */
export class MemoryBank implements Bank {
  readonly program: Program;
  readonly counters: readonly Counter[];
  readonly plain: boolean;
  readonly ledgers: (Ledger | undefined)[];
  readonly #tables: readonly Table[];
  readonly #layouts: readonly Layout[];
  readonly #rows: readonly Row[];
  /** The row of records that do not exist: as long as any. Always zero. */
  readonly #nothing: Cells;
  /** Per check: how much longer than its reset it is kept. */
  readonly #slackMs: readonly number[];
  /** Whether two records of the program stand in one table. */
  readonly #repeats: boolean;
  /** Per record: its checks, by number. */
  readonly #checks: readonly (readonly number[])[];
  /** Per record: the number of its row; -1 when it has none and none is wanted. */
  readonly #found: number[];

  constructor(program: Program, tables: readonly Table[]) {
    this.program = program;
    this.ledgers = tables.map(() => undefined);
    this.#tables = tables;
    this.#layouts = tables.map(({ layout }) => layout);
    this.#nothing = new Float64Array(Math.max(0, ...tables.map(({ layout }) => layout.stride)));
    this.#rows = tables.map(() => ({ cells: this.#nothing, base: 0 }));
    this.#found = tables.map(() => -1);
    this.#slackMs = program.checks.map(({ kind }) => (kind === 'quota' ? SET_BACK_MS : 0));
    this.#repeats = new Set(tables).size < tables.length;
    this.counters = program.checks.map((check) => this.#counterOf(check)!);
    this.#checks = tables.map((_, r) => [...program.checks.keys()].filter((i) => program.checks[i]!.record === r));
    this.plain = !program.calendar && this.counters.every(({ plain, idle }) => plain && idle);
  }

  /** Whether the tables are still laid out as they were. */
  fits(): boolean {
    for (let r = 0; r < this.#tables.length; r++) if (this.#tables[r]!.layout !== this.#layouts[r]) return false;
    return true;
  }

  /** Points at the rows of a step. All are found first: finding one may free another. */
  point(keys: readonly string[], now: number, make: boolean): void {
    for (let r = 0; r < this.#tables.length; r++) {
      const found = this.#tables[r]!.locate(keys[r]!, now, make);
      this.#found[r] = found;
      // A search for the step's next key in the same table must not free this one's row.
      if (this.#repeats && found >= 0) this.#tables[r]!.keep(found, now + 1);
    }
    for (let r = 0; r < this.#tables.length; r++) {
      const row = this.#rows[r]!;
      const table = this.#tables[r]!;
      const found = this.#found[r]!;
      const cells = found < 0 ? this.#nothing : table.cellsOf(found);
      // The same page comes again and again: not writing it spares the collector's write barrier.
      if (row.cells !== cells) row.cells = cells;
      row.base = found < 0 ? 0 : table.baseOf(found);
      this.ledgers[r] = table.ledgers.size === 0 ? undefined : table.ledgers.get(found);
    }
  }

  openLedger(record: number): Ledger {
    return (this.ledgers[record] ??= this.#tables[record]!.openLedger(this.#found[record]!));
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const field = this.#tables[record]!.layout.fields.get(limitId);
    return field && this.#found[record]! >= 0
      ? this.#counterOf(checkOf({ ...field, record, slot, segments: [] }))
      : undefined;
  }

  clear(record: number): void {
    if (this.#found[record]! >= 0) this.#tables[record]!.clear(this.#found[record]!);
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  keep({ figures, nowMs }: Outcome): void {
    for (let r = 0; r < this.#rows.length; r++) {
      const checks = this.#checks[r]!;
      let longestMs = 0;
      for (let k = 0; k < checks.length; k++) {
        const resetInMs = figures[checks[k]! * FIGURES + 1]!;
        const heldMs =
          resetInMs < 0 ? heldFor(this.counters[checks[k]!]!, nowMs) : resetInMs + this.#slackMs[checks[k]!]!;
        if (heldMs > longestMs) longestMs = heldMs;
      }
      const { cells, base } = this.#rows[r]!;
      // Mostly the record holds something until then already.
      if (cells[base + IDLE_AT]! < nowMs + longestMs && longestMs > 0 && this.#found[r]! >= 0)
        this.#tables[r]!.keep(this.#found[r]!, nowMs + longestMs);
    }
  }

  #counterOf(check: Check): Counter | undefined {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, { cells: NOWHERE, base: 0 }, 0);
    const place = this.#layouts[record]!.places.get(placeName(limitId, slot));
    return place && counterOf(check, this.#rows[record]!, place.at);
  }
}

/** A bucket that nothing flows into holds for ever; a block until it is forgotten. Levels and permits are seen to by the table. In ms. */
function heldFor({ check: { kind, forgetMs }, row: { cells, base }, offset }: Counter, now: number): number {
  const first = cells[base + offset]!;
  return kind === 'bucket' && first > 0 ? Infinity : kind === 'block' ? first + forgetMs - now : 0;
}
