import { HeadgateError, type AsyncStore, type Outcome, type Step, type SyncStore } from '../../src/core/index.ts';
import type { Timer } from '../../src/http/failing/deadlines.ts';
import type { Ending } from '../../src/http/holds/ending.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';

/** A request was answered, whole. */
export const ENDED: Ending = {
  status: 200,
  reached: true,
  fields: [],
  body: { is: 'unread', why: 'unasked' },
  sentBytes: 0,
  tookMs: 1,
  torn: false,
};

/** Time that is moved by hand, and what is to happen in it. */
export class Times {
  readonly clock: ManualClock;
  #due: { readonly atMs: number; readonly call: () => void }[] = [];

  constructor(startMs: number) {
    this.clock = manualClock({ wallMs: startMs, monotonicMs: startMs });
  }

  readonly timer: Timer = (afterMs, call) => void this.#due.push({ atMs: this.clock.monotonicMs() + afterMs, call });

  /** Moves on, a ms at a time, with all that is due and all that follows from it. */
  async pass(ms: number): Promise<void> {
    for (let i = 0; i < ms; i++) {
      this.clock.advance(1);
      const nowMs = this.clock.monotonicMs();
      const due = this.#due.filter(({ atMs }) => atMs <= nowMs);
      this.#due = this.#due.filter(({ atMs }) => atMs > nowMs);
      for (const { call } of due) call();
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await settled();
    }
  }
}

/** Whatever follows from what has happened has followed. */
export async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one turn after another
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

/**
 * `answers`: a turn later. `rejects`: and has done nothing. `silent`: never, and has done nothing. `deaf`: has done it, and never says so. A number: so
 * many ms later; it does it then.
 */
export type Mood = 'answers' | 'rejects' | 'silent' | 'deaf' | number;

/** A store over another one that does as it is told. */
export class FaultyStore implements AsyncStore {
  readonly traits: AsyncStore['traits'];
  mood: Mood = 'answers';
  asked = 0;
  readonly #store: SyncStore;
  readonly #timer: Timer;

  constructor(store: SyncStore, timer: Timer) {
    this.traits = { ...store.traits, name: 'faulty' };
    this.#store = store;
    this.#timer = timer;
  }

  apply(step: Step): Promise<Outcome> {
    this.asked++;
    const { mood } = this;
    const act = (): Promise<Outcome> =>
      new Promise((resolve) => {
        resolve(this.#store.apply(step));
      });
    if (mood === 'rejects')
      return Promise.reject(new HeadgateError('ERR_STORE', 'faulty: expected an answer, got none'));
    if (mood === 'answers') return act();
    if (mood === 'deaf') void act();
    return new Promise((resolve) => {
      if (typeof mood === 'number') this.#timer(mood, () => resolve(act()));
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
