import {
  HeadgateError,
  Outcome,
  requireTime,
  run,
  type Clock,
  type Instant,
  type Program,
  type RecordShape,
  type Step,
  type SyncStore,
  type Traits,
} from '../../core/index.ts';
import { MemoryBank } from './bank.ts';
import { systemClock } from './clock.ts';
import { Table, type Budget } from './table.ts';

export interface MemoryStoreOptions {
  /** Time; default: the process's own, rates on a monotonic clock. */
  readonly clock?: Clock;
  /** 32 random bits, to key a hash; default: from the platform's `crypto`. */
  readonly random?: () => number;
  /**
   * Records kept, up to 2^21. Beyond it a fresh key shares one of 64 rows a partition with others, unless a record
   * that holds nothing can make room: a record that holds a charge is never pushed out.
   */
  readonly maxRecords?: number;
}

/** Counters of a {@link MemoryStore}, for metrics. */
export interface MemoryStats {
  readonly records: number;
  /** Decisions made in a shared row because the store was full. */
  readonly overflowed: number;
}

/** A store in this process's memory. It answers at once, and forgets at the process's end. */
export interface MemoryStore extends SyncStore {
  stats(): MemoryStats;
}

/** @throws HeadgateError `ERR_LIMIT` when `maxRecords` is not a whole number from 1 to 2^21. */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { clock = systemClock(), random = platformRandom, maxRecords: maxRows = MAX_ROWS } = options;
  if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > MAX_ROWS)
    throw new HeadgateError('ERR_LIMIT', `memoryStore.maxRecords: expected 1 to ${MAX_ROWS}, got ${maxRows}`);
  return new Store(clock, () => ({ rows: 0, overflowed: 0, maxRows, seed: random(), bornAtMs: clock.monotonicMs() }));
}

/** Programs resolved at once: a power of two. Ids are dense, so two live ones meet only beyond this many; then both still work, slower. */
const MAX_PROGRAMS = 16_384;
const MAX_ROWS = 2 ** 21;
const TRAITS: Traits = { name: 'memory', clock: 'process', durable: false };

/** A class, and not a literal: its fields are then known to be numbers with a fraction, which are written in place. */
class Now implements Instant {
  now = NaN;
  wall = NaN;
  skewMs = NaN;
}

class Store implements MemoryStore {
  readonly traits: Traits = TRAITS;
  readonly #clock: Clock;
  readonly #begin: () => Budget;
  #budget: Budget | undefined;
  readonly #tables: Map<number, Table> = new Map();
  readonly #banks: (MemoryBank | undefined)[] = [];
  readonly #instant: Instant = new Now();

  constructor(clock: Clock, begin: () => Budget) {
    this.#clock = clock;
    this.#begin = begin;
  }

  apply(step: Step): Outcome {
    const { program } = step;
    const known = this.#banks[program.id & (MAX_PROGRAMS - 1)];
    const bank = known !== undefined && known.program === program ? known : this.#resolve(program);
    const instant = this.#instant;
    const now = this.#clock.monotonicMs();
    requireTime('monotonicMs', now);
    instant.now = now;
    instant.wall = now;
    instant.skewMs = 0;
    if (program.calendar) this.#lookAtCalendar(now);
    bank.point(step, instant);
    const out = new Outcome(now, program.checks.length);
    run(step, bank, instant, out);
    if (step.op !== 'peek') bank.keep(instant);
    return out;
  }

  /** Programs without a calendar read none of it. */
  #lookAtCalendar(now: number): void {
    this.#instant.wall = this.#clock.wallMs(now);
    this.#instant.skewMs = this.#instant.now - this.#instant.wall;
  }

  stats(): MemoryStats {
    return { records: this.#budget?.rows ?? 0, overflowed: this.#budget?.overflowed ?? 0 };
  }

  #resolve(program: Program): MemoryBank {
    const tables = program.records.map((shape) => this.#tableOf(shape));
    return (this.#banks[program.id & (MAX_PROGRAMS - 1)] = new MemoryBank(program, tables));
  }

  #tableOf({ id, fields }: RecordShape): Table {
    let table = this.#tables.get(id);
    // Begun now, and no sooner: Cloudflare's Workers have no chance, and a clock that stands at 0, while modules load.
    if (table === undefined) this.#tables.set(id, (table = new Table((this.#budget ??= this.#begin()))));
    // Who knows a table by its old layout must look again.
    if (table.admit(fields)) this.#banks.length = 0;
    return table;
  }
}

function platformRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
