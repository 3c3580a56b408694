import type { Field, Program } from '../../src/core/index.ts';
import type { SqliteStore, SqliteStoreOptions } from '../../src/stores/sqlite/index.ts';
import {
  Asker,
  manualClock,
  programOf,
  segmentsOf,
  type LimitSpec,
  type ManualClock,
} from '../../src/testing/index.ts';
import { freshFile, open } from './files.ts';

const DAY_MS = 86_400_000;

/** A program all of whose rates last. */
export function lastingProgram(...limits: readonly LimitSpec[]): Program {
  return withFields(programOf(...limits), () => ({ durable: true }));
}

/** A program all of whose permits end with their process. */
export function passingProgram(...limits: readonly LimitSpec[]): Program {
  return withFields(programOf(...limits), ({ kind }) => (kind === 'concurrency' ? { passing: true } : {}));
}

function withFields(program: Program, more: (field: Field) => Partial<Field>): Program {
  const records = program.records.map((shape) => ({
    ...shape,
    fields: shape.fields.map((field) => ({ ...field, ...more(field) })),
  }));
  return { ...program, records };
}

/** A quota of a day that begins now. */
export function quotaOf(clock: ManualClock, amount: number, days = 2): LimitSpec {
  const now = clock.wallMs();
  const parts = Array.from({ length: days }, (_, day) => [now + (day + 1) * DAY_MS, amount] as const);
  return { kind: 'quota', segments: segmentsOf({ kind: 'quota', fromAtMs: now }, parts) };
}

/** A file that can be closed and opened again, on a clock that goes on meanwhile. */
export class Restartable {
  readonly clock: ManualClock = manualClock();
  readonly file: string = freshFile();
  readonly #options: Partial<SqliteStoreOptions>;
  store: SqliteStore;
  asker: Asker;

  constructor(options: Partial<SqliteStoreOptions> = {}) {
    this.#options = options;
    this.store = this.#open();
    this.asker = new Asker(this.store, this.clock);
  }

  async restart(): Promise<void> {
    await this.store.close();
    this.store = this.#open();
    this.asker = new Asker(this.store, this.clock);
  }

  #open(): SqliteStore {
    return open({ ...this.#options, file: this.file, clock: this.clock });
  }
}
