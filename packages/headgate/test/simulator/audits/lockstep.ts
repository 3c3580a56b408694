import type { Clock, Step, SyncStore } from '../../../src/core/index.ts';
import { difference, inWords } from '../../../src/testing/differential/compare.ts';
import { oracle } from '../../../src/testing/index.ts';
import { answerOf } from '../answers.ts';
import type { Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** A clock that says what it is told to say. */
class ToldClock implements Clock {
  #nowMs = 0;
  #wallMs = 0;

  tell({ nowMs, wallMs }: Pick<Entry, 'nowMs' | 'wallMs'>): void {
    this.#nowMs = nowMs;
    this.#wallMs = wallMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }
}

/** Does what the store did, step by step, in the model of the promises, and compares every answer: retry times, what is left, all of it. */
export class Lockstep implements Auditor {
  readonly #clock: ToldClock = new ToldClock();
  readonly #knows: (step: Step) => boolean;
  readonly #keeps: boolean;
  readonly #compares: boolean;
  #model: SyncStore = oracle({ clock: this.#clock });

  /** Of the steps that it knows; `keeps`: whether they outlast the process. */
  constructor(knows: (step: Step) => boolean, { keeps = true, compares = true } = {}) {
    this.#knows = knows;
    this.#keeps = keeps;
    this.#compares = compares;
  }

  done(entry: Entry, again: boolean): void {
    if (!this.#knows(entry.step)) return;
    // By a clock that went back, and ended unanswered: what was only looked at was moved in memory, which is gone, and written nowhere. So it
    // counts as if the clock had stood still; of what is told where clocks go back, nothing depends on the time.
    if (entry.answer !== undefined || entry.nowMs >= this.#clock.monotonicMs()) this.#clock.tell(entry);
    const expected = answerOf(() => this.#model.apply(entry.step));
    if (again) return;
    entry.expected = expected;
    const differs = this.#compares && entry.answer && difference(expected, entry.answer);
    if (typeof differs === 'string') throw new Error(`${inWords(entry.step)}\n${differs}`);
  }

  restarted(): void {
    if (!this.#keeps) this.reset();
  }

  reset(): void {
    this.#model = oracle({ clock: this.#clock });
  }
}
