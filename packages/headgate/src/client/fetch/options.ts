import type { Pacing, Timer } from '../model/pacer.ts';
import type { Limit } from '../model/limit.ts';
import type { RateLimitHint, RateLimitInfo } from '../parse/told.ts';
import type { FetchInput } from './replay.ts';

/** Any fetch: the platform's, or one with cookies, mocks or a cache around it. */
export type Fetch = (input: FetchInput, init?: RequestInit) => Promise<Response>;

/** What limits and scopes are chosen by. */
export interface AskedFor {
  /** Null for what is no URL: fetch itself will say so. */
  readonly url: URL | null;
  readonly method: string;
  readonly headers: Headers;
}

/** Limits that are known beforehand: what `declare` and `limitsOf` of `headgate/client/limits` make. */
export interface DeclaredLimits {
  /** The counters that a request of this scope counts on, and what it costs each. */
  readonly of: (scope: string, asked: AskedFor) => ReadonlyMap<Limit, number>;
  /** The counter of a key that `Terms.key` told, in this process or in another that declared the same. */
  readonly at: (key: string) => Limit | undefined;
  /** The counters of a scope that are there, to be shown. */
  readonly in: (scope: string) => readonly Limit[];
}

/** What one call may say about itself. */
export interface CallOptions {
  /** Higher goes first. Default 0. */
  readonly priority?: number;
  /** Fails with `RateLimitError` rather than be sent later than this many ms from now. */
  readonly deadlineMs?: number;
  /** Units on limits that answers tell of, by name or for all. Default 1. */
  readonly cost?: number | Readonly<Record<string, number>>;
  /** That it may happen twice, which its method does not tell. */
  readonly idempotent?: boolean;
}

/** What happens, as it happens. */
export type ClientEvent =
  | { readonly type: 'answered'; readonly scope: string; readonly status: number; readonly info: RateLimitInfo }
  | {
      readonly type: 'repeated';
      readonly scope: string;
      /** Which one begins: 2 for the first repeat. */
      readonly attempt: number;
      readonly because: 'refused' | 'unavailable' | 'fault';
    }
  /** What would have been repeated, but its body was a stream, which flows once: the answer is handed on as it is. */
  | { readonly type: 'unrepeatable'; readonly scope: string };

export interface ClientOptions {
  /** Default: the platform's. */
  readonly fetch?: Fetch;
  /** Whoever declares limits is taken to have declared them all. */
  readonly limits?: DeclaredLimits;
  /** What shares limits that answers tell of. Default: the origin. A key, a user, a resource are told apart here. */
  readonly scope?: (request: AskedFor) => string;
  /**
   * Whether further limits are suspected and found one request at a time: where one is told, for a 32nd part of its window. Default:
   * unless `limits` are declared.
   */
  readonly explore?: boolean;
  readonly hint?: RateLimitHint;
  /** Requests that may wait at once. Default 10,000. */
  readonly maxQueue?: number;
  /** Attempts of one call, the first included. Default 10. */
  readonly attempts?: number;
  /** Of every call that has none of its own. Default: none. */
  readonly deadlineMs?: number;
  readonly onEvent?: (event: ClientEvent) => void;
  /** Default: the platform's, on monotonic time anchored to the wall clock once. */
  readonly timer?: Timer;
  /** Default: one of its own. `share` of `headgate/client/share` makes one that several processes have in common. */
  readonly pacer?: Pacing;
  /** 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** Options with what they default to. */
export type Settled = ClientOptions &
  Required<
    Pick<ClientOptions, 'fetch' | 'explore' | 'maxQueue' | 'attempts' | 'deadlineMs' | 'onEvent' | 'timer' | 'random'>
  >;
