import type { Outcome } from '../../core/index.ts';
import type { Ask } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import { counterOf, onGone, type Asking, type Delayed, type Leaving } from './asking.ts';

/** Who has been let in, and waits for an instant that a bucket has booked. */
export class Bookings {
  readonly #asking: Asking;
  /** How many for each counter. */
  readonly #counts: Map<string, number> = new Map();
  #size = 0;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  get size(): number {
    return this.#size;
  }

  of(counter: string): number {
    return this.#counts.get(counter) ?? 0;
  }

  wait(view: Leaving, ask: Ask, decided: Decided, { delayMs, delays }: Outcome): Promise<Delayed> {
    const counters = delays.flatMap((wait, i) => (wait > 0 ? counterOf(decided.plan, i) : []));
    this.#book(counters, 1);
    return new Promise((resolve, reject) => {
      const end = (with_: Delayed): void => {
        for (const cancel of cancels) cancel();
        this.#book(counters, -1);
        resolve(with_);
      };
      const left = (): void => {
        end('left');
        this.#asking.giveBack(ask, decided, reject);
      };
      const later = (): void => end({ ...decided, delayedMs: delayMs });
      const cancels = [this.#asking.timers.after(delayMs, later), onGone(view, left)];
    });
  }

  #book(counters: readonly string[], by: 1 | -1): void {
    this.#size += by;
    for (const counter of counters) {
      const now = this.of(counter) + by;
      if (now === 0) this.#counts.delete(counter);
      else this.#counts.set(counter, now);
    }
  }
}
