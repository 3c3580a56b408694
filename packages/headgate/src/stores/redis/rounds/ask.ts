import type { Outcome, Step } from '../../../core/index.ts';
import { lateFault } from '../faults.ts';
import type { Place } from '../records/key.ts';

/** A step that is under way: it is answered once, and by its deadline. */
export class Ask {
  readonly step: Step;
  readonly places: readonly Place[];
  readonly deadlineMs: number;
  readonly endsAtMs: number;
  readonly #resolve: (out: Outcome) => void;
  readonly #reject: (fault: unknown) => void;
  readonly #over: (ask: Ask) => void;
  isOver = false;

  constructor(
    { step, places }: { readonly step: Step; readonly places: readonly Place[] },
    { deadlineMs, nowMs }: { readonly deadlineMs: number; readonly nowMs: number },
    {
      resolve,
      reject,
      over,
    }: { resolve: (out: Outcome) => void; reject: (fault: unknown) => void; over: (ask: Ask) => void },
  ) {
    this.step = step;
    this.places = places;
    this.deadlineMs = deadlineMs;
    this.endsAtMs = nowMs + deadlineMs;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#over = over;
  }

  answer(out: Outcome): void {
    if (this.#end()) this.#resolve(out);
  }

  fail(fault: unknown): void {
    if (this.#end()) this.#reject(fault);
  }

  failLate(): void {
    this.fail(lateFault(this.deadlineMs));
  }

  #end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#over(this);
    return true;
  }
}
