import {
  checkOf,
  counterOf,
  HeadgateError,
  type Bank,
  type Cells,
  type Check,
  type Counter,
  type Holdings,
  type Ledger,
  type Program,
  type Row,
  type Step,
} from '../../core/index.ts';
import { clearUse, placeName } from '../memory/index.ts';
import type { Cache } from './cache.ts';
import type { Kept } from './kept.ts';
import type { Table } from './table.ts';

/** Where `size`, which keeps no counter, points to. */
const NOWHERE: Row = { cells: new Float64Array(0), base: 0, heldMs: 0 };

/** One record of a program, pointed at one step's record after another. */
class Pointer implements Row {
  readonly table: Table;
  record: Kept | undefined;
  cells: Cells;
  readonly base = 0;
  heldMs = 0;
  /** The numbers of a record that does not exist: always zero. */
  readonly #nothing: Cells;

  constructor(table: Table) {
    this.table = table;
    this.#nothing = new Float64Array(table.layout.stride);
    this.cells = this.#nothing;
  }

  aim(record: Kept | undefined): Ledger | undefined {
    record?.fit();
    this.record = record;
    this.cells = record?.cells ?? this.#nothing;
    this.heldMs = 0;
    return record?.ledger;
  }
}

/** A program's checks, resolved against its tables, and pointed at one step's records after another. */
export class SqliteBank implements Bank {
  readonly program: Program;
  readonly counters: readonly Counter[];
  plain = false;
  readonly usual: boolean;
  holdings: Holdings | undefined;
  inForceFromMs = 0;
  inForceUntilMs = 0;
  readonly ledgers: (Ledger | undefined)[];
  /** Whether it is plain where no record has a ledger. */
  readonly #isPlain: boolean;
  readonly #pointers: readonly Pointer[];
  readonly #cache: Cache;

  constructor(program: Program, cache: Cache) {
    this.program = program;
    this.#cache = cache;
    this.#pointers = program.records.map(
      ({ id, fields }, record) =>
        new Pointer(
          cache.tableOf(
            id,
            fields,
            program.checks.filter((check) => check.record === record),
          ),
        ),
    );
    this.ledgers = this.#pointers.map(() => undefined);
    this.counters = program.checks.map((check) => this.#counterOf(check)!); // Its fields were admitted just now.
    this.usual = this.counters.every(({ usual }) => usual);
    this.#isPlain = !program.calendar && this.counters.every(({ plain }) => plain);
  }

  /**
   * Points at the records of a step, read from the file where they are not in memory.
   * @throws HeadgateError `ERR_KEY`, `ERR_STORE`
   */
  point({ keys, op }: Step, now: number): void {
    const wanted = op === 'decide' || op === 'adjust' || op === 'amend' || op === 'grant';
    // All are read before any is pointed at: reading may lay out a table anew.
    const records = this.#pointers.map(({ table }, r) => this.#cache.record(table, keyAt(keys, r), wanted, now));
    let plain = this.#isPlain;
    for (const [r, pointer] of this.#pointers.entries()) {
      const ledger = pointer.aim(records[r]);
      if (ledger !== undefined) plain = false;
      this.ledgers[r] = ledger;
    }
    this.plain = plain;
  }

  /** The engine's own would not note what changes. */
  attach(record: number): Ledger {
    // A ledger is attached by what charges, and that has made the record.
    return (this.ledgers[record] = this.#pointers[record]!.record!.openLedger());
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const { table, record: found } = this.#pointers[record]!;
    const field = table.layout.fields.get(limitId);
    return field && found && this.#counterOf(checkOf({ ...field, record, slot, segments: [] }));
  }

  clear(record: number): void {
    const found = this.#pointers[record]!.record;
    if (found !== undefined) clearUse(found.table.layout, found.cells, 0);
    found?.ledger?.noteRequests();
  }

  /** Sees to it that no record is forgotten as long as this step shows that it holds something. */
  keep(now: number): void {
    for (const { record, heldMs } of this.#pointers) {
      if (record !== undefined && now + heldMs > record.idleAtMs) record.idleAtMs = now + heldMs;
    }
  }

  #counterOf(check: Check): Counter | undefined {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, NOWHERE, 0);
    const pointer = this.#pointers[record]!;
    const place = pointer.table.layout.places.get(placeName(limitId, slot));
    return place && counterOf(check, pointer, place.at);
  }
}

function keyAt(keys: readonly unknown[], record: number): string {
  const key = keys[record];
  if (typeof key === 'string') return key;
  throw new HeadgateError('ERR_KEY', `keys[${record}]: expected text, got ${typeof key}`);
}
