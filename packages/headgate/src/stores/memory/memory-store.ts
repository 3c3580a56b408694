import { FIGURES, HeadgateError, Outcome, run, type Check, type Clock, type Instant, type Program, type Step, type SyncStore, type Traits } from '../../core/index.ts';
import { fits, MemoryBank, planOf, type Plan } from './bank.ts';
import { systemClock } from './clock.ts';
import type { Random32 } from './key-index.ts';
import { MAX_ROWS } from './slot-table.ts';
import { Table, type Budget } from './table.ts';

export interface MemoryStoreOptions {
  /** Time; default: the process's own, rates on a monotonic clock. */
  readonly clock?: Clock;
  /** 32 random bits a call, to key the hash; default: the platform's `crypto`. */
  readonly random?: Random32;
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
  const { maxRecords = MAX_ROWS } = options;
  if (!Number.isInteger(maxRecords) || maxRecords < 1 || maxRecords > MAX_ROWS) {
    throw new HeadgateError('ERR_LIMIT', `memoryStore.maxRecords: expected a whole number from 1 to ${MAX_ROWS}, got ${maxRecords}`);
  }
  return new Store(options.clock ?? systemClock(), options.random ?? platformRandom, maxRecords);
}

/** Programs resolved at once. Ids are dense, so two live ones meet only beyond this many; then both still work, slower. */
const MAX_PLANS = 16_384;
const TRAITS: Traits = { name: 'memory', clock: 'process', durable: false };

class Store implements MemoryStore {
  readonly traits: Traits = TRAITS;
  readonly #clock: Clock;
  readonly #random: Random32;
  readonly #budget: Budget;
  readonly #tables: Map<number, Table> = new Map();
  readonly #plans: (Plan | undefined)[] = [];
  readonly #bank: MemoryBank = new MemoryBank();
  readonly #instant: Instant = { now: 0, wall: 0, skewMs: 0 };

  constructor(clock: Clock, random: Random32, maxRows: number) {
    this.#clock = clock;
    this.#random = random;
    this.#budget = { rows: 0, maxRows, overflowed: 0 };
  }

  apply(step: Step): Outcome {
    const { program } = step;
    const plan = this.#planOf(program);
    const instant = this.#instant;
    instant.now = this.#clock.monotonicMs();
    instant.wall = program.calendar ? this.#clock.wallMs() : instant.now;
    instant.skewMs = instant.now - instant.wall;
    requireKeys(step);
    const makes = step.op === 'decide' || step.op === 'adjust';
    this.#bank.point(plan, step.keys, instant.now, makes);
    const out = new Outcome(instant.now, program.checks.length);
    run(step, this.#bank, instant, out);
    if (step.op !== 'peek') this.#keep(step, plan, out);
    return out;
  }

  stats(): MemoryStats {
    return { records: this.#budget.rows, overflowed: this.#budget.overflowed };
  }

  /** Tells each record until when it holds something, so that it is not freed before. */
  #keep(step: Step, plan: Plan, out: Outcome): void {
    if (out.status === 'stale') return;
    if (step.op !== 'decide') run({ ...step, op: 'peek', costs: step.costs.map(() => 0), requestId: undefined }, this.#bank, this.#instant, out);
    const { checks } = step.program;
    for (let i = 0; i < checks.length; i++) {
      const { record } = plan.program.checks[i]!;
      if (record < 0 || this.#bank.rows[record]! < 0) continue;
      const untilMs = this.#holdsUntil(checks[i]!, i, out);
      if (untilMs > out.nowMs) this.#bank.keep(plan, record, i, untilMs);
    }
  }

  #holdsUntil(check: Check, i: number, out: Outcome): number {
    const resetInMs = out.figures[i * FIGURES + 1]!;
    if (resetInMs >= 0) return out.nowMs + resetInMs;
    const first = this.#bank.cells[i]![this.#bank.at[i]!]!;
    if (check.kind === 'level') return first > 0 ? Infinity : 0;
    return check.kind === 'block' ? first + check.forgetMs : 0;
  }

  #planOf(program: Program): Plan {
    const known = this.#plans[program.id % MAX_PLANS];
    if (known !== undefined && known.program === program && fits(known)) return known;
    const tables = program.records.map((shape) => {
      let table = this.#tables.get(shape.id);
      if (table === undefined) this.#tables.set(shape.id, (table = new Table(this.#random, this.#budget)));
      table.admit(shape.fields);
      return table;
    });
    return (this.#plans[program.id % MAX_PLANS] = planOf(program, tables));
  }
}

function requireKeys({ program, keys }: Step): void {
  for (let i = 0; i < program.records.length; i++) {
    const key: unknown = keys[i];
    if (typeof key !== 'string') throw new HeadgateError('ERR_KEY', `keys[${i}]: expected text, got ${typeof key}`);
  }
}

function platformRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
