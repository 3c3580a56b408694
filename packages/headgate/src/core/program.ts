/**
 * What a policy compiles to: plain, immutable, numbered data. A program can be written as JSON,
 * sent to another process and decided there; nothing in it is a function.
 */

/** How one counter counts. `rate` compiles to the first five, by its `algorithm`. */
export type Kind =
  | 'fixed'
  | 'sliding'
  | 'bucket'
  | 'gap'
  | 'decay'
  | 'quota'
  | 'concurrency'
  | 'level'
  | 'size'
  | 'block';

/** Every kind, by the number that it has in what stores write down: only ever added to. */
export const KINDS: readonly Kind[] = [
  'fixed',
  'sliding',
  'bucket',
  'gap',
  'quota',
  'concurrency',
  'level',
  'size',
  'block',
  'decay',
];

/** What a counter is charged for: requests that were let in, every request that asked, or those that other limits denied. */
export type Count = 'admitted' | 'attempts' | 'denials';

/** Where a fixed window begins: with the first charge, on the clock, or at a phase of its own. */
export type Align = 'first' | 'clock' | 'spread';

/**
 * An amount, and the instants from and until which it holds. Calendars, schedules and overrides
 * reach the core only as a list of these: sorted, contiguous, half-open `[fromAtMs, untilAtMs)`.
 */
export interface Segment {
  /** First instant at which the amount holds, in ms since the epoch. */
  readonly fromAtMs: number;
  /** First instant at which it no longer holds; {@link FOREVER} when it has no end. */
  readonly untilAtMs: number;
  /** Units: of a rate a window, of a quota a period, of the other kinds at once. */
  readonly amount: number;
  /** The most that can be held at once: a bucket's burst; for every other kind, the amount. */
  readonly burst: number;
  /** Start of the calendar period this segment lies in (quota); 0 for the other kinds. */
  readonly periodAtMs: number;
  /** Bucket: parts refilled each ms, where one unit is `scale` parts (rate in lowest terms). */
  readonly refill: number;
  /** Bucket: parts in one unit. 1 for the other kinds. */
  readonly scale: number;
  /** Quota: what of this period is left at its end is carried on. Undefined: it is gone. */
  readonly rollover?: Rollover | undefined;
}

/** What is left of a period, carried into the next ones. */
export interface Rollover {
  /** Units, at most. */
  readonly upTo: number;
  /** First instant of wall time at which they count no more: the end of a later period. */
  readonly untilAtMs: number;
}

/**
 * What becomes of a request that would bring a counter above a fill, and above no higher one of the check: `used + cost` is more than
 * `permille` of the whole, rounded down to units. The whole is the segment's `burst`, and of a quota its grants: those that are left, and
 * those drawn in this period.
 */
export interface Rung {
  /** Parts of a thousand of the whole. 1 to 10,000. */
  readonly permille: number;
  /** `refuse`; `admit`: let in and charged; `shadow`: let in, not charged unless attempts count, and told as what would have been refused. */
  readonly does: 'refuse' | 'admit' | 'shadow';
  /**
   * Of a bucket that refuses: what it would let in within so many ms, nobody else coming, is let in and charged now, and told that wait
   * (`Outcome.delays`; the longest of all checks is `delayMs`). Default 0: nothing is held back.
   */
  readonly delayMs?: number;
}

/** One limit, as it bears on one profile. */
export interface Check {
  /** Identity of the counter: a hash of name, kind, algorithm, window and partition, not of the amount. */
  readonly limitId: number;
  /** Which of the step's keys holds the counter; -1 for `size`, which keeps no state. */
  readonly record: number;
  /**
   * Which counter inside the record: a 32-bit id of the closed part's value (`idOf` of the operation's name), 0 where
   * the partition has no closed part. An id, not a position: it survives operations coming, going and moving.
   */
  readonly slot: number;
  readonly kind: Kind;
  readonly count: Count;
  readonly align: Align;
  /** Length of the window in ms; 0 for kinds without one. */
  readonly windowMs: number;
  /** Sliding: how many slices the window is counted in, 2 to 64. Quota: how many grants it has at once, at most, and how many periods may leave something, as {@link slicesOf} says. 0 otherwise. */
  readonly slices: number;
  readonly segments: readonly Segment[];
  /** Room that must be left even when the cost is less (`reserve: any` asks for 1). Usually 0. */
  readonly atLeast: number;
  /** How long what this check charges stays reserved before it is settled, in ms; 0 = charged for good. */
  readonly holdMs: number;
  /** What a reservation leaves behind when nobody settles it in time. */
  readonly lost: 'keep' | 'return';
  /** The same limit counted over other windows (another plan's): use found there moves here, as if spent now. */
  readonly carries: readonly number[];
  /** Concurrency and level: the wait to suggest when nobody knows the true one, in ms; 0 = none stated. */
  readonly hintMs: number;
  /** Judged and told, never enforced. */
  readonly shadow: boolean;
  /**
   * What happens at which fill, ascending, no fill twice. Empty: what would pass the whole is refused. The highest rung that a request
   * would pass decides; one that passes none is let in. `remaining` never tells more than is left of the whole, nor of the lowest
   * fill that refuses. A cost of 0 passes none.
   */
  readonly rungs: readonly Rung[];
  /**
   * `count: 'denials'`: the checks of this program whose denials are charged to it. It refuses nothing itself. Where one of them refuses,
   * and no block did, it is charged its cost in the same step, and its rung is the one that this charge passes.
   */
  readonly denials: readonly number[];
  /** Block only: the check of this program whose denial sets the block; -1 when it only obeys one. */
  readonly trigger: number;
  /** Block only: the rung of that check which sets it; -1: any denial. While any block of the program refuses, none is set. */
  readonly triggerRung: number;
  /** Block only: durations in ms, one an escalation step. Empty: as long as the check that sets it refuses by itself. */
  readonly blockMs: readonly number[];
  /** Block only: whether a request that it refuses begins its length anew. */
  readonly extend: boolean;
  /** Block only: how long after a block ends the next one still escalates, in ms. */
  readonly forgetMs: number;
  /**
   * Where another amount keeps the part of the whole that is used: the counter of the kind `gap`, of the same record and slot, that says
   * by which amount the units are counted. 0: the units are kept.
   */
  readonly scaledBy: number;
}

/** One counter's place in a record, the same for every program that uses the record. */
export interface Field {
  readonly limitId: number;
  readonly kind: Kind;
  readonly windowMs: number;
  readonly slices: number;
  /** The slots that the policy can name: a few values of the closed parts; `[0]` where there are none. */
  readonly slots: readonly number[];
  /** Of a rate: that it outlasts the process, in a store that lasts. What is no rate always does, and so does what is held. */
  readonly durable?: boolean;
  /** Of permits: that whoever holds one is gone when this process is. A store of one process gives them back when the next begins. */
  readonly passing?: boolean;
  /** {@link Check.scaledBy}. */
  readonly scaledBy?: number;
}

/**
 * The state of one value of an open partition: what is counted for it. A limit whose closed parts take more than a
 * few values gets a shape for each of them instead of slots, so that a record stays small.
 */
export interface RecordShape {
  /** Hash of the partition (`per`): records of different shapes never meet, whatever their keys. */
  readonly id: number;
  readonly fields: readonly Field[];
}

/** What a policy compiles to for one profile. */
export interface Program {
  /** Small, dense, unique within a process: stores may index by it. */
  readonly id: number;
  readonly records: readonly RecordShape[];
  readonly checks: readonly Check[];
  /** First instant of wall time at which the segments no longer tell the whole truth. */
  readonly validUntilMs: number;
  /** True when a check reads the calendar, so that wall time is needed. */
  readonly calendar: boolean;
}

/** The amount of a segment in which the limit does not apply: nothing is ever too much. */
export const FREE: number = Number.MAX_SAFE_INTEGER;

/** The greatest instant: an amount that has no end holds until then. */
export const FOREVER: number = Number.MAX_SAFE_INTEGER;
/** Decay: parts in which a unit is counted. */
export const DECAY_PARTS: number = 65_536;
