import { Pacer, type Timer, type Wanted } from '../model/pacer.ts';
import type { Limit } from '../model/limit.ts';
import type { Ask, Flight, Scope } from '../model/scope.ts';
import { dateOf } from '../parse/instant.ts';
import { parseRateLimit } from '../parse/parse.ts';
import type { RateLimitInfo } from '../parse/told.ts';
import type { AskedFor, CallOptions, ClientEvent, ClientOptions, Fetch } from './options.ts';
import { isIdempotent, replayOf, type FetchInput, type Replay } from './replay.ts';
import { snapshotOf, type Snapshot } from './snapshot.ts';

/** A `fetch` that keeps to limits. Where fetch is expected it is one; `init.headgate` says more about one call. */
export interface HeadgateFetch {
  (input: FetchInput, init?: RequestInit & { readonly headgate?: CallOptions }): Promise<Response>;
  /** How things stand, for people: what is left, what waits, when it goes on. */
  readonly snapshot: () => Snapshot;
  /** The model beneath, for `headgate/client/plan` and its like. */
  readonly pacer: Pacer;
}

/** The first wait where nobody tells one, and the longest; each is twice the one before. */
const BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 60_000;
/** What a wait is lengthened by at most, so that callers who were told the same instant do not come at it together. */
const JITTER = 0.05;
const MAX_JITTER_MS = 1000;
/** So much of a refusal's body is read for hints. */
const MAX_HINT_BYTES = 16_384;

/** Makes a fetch that sends what limits allow when they allow it, and what was refused again when it was told. */
export function createFetch(options: ClientOptions = {}): HeadgateFetch {
  const { limits, attempts = 10, maxQueue = 10_000, random = Math.random, onEvent, hint } = options;
  const send: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const timer = options.timer ?? platformTimer;
  const pacer = new Pacer(timer, maxQueue, options.explore ?? limits === undefined);
  let order = 0;

  const emit = (event: ClientEvent): void => onEvent?.(event);
  const jittered = (ms: number): number => ms + Math.min(MAX_JITTER_MS, ms * JITTER) * random();
  const backoff = (attempt: number): number => jittered(Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (attempt - 1)));

  async function call(input: FetchInput, init?: RequestInit & { readonly headgate?: CallOptions }): Promise<Response> {
    const asked = askedFor(input, init);
    const own = init?.headgate ?? {};
    const key = (options.scope ?? originOf)(asked);
    const deadlineMs = own.deadlineMs ?? options.deadlineMs ?? Infinity;
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const ask = askOf(limits?.of(key, asked) ?? new Map(), own);
    let wanted: Wanted = {
      scope: key,
      ask,
      priority: own.priority ?? 0,
      deadlineAtMs: timer.nowMs() + deadlineMs,
      signal,
      order: order++,
    };
    signal?.throwIfAborted();
    const replay = await replayOf(input, init);
    const idempotent = own.idempotent ?? isIdempotent(asked.method, asked.headers);
    for (let attempt = 1; ; attempt++) {
      const flight = await pacer.take(wanted);
      const scope = pacer.scope(key);
      if (attempt === 1) scope.budget.earn();
      const {
        because,
        response,
        error,
        retryAtMs = timer.nowMs() + backoff(attempt),
      } = await once(replay.make(), init, scope, flight);
      const may = replay.again && attempt < attempts && signal?.aborted !== true;
      // A refused one did not happen; of the others, one that comes too late is told as what it is.
      const again = because === 'refused' || (idempotent && retryAtMs <= wanted.deadlineAtMs && scope.budget.spend());
      if (because === undefined || !may || !again) {
        if (because && !replay.again) emit({ type: 'unrepeatable', scope: key });
        if (response) return response;
        throw error;
      }
      // Its connection is wanted again.
      void response?.body?.cancel().catch(() => {});
      emit({ type: 'repeated', scope: key, attempt: attempt + 1, because });
      wanted = { ...wanted, ask: { ...ask, notBeforeMs: retryAtMs } };
    }
  }

  async function once(input: FetchInput, init: RequestInit | undefined, scope: Scope, flight: Flight): Promise<Came> {
    try {
      return await answered(scope, flight, await send(input, init));
    } catch (error) {
      scope.land(flight, { receivedAtMs: timer.nowMs(), charged: true, went: 'otherwise' });
      pacer.pump();
      return { because: 'fault', error };
    }
  }

  async function answered(scope: Scope, flight: Flight, response: Response): Promise<Came> {
    const { key } = scope;
    const receivedAtMs = timer.nowMs();
    const date = dateOf(response.headers.get('date') ?? '');
    if (date && !response.headers.has('age')) scope.clock.observe(date.atMs, flight.sentAtMs, receivedAtMs);
    const { skewMs } = scope.clock;
    const read = (told: number, body?: string): RateLimitInfo =>
      parseRateLimit(response.headers, { nowMs: receivedAtMs, status: told, body, skewMs, hint });
    const { status } = response;
    let info = read(status);
    const refused = isRefusal(response, info);
    if (refused && !response.headers.has('retry-after')) {
      scope.reading++;
      info = read(429, await hintsIn(response).finally(() => scope.reading--));
    }
    const unavailable = !refused && status >= 502 && status <= 504;
    const went = refused ? 'refused' : unavailable ? 'otherwise' : 'well';
    const learned = scope.land(flight, { receivedAtMs, charged: !refused, went, info });
    emit({ type: 'answered', scope: key, status, info });
    if (learned) emit({ type: 'learned', scope: key, limit: learned.name, capacity: learned.capacity });
    const retryAtMs = refused || unavailable ? pause(scope, info, receivedAtMs) : undefined;
    if (refused) emit({ type: 'refused', scope: key, status, retryAtMs });
    pacer.pump();
    const because = refused ? 'refused' : unavailable ? 'unavailable' : undefined;
    return { because, response, retryAtMs };
  }

  /** Stops the whole scope until the instant told, a floor that jitter only raises. Undefined where none is told. */
  function pause(scope: Scope, { retryAtMs, concurrency }: RateLimitInfo, nowMs: number): number | undefined {
    // A completion lets it go on; where there is none to come, only a clock can.
    if (concurrency) return scope.flights.size > 0 ? nowMs : undefined;
    if (retryAtMs === undefined) return undefined;
    const untilMs = nowMs + jittered(retryAtMs - nowMs);
    scope.pausedUntilMs = Math.max(scope.pausedUntilMs, untilMs);
    return untilMs;
  }

  return Object.assign(call, { pacer, snapshot: () => snapshotOf(pacer, timer.nowMs()) });
}

/** What came of one attempt: an answer or an error, why it may be repeated, and from when on. */
interface Came {
  readonly because: 'refused' | 'unavailable' | 'fault' | undefined;
  readonly response?: Response;
  readonly error?: unknown;
  readonly retryAtMs?: number | undefined;
}

/** 429, and what others say instead: 420 (EVE Online), 403 with nothing left or a wait (GitHub), 418 with a wait (Binance). */
function isRefusal({ status, headers }: Response, { binding }: RateLimitInfo): boolean {
  if (status === 429 || status === 420) return true;
  if (status === 403) return headers.has('retry-after') || (binding?.remaining ?? 1) <= 0;
  return status === 418 && headers.has('retry-after');
}

/** The beginning of a body, which stays whole for whoever gets the answer. */
async function hintsIn(response: Response): Promise<string> {
  const reader = response.clone().body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let part = await reader?.read(); part?.value && text.length < MAX_HINT_BYTES; part = await reader?.read())
      text += decoder.decode(part.value, { stream: true });
    void reader?.cancel().catch(() => {});
  } catch {
    // What broke off tells what came of it.
  }
  return text;
}

function askedFor(input: FetchInput, init: RequestInit | undefined): AskedFor {
  const request = input instanceof Request ? input : undefined;
  const text = request?.url ?? `${input as string | URL}`; // not a Request
  return {
    url: URL.canParse(text, baseOf()) ? new URL(text, baseOf()) : undefined,
    method: init?.method ?? request?.method ?? 'GET',
    headers: new Headers(init?.headers ?? request?.headers),
  };
}

/** What relative URLs are relative to, in a page. */
const baseOf = (): string | undefined => globalThis.location?.href;

const originOf = ({ url }: AskedFor): string => url?.origin ?? '';

function askOf(costs: ReadonlyMap<Limit, number>, { cost = 1 }: CallOptions): Ask {
  const told = (limit: Limit): number => (typeof cost === 'number' ? cost : (cost[limit.name] ?? 1));
  return { declared: [...costs.keys()], costOf: (limit) => (limit.held ? 1 : (costs.get(limit) ?? told(limit))) };
}

const platformTimer: Timer = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
