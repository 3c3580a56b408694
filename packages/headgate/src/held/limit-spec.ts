import type { CalendarSpec, ZoneTable } from '../profile/index.ts';

/** Whose counter: names of the subject's parts; default the whole key. */
export interface Partition {
  readonly per?: string | readonly string[];
}

/** What is charged stays reserved until it is settled. */
export interface Holding {
  /** For how long, such as `'10m'`; default: what is charged is charged for good. */
  readonly hold?: string;
  /** What is left of a reservation that nobody settled in time: default all of it (`keep`); or nothing (`return`). */
  readonly lost?: 'keep' | 'return';
}

/** Units over a duration. */
export interface RateLimit extends Partition, Holding {
  /** `'100/minute'`, `'50/10s'`. */
  readonly rate: string;
  /** Default `sliding`: never more than the amount in any window. `gap`: the window ends when nothing was charged for so long. `decay`: half of what counts is gone each window. */
  readonly algorithm?: 'sliding' | 'fixed' | 'bucket' | 'gap' | 'decay';
  /** Bucket: the most that can be spent at once; default the rate's amount. */
  readonly burst?: number;
  /** Bucket: what it would let in within so long is let in and charged now, and told by `delayMs` how long to wait. Default: it is refused. */
  readonly delay?: string;
}

/** Units over a calendar period. */
export interface QuotaLimit extends Partition, Holding {
  /** `'1000/month'`: a day, a week, a month, a year, or `ever`. Money is counted in whole millionths, or cents. */
  readonly quota: string;
  /** Default UTC, months from the first, weeks from Monday. */
  readonly calendar?: {
    /** What `zoneTable('Europe/Berlin')` of `headgate/policy` gives. */
    readonly zone?: ZoneTable;
    /** Day of the month on which months begin, 1 to 31; in a shorter month its last. */
    readonly anchor?: number;
    readonly week?: CalendarSpec['week'];
  };
  /** Carries what a period leaves, up to so much, into the next ones (default 1, at most 12): spent after the period's own. */
  readonly rollover?: { readonly upTo: number; readonly for?: number };
  /** Whether `grant` may give units on top: at most 16 grants at once, spent after the period's own. Default: it may not. */
  readonly grants?: boolean;
}

/** Permits held at once. Each decision takes one, unless its cost says otherwise by name. */
export interface ConcurrencyLimit extends Partition {
  readonly concurrency: number;
  /** After so long a permit comes back by itself: its holder may have died. */
  readonly lease: string;
  /** The wait to suggest to whom is refused; default: until the first lease ends. */
  readonly hint?: string;
}

/** An amount held with no time in it: bytes, seats. It goes down by `adjust`, and by reservations that are settled for less. */
export interface LevelLimit extends Partition, Holding {
  readonly level: number;
  /** The wait to suggest to whom is refused. */
  readonly hint?: string;
}

/** A bound on one request. Nothing is kept. */
export interface SizeLimit {
  readonly size: number;
}

type Kinds = RateLimit | QuotaLimit | ConcurrencyLimit | LevelLimit | SizeLimit;
type WordsOf<Kind> = Kind extends unknown ? keyof Kind : never;
/** A kind with its own words alone: in a plain union, each would take the words of all. */
type Exactly<Kind> = Kind extends unknown
  ? Kind & { readonly [Word in Exclude<WordsOf<Kinds>, keyof Kind>]?: never }
  : never;

/** A limit as it is written in code: `'100/minute'`, or exactly one kind with its words. */
export type LimitSpec = string | Exactly<Kinds>;
