import { Outcome, requireTime, run, type Clock, type Instant, type Program, type Step } from '../../core/index.ts';
import { SqliteBank } from './bank.ts';
import type { Cache } from './cache.ts';

/** Programs resolved at once: a power of two. Ids are dense, so two live ones meet only beyond this many; then both still work, slower. */
const MAX_PROGRAMS = 16_384;

/** Carries steps out on the records in memory. What they change is kept only once it is committed. */
export class Decider {
  /** When the last step was decided: then its tick ends, too. */
  last: Instant = { now: 0, wall: 0, skewMs: 0 };
  readonly #clock: Clock;
  readonly #cache: Cache;
  readonly #banks: (SqliteBank | undefined)[] = [];

  constructor(clock: Clock, cache: Cache) {
    this.#clock = clock;
    this.#cache = cache;
  }

  decide(step: Step): Outcome {
    const { program } = step;
    const t = this.#now(program.calendar);
    const bank = this.#bankOf(program);
    bank.point(step, t.now);
    const out = new Outcome(t.now, program.checks.length);
    run(step, bank, t, out);
    bank.keep(t.now);
    return out;
  }

  /** Programs without a calendar read none of it. */
  #now(calendar: boolean): Instant {
    const now = this.#clock.monotonicMs();
    requireTime('monotonicMs', now);
    const wall = calendar ? this.#clock.wallMs(now) : now;
    return (this.last = { now, wall, skewMs: now - wall });
  }

  #bankOf(program: Program): SqliteBank {
    const at = program.id & (MAX_PROGRAMS - 1);
    const known = this.#banks[at];
    return known?.program === program ? known : (this.#banks[at] = new SqliteBank(program, this.#cache));
  }
}
