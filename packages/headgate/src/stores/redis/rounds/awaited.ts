import { lateFault } from '../faults.ts';

/** Who waits for an answer. */
export interface Waiter<T> {
  readonly resolve: (answer: T) => void;
  readonly reject: (fault: unknown) => void;
}

/** Told that something awaited is over. */
export interface Keeper {
  remove(): void;
}

/** What is under way: it is answered once, and by its deadline. */
export class Awaited<T> {
  readonly deadlineMs: number;
  readonly endsAtMs: number;
  isOver = false;
  readonly #waiter: Waiter<T>;
  readonly #keeper: Keeper;

  constructor(deadlineMs: number, nowMs: number, waiter: Waiter<T>, keeper: Keeper) {
    this.deadlineMs = deadlineMs;
    this.endsAtMs = nowMs + deadlineMs;
    this.#waiter = waiter;
    this.#keeper = keeper;
  }

  answer(answer: T): void {
    if (this.#end()) this.#waiter.resolve(answer);
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
