import type { Outcome, Step } from '../../../core/index.ts';
import { lateFault } from '../faults.ts';
import type { Place } from '../records/key.ts';

/** Who waits for an answer. */
export interface Waiter {
  readonly resolve: (out: Outcome) => void;
  readonly reject: (fault: unknown) => void;
}

/** Told that an ask is over. */
export interface Keeper {
  remove(): void;
}

/** A step that is under way: it is answered once, and by its deadline. */
export class Ask {
  readonly step: Step;
  readonly places: readonly Place[];
  readonly deadlineMs: number;
  readonly endsAtMs: number;
  isOver = false;
  /** A script has left it to the engine. */
  needsEngine = false;
  readonly #waiter: Waiter;
  readonly #keeper: Keeper;

  constructor(step: Step, places: readonly Place[], deadlineMs: number, nowMs: number, waiter: Waiter, keeper: Keeper) {
    this.step = step;
    this.places = places;
    this.deadlineMs = deadlineMs;
    this.endsAtMs = nowMs + deadlineMs;
    this.#waiter = waiter;
    this.#keeper = keeper;
  }

  answer(out: Outcome): void {
    if (this.#end()) this.#waiter.resolve(out);
  }

  fail(fault: unknown): void {
    if (this.#end()) this.#waiter.reject(fault);
  }

  failLate(): void {
    this.fail(lateFault(this.deadlineMs));
  }

  #end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#keeper.remove();
    return true;
  }
}
