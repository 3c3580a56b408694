import {
  checkOf,
  counterOf,
  Outcome,
  run,
  widthOf,
  type Bank,
  type Cells,
  type Check,
  type Counter,
  type Holdings,
  type Instant,
  type Ledger,
  type Program,
  type Row,
  type Step,
} from '../../../core/index.ts';
import { placeName } from '../../memory/index.ts';
import { LONGEST_MS } from './lifetime.ts';
import type { Shape } from './shape.ts';

/** Where `size`, which keeps no counter, points to. */
const NOWHERE: Row = { cells: new Float64Array(0), base: 0, heldMs: 0 };

/** As much of a record as the engine needs. */
export interface Numbers {
  readonly cells: Cells;
  ledger: Ledger | undefined;
  idleAtMs: number;
}

class Pointer implements Row {
  record: Numbers | undefined;
  cells: Cells = NOWHERE.cells;
  readonly base = 0;
  heldMs = 0;
}

/** A program's checks, resolved against the shapes as they are laid out now, and pointed at one step's records after another. */
export class RedisBank implements Bank {
  readonly counters: readonly Counter[];
  plain = false;
  readonly usual: boolean;
  holdings: Holdings | undefined;
  inForceFromMs = 0;
  inForceUntilMs = 0;
  readonly ledgers: (Ledger | undefined)[];
  readonly #isPlain: boolean;
  readonly #shapes: readonly Shape[];
  readonly #versions: readonly number[];
  readonly #pointers: readonly Pointer[];

  constructor(program: Program, shapes: readonly Shape[]) {
    this.#shapes = shapes;
    this.#versions = shapes.map(({ version }) => version);
    this.#pointers = shapes.map(() => new Pointer());
    this.ledgers = shapes.map(() => undefined);
    this.counters = program.checks.map((check) => this.#counterOf(check)!); // Its fields were admitted just now.
    this.usual = this.counters.every(({ usual }) => usual);
    this.#isPlain = !program.calendar && this.counters.every(({ plain }) => plain);
  }

  /** Whether nothing was laid out anew since. */
  get isCurrent(): boolean {
    return this.#shapes.every(({ version }, r) => version === this.#versions[r]);
  }

  /** Carries a step out on its records. */
  apply(step: Step, records: readonly Numbers[], t: Instant): Outcome {
    this.#aim(records);
    const out = new Outcome(t.now, step.program.checks.length);
    run(step, this, t, out);
    for (let r = 0; r < this.#pointers.length; r++) {
      const { record, heldMs } = this.#pointers[r]!;
      if (heldMs > 0) record!.idleAtMs = Math.max(record!.idleAtMs, t.now + Math.min(heldMs, LONGEST_MS));
    }
    return out;
  }

  #aim(records: readonly Numbers[]): void {
    this.plain = this.#isPlain;
    for (let r = 0; r < this.#pointers.length; r++) {
      const pointer = this.#pointers[r]!;
      const record = records[r]!;
      pointer.record = record;
      pointer.cells = record.cells;
      pointer.heldMs = 0;
      this.ledgers[r] = record.ledger;
      if (record.ledger !== undefined) this.plain = false;
    }
  }

  attach(record: number, ledger: Ledger): Ledger {
    this.#pointers[record]!.record!.ledger = ledger;
    return (this.ledgers[record] = ledger);
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const field = this.#shapes[record]!.fields.get(limitId);
    return field && this.#counterOf(checkOf({ ...field, record, slot, segments: [] }));
  }

  clear(record: number): void {
    const { cells } = this.#pointers[record]!;
    for (const { at, use } of this.#shapes[record]!.spots.values()) cells.fill(0, at, at + use);
  }

  #counterOf(check: Check): Counter | undefined {
    const { record, limitId, slot } = check;
    if (record < 0) return counterOf(check, NOWHERE, 0);
    const spot = this.#shapes[record]!.spots.get(placeName(limitId, slot));
    // Two limits of one id would count in each other's numbers.
    if (spot === undefined || spot.kind !== check.kind || spot.width !== widthOf(check)) return undefined;
    return counterOf(check, this.#pointers[record]!, spot.at);
  }
}
