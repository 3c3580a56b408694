import { HeadgateError, type Clock, type Outcome, type Step } from '../../core/index.ts';
import { Cache } from './cache.ts';
import { Commit } from './commit.ts';
import { Decider } from './decider.ts';
import { storeFault } from './faults.ts';
import { SqliteMemos } from './memos.ts';
import type { Rows } from './rows.ts';
import { Sweep } from './sweep.ts';
import { Waiting, type Later } from './waiting.ts';

export interface TicksOptions {
  readonly rows: Rows;
  readonly clock: Clock;
  /** What the rows are called where a fault is told. */
  readonly file: string;
  readonly maxInMemory: number;
  readonly maxRecords: number;
  /** Ends a tick that has begun. */
  readonly later: Later;
}

/** Decides in memory, a tick at a time, and answers when the tick is among the rows: whatever keeps those. */
export class Ticks {
  readonly memos: SqliteMemos;
  readonly #file: string;
  readonly #cache: Cache;
  readonly #decider: Decider;
  readonly #commit: Commit;
  readonly #waiting: Waiting;

  constructor({ rows, clock, file, maxInMemory, maxRecords, later }: TicksOptions) {
    this.#file = file;
    const boot = rows.boot();
    this.#cache = new Cache({ rows, boot }, maxInMemory, maxRecords);
    this.#decider = new Decider(clock, this.#cache);
    this.memos = new SqliteMemos({ rows, clock, begin: () => this.#waiting.begin() });
    this.#commit = new Commit({
      rows,
      cache: this.#cache,
      sweep: new Sweep(rows, this.#cache),
      memos: this.memos,
      boot,
    });
    this.#waiting = new Waiting(() => this.#commitTick(), later);
  }

  /** Decides at once; answers when the tick is committed. */
  add(step: Step): Promise<Outcome> {
    return this.#waiting.add(() => this.#decide(step));
  }

  /** One step that is a tick of its own. */
  alone(step: Step): Outcome {
    // What others wait for must not be taken back by a failure of this one.
    this.#waiting.flush();
    try {
      return this.#decide(step);
    } finally {
      this.#commitTick();
    }
  }

  /** Ends the tick, if there is one: commits it, and answers. */
  flush(): void {
    this.#waiting.flush();
  }

  stats(): { readonly overflowed: number; readonly inMemory: number } {
    return { overflowed: this.#cache.overflowed, inMemory: this.#cache.size };
  }

  #decide(step: Step): Outcome {
    try {
      return this.#decider.decide(step);
    } catch (error) {
      throw error instanceof HeadgateError ? error : this.#fault('to read what the step asks of', error);
    }
  }

  /** @throws HeadgateError `ERR_STORE` */
  #commitTick(): void {
    try {
      this.#commit.run(this.#decider.last);
    } catch (error) {
      throw this.#fault('to commit the tick, which was taken back', error);
    }
  }

  #fault(rule: string, error: unknown): HeadgateError {
    return storeFault('ERR_STORE', this.#file, rule, error);
  }
}
