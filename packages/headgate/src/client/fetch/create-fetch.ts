import { Pacer, type Timer } from '../model/pacer.ts';
import type { Limit } from '../model/limit.ts';
import type { Ask, Flight, Scope } from '../model/scope.ts';
import { dateOf } from '../parse/instant.ts';
import { parseRateLimit } from '../parse/parse.ts';
import type { RateLimitInfo } from '../parse/told.ts';
import { RetryBudget } from './budget.ts';
import { Declared } from './declared.ts';
import { RateLimitError } from './errors.ts';
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
  const { limits = {}, attempts = 10, maxQueue = 10_000, random = Math.random, onEvent, hint } = options;
  const send: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const timer = options.timer ?? platformTimer();
  const declared = new Declared(limits);
  const pacer = new Pacer(timer, maxQueue, options.explore ?? Object.keys(limits).length === 0);
  const budgets = new WeakMap<Scope, RetryBudget>();
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
    const wanted = {
      scope: key,
      ask: askOf(declared.of(key, asked), own),
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
      if (attempt === 1) budgetOf(scope).earn();
      const last = attempt >= attempts;
      const repeats = !last && replay.again;
      const came = await attemptOnce(replay, scope, flight, key);
      const because = came.because;
      const again = because === 'refused' ? repeats : repeats && idempotent && budgetOf(scope).spend();
      if (because === undefined || !again) {
        if (because === 'refused' && !replay.again) emit({ type: 'unrepeatable', scope: key });
        if (came.response === undefined) throw came.error;
        return came.response;
      }
      // Its connection is wanted again.
      void came.response?.body?.cancel().catch(() => {});
      emit({ type: 'repeated', scope: key, attempt: attempt + 1, because });
      if (came.retryAtMs === undefined) await wait(timer, backoff(attempt), wanted);
    }
  }

  async function attemptOnce(replay: Replay, scope: Scope, flight: Flight, key: string): Promise<Came> {
    try {
      const [input, init] = replay.make();
      const response = await send(input, init);
      return await answered(scope, flight, response, key);
    } catch (error) {
      scope.land(flight, { receivedAtMs: timer.nowMs(), charged: true, went: 'otherwise' });
      pacer.pump();
      // An abort is no fault of the network's.
      if (error instanceof DOMException || error instanceof RateLimitError) throw error;
      return { because: 'fault', error };
    }
  }

  async function answered(scope: Scope, flight: Flight, response: Response, key: string): Promise<Came> {
    const receivedAtMs = timer.nowMs();
    const date = dateOf(response.headers.get('date') ?? '');
    if (date && !response.headers.has('age')) scope.clock.observe(date.atMs, flight.sentAtMs, receivedAtMs);
    const read = (status: number, body?: string): RateLimitInfo =>
      parseRateLimit(response.headers, {
        nowMs: receivedAtMs,
        status,
        ...(body !== undefined && { body }),
        ...(scope.clock.skewMs !== undefined && { skewMs: scope.clock.skewMs }),
        ...(hint && { hint }),
      });
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

  function budgetOf(scope: Scope): RetryBudget {
    const budget = budgets.get(scope) ?? new RetryBudget();
    budgets.set(scope, budget);
    return budget;
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

function platformTimer(): Timer {
  return {
    nowMs: () => performance.timeOrigin + performance.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Waits out of line, as long as nobody gives up. */
function wait(
  timer: Timer,
  ms: number,
  { signal, deadlineAtMs }: { signal: AbortSignal | undefined; deadlineAtMs: number },
): Promise<void> {
  const untilMs = timer.nowMs() + ms;
  if (untilMs > deadlineAtMs)
    throw new RateLimitError('ERR_DEADLINE', `expected an answer by ${new Date(deadlineAtMs).toISOString()}`, untilMs);
  return new Promise((resolve, reject) => {
    const stop = timer.after(Math.ceil(ms), () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      stop();
      reject(signal?.reason as Error); // whatever the caller gave
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
