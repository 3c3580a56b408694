import type { Clock, SyncStore } from '../../src/core/index.ts';
import { difference, inWords } from '../../src/testing/differential/compare.ts';
import { oracle } from '../../src/testing/index.ts';
import type { Answer, Auditor, Entry } from './entry.ts';
import { answerOf } from './answers.ts';

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

/**
 * Does what the store did, step by step, in the model of the promises, and compares every answer. What was told to have failed, and what a
 * power cut took, the model has never heard of: so nothing that was answered can be lost, and nothing that was not can come back.
 */
export class Lockstep implements Auditor {
  readonly #clock: ToldClock = new ToldClock();
  #model: SyncStore = oracle({ clock: this.#clock });
  #log: Entry[] = [];

  done(entry: Entry): void {
    this.#log.push(entry);
    const expected = this.#ask(entry);
    if (entry.answer === undefined) return;
    const differs = difference(expected, entry.answer);
    if (differs !== undefined) throw new Error(`${inWords(entry.step)}\n${differs}`);
  }

  failed({ answer }: Entry): void {
    if (answer !== undefined && !('fault' in answer)) throw new Error('a step of a tick that failed was answered');
  }

  began(commits: number | undefined): void {
    const kept = commits === undefined ? [] : this.#log.filter(({ commit }) => commit <= commits);
    if (kept.length === this.#log.length) return;
    this.#model = oracle({ clock: this.#clock });
    this.#log = kept;
    for (const entry of kept) this.#ask(entry);
  }

  #ask(entry: Entry): Answer {
    this.#clock.tell(entry);
    return answerOf(() => this.#model.apply(entry.step));
  }
}
