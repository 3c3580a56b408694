/*
 * Every bound and measure of the client that more than itself depends on. They stand in a module that imports nothing, since a bundler then
 * writes each where it is used, which the client's eight kilobytes need (decision 0703).
 */

/*
 * A bare number is an epoch if it is large: seconds since 1979 are past 3e8, and no window lasts nine years. Milliseconds
 * since 1973 are past 1e11, which as seconds would be the year 5138.
 */
export const EPOCH_S = 3e8;
export const EPOCH_MS = 1e11;
/** A longer delta may as well be milliseconds: an hour. */
export const DOUBTFUL_S = 3600;
/** So much of a refusal's body is read; hints stand near its top. */
export const MAX_BODY_CHARS = 16_384;

/** Limits that answers tell of, of one scope; past it, further ones are not paced by. */
export const MAX_TOLD = 16;
/** So many who wait for limits of their own are passed over for those behind them. */
export const MAX_PASSED = 256;
/** Scopes remembered; past it, those with nothing under way are forgotten. */
export const MAX_SCOPES = 1000;
/** Counters of declared limits, over all their partitions; past it, the oldest that holds nothing is forgotten. */
export const MAX_COUNTERS = 10_000;
/** Requests of other processes that wait or are under way; past it they are refused, as by a queue that is full. */
export const MAX_ERRANDS = 10_000;
/** A request whose process says nothing for so long is taken to have died with it. */
export const LOST_MS = 300_000;
/** What setTimeout holds, 31 bits. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The first wait where nobody tells one, and the longest; each is twice the one before. */
export const BACKOFF_MS = 1000;
export const MAX_BACKOFF_MS = 60_000;
/** What a wait is lengthened by at most, so that callers who were told the same instant do not come at it together. */
export const JITTER = 0.05;
export const MAX_JITTER_MS = 1000;
/** What a request saves up for repeats after faults, and what can be saved: a good hour does not pay for a storm. */
export const SAVED = 0.09;
export const MOST_SAVED = 10;

/** Where a limit is told, further ones are looked for in such a part of what is left of its window: what that costs is little. */
export const CAUTION = 32;
/** So many more at once for so many that went well; one at a time until then, so that a hidden limit costs one refusal. */
export const PROVEN_PER_EXTRA = 256;
/** The same, within a window that was found. */
export const KNOWN_PER_EXTRA = 8;
/** The longest span in which hidden limits are looked for. */
export const LONGEST_MS = 60_000;
/** A whole second that a wait was rounded up to, and the way. */
export const ROUNDING_MS = 1350;
/** The way alone: so much earlier may something be than it was seen. */
export const WAY_MS = 250;
/** Slices of shorter windows are no longer than the way. */
export const LONG_MS = 9000;
/** Refusals so close to each other, each of a moment, are of a bucket. */
export const CHAIN_MS = 60_000;
/** So many between two refusals tell a pace well enough to stay below it. */
export const ENOUGH = 3;
/** So much of a unit may have dropped in between two refusals, or not. */
export const IN_DOUBT = 0.3;
/** Who says nothing for so long begins anew. */
export const PAUSE_MS = 500;
/** Admissions remembered. */
export const MAX_STEPS = 4096;
