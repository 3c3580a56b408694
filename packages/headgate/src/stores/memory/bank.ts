import {
  checkOf,
  counterOf,
  HeadgateError,
  type Bank,
  type Cells,
  type Check,
  type Counter,
  type Holdings,
  type Instant,
  type Ledger,
  type Program,
  type Step,
} from '../../core/index.ts';
import { placeName } from './layout.ts';
import { Pointer } from './pointer.ts';
import type { Table } from './table.ts';

/** Where `size`, which keeps no counter, points to. */
const NOWHERE: Cells = new Float64Array(0);

/**
 * A program's checks, resolved against its tables as they are laid out now, and pointed at one step's
 * rows after another.
 */
export class MemoryBank implements Bank {
  readonly program: Program;
  readonly counters: readonly Counter[];
  plain: boolean;
  readonly usual: boolean;
  holdings: Holdings | undefined;
  inForceFromMs = 0;
  inForceUntilMs = 0;
  readonly ledgers: (Ledger | undefined)[];
  /** Whether it is plain where no record has a ledger. */
  readonly #isPlain: boolean;
  readonly #pointers: readonly Pointer[];
  /** Whether two records of the program stand in one table. */
  readonly #repeats: boolean;

  constructor(program: Program, tables: readonly Table[]) {
    this.program = program;
    this.ledgers = tables.map(() => undefined);
    this.#pointers = tables.map((table) => new Pointer(table));
    this.#repeats = new Set(tables).size < tables.length;
    this.counters = program.checks.map((check) => this.#counterOf(check)!);
    this.usual = this.counters.every(({ usual }) => usual);
    this.#isPlain = !program.calendar && this.counters.every(({ plain }) => plain);
    this.plain = this.#isPlain;
  }

  /**
   * Points at the rows of a step.
   * @throws HeadgateError `ERR_KEY`
   */
  point({ keys, op }: Step, t: Instant): void {
    const pointers = this.#pointers;
    let plain = this.#isPlain;
    for (let r = 0; r < pointers.length; r++) {
      const key: unknown = keys[r];
      if (typeof key !== 'string') throw notText(r, key);
      const pointer = pointers[r]!;
      const ledger = pointer.aim(pointer.table.locate(key, t, op));
      // A search for the step's next key in the same table must not free this one's row.
      if (this.#repeats) pointer.keep(t, 1);
      if (ledger !== undefined) plain = false;
      if (ledger !== this.ledgers[r]) this.ledgers[r] = ledger;
    }
    this.plain = plain;
  }

  attach(record: number, ledger: Ledger): Ledger {
    const { table, row } = this.#pointers[record]!;
    table.remember(row, ledger);
    return (this.ledgers[record] = ledger);
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

  /** Sees to it that no record is freed as long as this step shows that it holds something. */
  keep(t: Instant): void {
    const pointers = this.#pointers;
    for (let r = 0; r < pointers.length; r++) pointers[r]!.keep(t, pointers[r]!.heldMs);
  }

  #counterOf(check: Check): Counter | undefined {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, { cells: NOWHERE, base: 0, heldMs: 0 }, 0);
    const pointer = this.#pointers[record]!;
    const place = pointer.table.layout.places.get(placeName(limitId, slot));
    return place && counterOf(check, pointer, place.at);
  }
}

function notText(record: number, key: unknown): HeadgateError {
  return new HeadgateError('ERR_KEY', `keys[${record}]: expected text, got ${typeof key}`);
}
