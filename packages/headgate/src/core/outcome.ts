/**
 * Why a request is refused. `until`: an exact instant exists. `freed`: it waits for somebody to give
 * back, so only a hint exists. `never`: no wait helps.
 */
export type No = 'none' | 'until' | 'freed' | 'never';

/**
 * - `ok`: judged (see `allowed`), or the verb did what it was asked
 * - `stale`: the program's segments do not cover the store's time; ask again with fresh ones
 * - `unknown`: no such reservation or request id (never made, resolved already, or forgotten)
 */
export type Status = 'ok' | 'stale' | 'unknown';

/** Numbers kept for each check in {@link Outcome.figures}. */
export const FIGURES = 3;

/**
 * The answer to one step: one fixed class of numbers, so that a decision allocates no object a limit.
 * {@link Outcome.verdict} makes the objects, for those who ask.
 */
export class Outcome {
  status: Status = 'ok';
  allowed = true;
  /** Combined over all checks: never > freed > until. */
  no: No = 'none';
  /** Index of the check that decided; -1 when all admit. */
  binding = -1;
  /** `until`: exact ms until the same request is admitted, if nobody else comes. `freed`: a hint. `never`: -1. Else 0. */
  retryAfterMs = 0;
  /** The store's monotonic time at the decision, in ms since the epoch. */
  nowMs: number;
  /** Whether the request id is remembered (true when none was given). */
  once = true;
  /** True when this is an earlier admission told again: nothing was charged. */
  replayed = false;
  /** On a replay: the reservation that the first decision made, if it made one. */
  reservationId: string | undefined = undefined;
  /** Settle: units given back (negative: charged in addition), over all checks. */
  returned = 0;
  /** Three numbers a check: remaining, resetInMs (-1: no reset), waitMs (0: admits, -1: never, -2: when freed). */
  readonly figures: number[];

  constructor(nowMs: number, checks: number) {
    this.nowMs = nowMs;
    this.figures = new Array<number>(checks * FIGURES);
  }
}

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
  const at = index * FIGURES;
  const [remaining = 0, resetInMs = -1, waitMs = 0] = outcome.figures.slice(at, at + FIGURES);
  const no: No = waitMs === 0 ? 'none' : waitMs === -1 ? 'never' : waitMs === -2 ? 'freed' : 'until';
  return {
    remaining,
    resetInMs: resetInMs < 0 ? undefined : resetInMs,
    admits: waitMs === 0,
    no,
    waitMs: waitMs < 0 ? -1 : waitMs,
  };
}
