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
} from '../../core/index.ts';
import { placeName } from './layout.ts';
import { Pointer } from './pointer.ts';
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
  remembers = false;
  readonly #pointers: readonly Pointer[];
  /** Whether two records of the program stand in one table. */
  readonly #repeats: boolean;

  constructor(program: Program, tables: readonly Table[]) {
    this.program = program;
    this.ledgers = tables.map(() => undefined);
    this.#pointers = tables.map(
      (table, r) =>
        new Pointer(
          table,
          [...program.checks.keys()].filter((i) => program.checks[i]!.record === r),
        ),
    );
    this.#repeats = new Set(tables).size < tables.length;
    this.counters = program.checks.map((check) => this.#counterOf(check)!);
    this.plain = !program.calendar && this.counters.every(({ plain, idle }) => plain && idle);
  }

  /** Points at the rows of a step. All are found first: finding one may free another. */
  point(keys: readonly string[], now: number, make: boolean): void {
    const pointers = this.#pointers;
    for (let r = 0; r < pointers.length; r++) {
      const { table } = pointers[r]!;
      const row = table.locate(keys[r]!, now, make);
      pointers[r]!.row = row;
      // A search for the step's next key in the same table must not free this one's row.
      if (this.#repeats && row >= 0) table.keep(row, now + 1);
    }
    let remembers = false;
    for (let r = 0; r < pointers.length; r++) {
      const pointer = pointers[r]!;
      pointer.aim();
      if (pointer.ledger !== this.ledgers[r]) this.ledgers[r] = pointer.ledger;
      if (pointer.ledger !== undefined) remembers = true;
    }
    this.remembers = remembers;
  }

  openLedger(record: number): Ledger {
    const { table, row } = this.#pointers[record]!;
    return (this.ledgers[record] ??= table.openLedger(row));
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const { table, row } = this.#pointers[record]!;
    const field = table.layout.fields.get(limitId);
    return field && row >= 0 ? this.#counterOf(checkOf({ ...field, record, slot, segments: [] })) : undefined;
  }

  clear(record: number): void {
    const { table, row } = this.#pointers[record]!;
    if (row >= 0) table.clear(row);
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  keep({ figures, nowMs }: Outcome): void {
    const { counters, plain } = this;
    for (let r = 0; r < this.#pointers.length; r++) {
      const { checks, table, row } = this.#pointers[r]!;
      let longestMs = 0;
      for (let k = 0; k < checks.length; k++) {
        const i = checks[k]!;
        const resetInMs = figures[i * FIGURES + 1]!;
        const heldMs = plain ? resetInMs : heldFor(counters[i]!, resetInMs, nowMs);
        if (heldMs > longestMs) longestMs = heldMs;
      }
      if (longestMs > 0 && row >= 0) table.keep(row, nowMs + longestMs);
    }
  }

  #counterOf(check: Check): Counter | undefined {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, { cells: NOWHERE, base: 0 }, 0);
    const pointer = this.#pointers[record]!;
    const place = pointer.table.layout.places.get(placeName(limitId, slot));
    return place && counterOf(check, pointer, place.at);
  }
}

/**
 * How long a counter holds something, in ms, given its reset. A quota's period may come again; a bucket that nothing flows
 * into holds for ever; a block until it is forgotten. Levels and permits are seen to by the table.
 */
function heldFor(
  { check: { kind, forgetMs }, row: { cells, base }, offset }: Counter,
  resetInMs: number,
  now: number,
): number {
  if (resetInMs >= 0) return kind === 'quota' ? resetInMs + SET_BACK_MS : resetInMs;
  const first = cells[base + offset]!;
  return kind === 'bucket' && first > 0 ? Infinity : kind === 'block' ? first + forgetMs - now : 0;
}
