/** One limit, as far as an answer tells it. What is not told is undefined, never a made-up figure. */
export interface ToldLimit {
  /** As the vendor calls it (`requests`, `minute`, `burst`); empty where it is the only one and has no name. */
  readonly name: string;
  /** `concurrency`: what is counted is held, and no clock gives it back. */
  readonly kind: 'rate' | 'concurrency';
  readonly limit: number | undefined;
  /** As told: a vendor may tell less than 0. */
  readonly remaining: number | undefined;
  readonly used: number | undefined;
  readonly windowMs: number | undefined;
  /** When the count begins again, in ms since the epoch by the clock of `nowMs`. */
  readonly resetAtMs: number | undefined;
}

/** What an answer tells about limits. */
export interface RateLimitInfo {
  readonly limits: readonly ToldLimit[];
  /** The limit that refused, or that would be the first to: the least left, then the later reset. */
  readonly binding: ToldLimit | undefined;
  /** Not before this instant, in ms since the epoch by the clock of `nowMs`. */
  readonly retryAtMs: number | undefined;
  /** The refusal ends with the completion of another request, at no instant that anybody knows. */
  readonly concurrency: boolean;
  /** How far the server's clock is ahead of ours, as far as `Date` tells: up to a second and the way back less than the truth. */
  readonly skewMs: number | undefined;
  /** What could be read in two ways, in words, and how it was read. */
  readonly ambiguous: readonly string[];
}

/** What only knowledge of a vendor decides. */
export interface RateLimitHint {
  /** How a reset that is a bare number is meant. Default: by its size, and by `Date`. */
  readonly reset?: 'epoch' | 'epochMs' | 'delta' | 'deltaMs';
  /** The windows of a list without names, in its order, in ms: Strava's `600,30000` are `[900_000, 86_400_000]`. */
  readonly windowsMs?: readonly number[];
}

export interface ParseOptions {
  /** The instant at which the answer's head was received, in ms since the epoch. */
  readonly nowMs: number;
  readonly status?: number | undefined;
  /** The body of a refusal, for hints that stand only there. */
  readonly body?: string | undefined;
  /** Makes of what `Date` tells, the server's clock minus ours in ms, what is better known. Default: it is believed. */
  readonly skew?: (toldMs: number) => number;
  readonly hint?: RateLimitHint | undefined;
}
