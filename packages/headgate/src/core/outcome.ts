/**
 * Why a request is refused. `until`: an exact instant exists. `freed`: it waits for somebody to give
 * back, so only a hint exists. `never`: no wait helps.
 */
export type No = 'none' | 'until' | 'freed' | 'never';

/**
 * - `ok`: judged (see `allowed`), or the verb did what it was asked
 * - `stale`: the program's segments do not cover the store's time, or what the step expects does not hold; ask again with fresh ones
 * - `unknown`: no such reservation or request id (never made, resolved already, or forgotten)
 */
export type Status = 'ok' | 'stale' | 'unknown';

/** Numbers kept for each check in {@link Outcome.figures}. */
export const FIGURES = 2;

/** Why check i refuses, in {@link Outcome.waits}, where it is not a number of ms. */
export const WAIT: { readonly admits: 0; readonly never: -1; readonly freed: -2; readonly shadow: -3 } = {
  admits: 0,
  never: -1,
  freed: -2,
  shadow: -3,
};

/**
 * An array that is one of fractions from the start. V8 makes one that begins with small integers anew when the first other
 * number comes, and that costs more than the rest of a decision.
 */
export function numbers(length: number): number[] {
  const made = new Array<number>(length);
  if (length > 0) made[0] = NaN;
  return made;
}

const NONE: readonly number[] = [];

/**
 * The answer to one step: one fixed class of numbers, so that a decision makes no object a limit.
 * {@link verdictOf} makes the objects, for those who ask.
 */
export class Outcome {
  declare status: Status;
  allowed = true;
  /** Combined over all checks: never > freed > until. Also `never`: each opens alone, but not all at the same instant. */
  no: No = 'none';
  /** Index of the check that decided; -1 when all admit. */
  binding = -1;
  /** `until`: exact ms until the same request is admitted, if nobody else comes. `freed`: a hint. `never`: -1. Else 0. */
  retryAfterMs = 0;
  /** Let in, charged, and to wait so many ms until it may go on: a bucket has booked its instant. Else 0. */
  declare delayMs: number;
  /** One number a check: ms that it makes the request wait. Empty where none does. */
  declare delays: readonly number[];
  /** The store's monotonic time at the decision, in ms since the epoch. */
  readonly nowMs: number;
  /** Two numbers a check: units remaining, and ms until the reset (-1: there is none). */
  readonly figures: number[];
  /** One number a check: ms until it alone admits, or one of {@link WAIT}. Empty when no check refuses. */
  waits: readonly number[] = NONE;
  /** Whether the request id is remembered (true when none was given). */
  declare once: boolean;
  /** False where a process decided by itself, on units that it had leased: what is told to be left is what was left when it last asked its store. */
  declare exact: false | undefined;
  /** True when this is an earlier admission told again: nothing was charged. */
  declare replayed: boolean;
  /** On a replay: the reservation that the first decision made, if it made one. */
  declare reservationId: string | undefined;
  /** One number a check: units of grants, left or drawn in this period, on top of its amount. Empty where no check has any. */
  declare extras: readonly number[];
  /** One number a check: the rung that decided, -1 where none did. Empty where no check has any, and after other verbs. */
  declare rungs: readonly number[];
  /**
   * One number a check: units that count now, also those above the whole, of a check with rungs, and of a quota, a concurrency or a level of which
   * more counts than its amount; -1 of others. Empty where there is none of these.
   */
  declare used: readonly number[];
  /** Settle, cancel, refund: units that count no longer because of it (negative: that count in addition), over all checks. */
  returned = 0;
  /** The same, one number a check; empty when nothing was resolved, or amended. What another program's checks held is only in the sum. */
  returns: readonly number[] = NONE;

  constructor(nowMs: number, checks: number) {
    this.nowMs = nowMs;
    this.figures = numbers(checks * FIGURES);
  }
}

// What few decisions say stands once, here: a small object is a good part of what a decision costs.
Object.assign(Outcome.prototype, {
  status: 'ok',
  once: true,
  replayed: false,
  extras: NONE,
});

/** One limit's answer. */
export interface Verdict {
  /** The largest cost that this limit alone would admit now, after this decision. Units, at least 0. */
  readonly remaining: number;
  /** Ms until the counter is empty again if nobody comes; undefined where there is no such instant. */
  readonly resetInMs: number | undefined;
  readonly admits: boolean;
  readonly no: No;
  /** Ms until this limit alone would admit the request: 0 when it does, -1 when there is no such instant. */
  readonly waitMs: number;
}

/** The answer of check `index`, as an object. */
export function verdictOf(outcome: Outcome, index: number): Verdict {
  const resetInMs = outcome.figures[index * FIGURES + 1] ?? -1;
  const wait = outcome.waits[index] ?? WAIT.admits;
  return {
    remaining: outcome.figures[index * FIGURES] ?? 0,
    resetInMs: resetInMs < 0 ? undefined : resetInMs,
    admits: wait === WAIT.admits,
    no: noOf(wait),
    waitMs: Math.max(wait, -1),
  };
}

/** Which of the three kinds of no a wait is. A shadow limit refuses nothing. */
export function noOf(wait: number): No {
  if (wait > 0) return 'until';
  if (wait === WAIT.never) return 'never';
  return wait === WAIT.freed ? 'freed' : 'none';
}
