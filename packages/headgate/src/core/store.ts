import type { Outcome } from './outcome.ts';
import type { Program } from './program.ts';

/**
 * - `decide`: judge, and charge if every check admits
 * - `peek`: the same answer without the charge
 * - `settle`: replace what a reservation holds by `costs`, at the time of the charge
 * - `cancel`: give back what a reservation holds
 * - `renew`: begin a reservation's lifetime again
 * - `refund`: give back what the decision with this request id charged, where its window still runs
 * - `amend`: give back, where `costs` are negative, of what the decision of `chargedAtMs` charged, as far as that surely still counts; charge
 *   now, whether there is room or not, where they are positive. For a caller who remembers a decision, so that the store need not
 * - `adjust`: add `costs` (which may be negative) to levels and quotas
 * - `grant`: give quotas that take grants `costs` on top, once for each id
 * - `reset`: empty the records, blocks included; what live reservations hold is kept
 */
export type Op = 'decide' | 'peek' | 'settle' | 'cancel' | 'renew' | 'refund' | 'amend' | 'adjust' | 'grant' | 'reset';

/** What was assumed of a counter when a step was made: that between so many units of room are left in it. */
export interface Expectation {
  /** Which check of the program. */
  readonly check: number;
  readonly least: number;
  readonly most: number;
}

/** One call on a store: data only, so that any store on any machine can carry it out. */
export interface Step {
  readonly op: Op;
  readonly program: Program;
  /** One key a record of the program, in order. */
  readonly keys: readonly string[];
  /** One cost a check of the program, in order: units, non-negative safe integers (`adjust`, `amend`: signed). */
  readonly costs: readonly number[];
  /** Given by a trusted caller: the same id is charged once. Scope: the first record's key. */
  readonly requestId?: string | undefined;
  /** Names what this decision reserves. Needed whenever a check has `holdMs` above 0. */
  readonly reservationId?: string | undefined;
  /** What each check keeps if the reservation is never settled; default: as `Check.lost` says. */
  readonly losses?: readonly number[] | undefined;
  /** `grant`: names it, and says the first instant of wall time at which it counts no more; default: it has no end. */
  readonly grant?: { readonly id: string; readonly endsAtMs?: number | undefined } | undefined;
  /** `amend`: the `nowMs` of the decision that is meant. */
  readonly chargedAtMs?: number | undefined;
  /** Decide: what must still hold before it is judged; where it does not, the outcome is `stale` and nothing was changed. */
  readonly expects?: readonly Expectation[] | undefined;
  /** Settle, cancel: of which checks what is reserved is resolved, one each; the rest stays reserved. Default: all that is. */
  readonly resolves?: readonly boolean[] | undefined;
  /**
   * Settle: units that each check which is resolved holds from now on, for the rest of its lifetime: less than it held, or more. `costs` is what is
   * kept of the others. Above 0 for a concurrency or a level only.
   */
  readonly leaves?: readonly number[] | undefined;
}

/** What a store promises, for those who choose one and for those who report it. */
export interface Traits {
  readonly name: string;
  /** Whose clock decides: the process's, or the store's own. */
  readonly clock: 'process' | 'store';
  /** Whether state survives the end of the process. */
  readonly durable: boolean;
  /** The same for all stores that count on the same counters, as far as this process can tell. Default: no other does. */
  readonly counters?: object;
}

/**
 * Texts that a store keeps by name beside its records: by them what is held is found after a restart, and by another process. Nothing is counted
 * by them: one that is lost lets nobody in, and ends nothing early. Names are any text; texts are well-formed, and not empty.
 *
 * What is asked under a name is carried out in its order. A store in this process answers at once, and keeps what it was told with the steps that
 * were asked for before: what is then lost with the process was nobody's but its own.
 */
export interface Memos {
  /** Puts a text under a name for so long (Infinity: as long as anything is kept), and says what stood there. @throws, rejects `ERR_STORE` */
  put(name: string, text: string, lifetimeMs: number, deadlineMs: number): MemoAnswer;
  read(name: string, deadlineMs: number): MemoAnswer;
  /** Takes out what stands under a name: of several who ask, one has it. */
  take(name: string, deadlineMs: number): MemoAnswer;
  /**
   * As `take`; where nothing stands, or a mark does, a mark of now is left for so long: `@`, and the instant in ms of the store's own clock. Undefined
   * where no two processes share the store.
   */
  mark?(name: string, lifetimeMs: number, deadlineMs: number): MemoAnswer;
}

/** The text, now or in time; undefined where there is none, or none any more. */
export type MemoAnswer = string | undefined | Promise<string | undefined>;

/** A store that answers at once. A fault is thrown and has changed nothing. */
export interface SyncStore {
  readonly traits: Traits;
  /** Undefined: it keeps nothing by name. */
  readonly memos?: Memos;
  apply(step: Step): Outcome;
}

/**
 * A store that answers within `deadlineMs` or rejects; or at once, where it can. It carries steps out in the order in which it is asked, whenever it
 * answers.
 */
export interface AsyncStore {
  readonly traits: Traits;
  /** Undefined: it keeps nothing by name. */
  readonly memos?: Memos;
  apply(step: Step, deadlineMs: number): Outcome | Promise<Outcome>;
  close(): Promise<void>;
}

/** Time, passed in. Both are whole milliseconds since the epoch. */
export interface Clock {
  /** Never goes back; anchored once to wall time. Rates and lifetimes run on it. */
  monotonicMs(): number;
  /** What the calendar says. May jump. Told the monotonic time that was read just before, it may be what it was at the beginning of that millisecond. */
  wallMs(nowMs?: number): number;
}
