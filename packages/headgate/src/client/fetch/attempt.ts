import { BACKOFF_MS, JITTER, MAX_BACKOFF_MS, MAX_JITTER_MS } from '../figures.ts';
import type { Pacing } from '../model/pacer.ts';
import type { Flight } from '../model/scope.ts';
import { parseRateLimit } from '../parse/parse.ts';
import type { RateLimitInfo } from '../parse/told.ts';
import type { Settled } from './options.ts';
import { hintsIn, isRefusal } from './refusal.ts';
import type { FetchInput } from './replay.ts';

/** What came of one attempt: from when on it may be repeated, if at all, and why; and an answer or an error. */
export type Came = readonly [
  retryAtMs: number,
  because: 'refused' | 'unavailable' | 'fault' | undefined,
  error?: unknown,
  response?: Response,
  info?: RateLimitInfo,
];

type Attempt = (input: FetchInput, init: RequestInit | undefined, flight: Flight, nth: number) => Promise<Came>;

/** Sends once, and takes in what comes of it. */
export function createAttempt({ fetch, timer, random, hint }: Settled, pacer: Pacing): Attempt {
  /** A floor, which jitter only raises. */
  const jittered = (nowMs: number, atMs: number): number =>
    atMs + Math.min(MAX_JITTER_MS, (atMs - nowMs) * JITTER) * random();

  async function answered(flight: Flight, response: Response, backoffMs: number): Promise<Came> {
    const { scope } = flight;
    const nowMs = timer.nowMs();
    const { status, headers } = response;
    const skew = (toldMs: number): number => scope.clock.observe(toldMs, flight.sentAtMs, nowMs);
    const read = (told: number, body?: string): RateLimitInfo =>
      parseRateLimit(headers, { nowMs, status: told, body, skew, hint });
    let info = read(status);
    const refused = isRefusal(response, info);
    if (refused && !headers.has('retry-after')) {
      // Surely running there still: what no answer has come to.
      flight.others = scope.flights.size - ++scope.reading;
      info = read(429, await hintsIn(response, timer).finally(() => scope.reading--));
    }
    const because = refused ? 'refused' : status > 501 && status < 505 ? 'unavailable' : undefined;
    scope.land(flight, nowMs, because, info);
    const { retryAtMs: toldAtMs = 0, concurrency } = info;
    // A completion lets it go on; where there is none to come, only a clock can.
    const retryAtMs =
      concurrency && scope.flights.size ? nowMs : jittered(nowMs, toldAtMs > nowMs ? toldAtMs : nowMs + backoffMs);
    // Who is refused speaks for all; of who is unavailable, one request may have met the only broken server.
    if (!concurrency && (refused || (because && toldAtMs)))
      scope.pausedUntilMs = Math.max(scope.pausedUntilMs, retryAtMs);
    return [retryAtMs, because, undefined, response, info];
  }

  return async (input, init, flight, nth) => {
    const backoffMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (nth - 1));
    try {
      return await answered(flight, await fetch(input, init), backoffMs);
    } catch (error) {
      const nowMs = timer.nowMs();
      flight.scope.land(flight, nowMs, 'fault');
      return [jittered(nowMs, nowMs + backoffMs), 'fault', error];
    } finally {
      pacer.pump();
    }
  };
}
