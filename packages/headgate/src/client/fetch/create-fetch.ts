import { MOST_SAVED, SAVED } from '../figures.ts';
import { Pacer, type Pacing } from '../model/pacer.ts';
import { askedFor, costsOf } from './asked.ts';
import { createAttempt } from './attempt.ts';
import type { CallOptions, ClientOptions, Settled } from './options.ts';
import { isIdempotent, replayOf, type FetchInput } from './replay.ts';
import { snapshotOf, type Snapshot } from './snapshot.ts';
import { platformTimer } from './timer.ts';

type Init = RequestInit & { readonly headgate?: CallOptions };

/** A `fetch` that keeps to limits. Where fetch is expected it is one; `init.headgate` says more about one call. */
export interface HeadgateFetch {
  (input: FetchInput, init?: Init): Promise<Response>;
  /** How things stand, for people: what is left, what waits, when it goes on. */
  readonly snapshot: () => Snapshot;
  /** The model beneath, for `headgate/client/plan` and its like. */
  readonly pacer: Pacing;
}

/**
 * Makes a fetch that sends what limits allow when they allow it, and what was refused again when it was told.
 * Its promise fails as fetch's does, and with `RateLimitError` for what would have to wait longer than it may.
 */
export function createFetch(options: ClientOptions = {}): HeadgateFetch {
  const rules: Settled = {
    fetch: (input, init) => globalThis.fetch(input, init),
    explore: !options.limits,
    maxQueue: 10_000,
    attempts: 10,
    deadlineMs: Infinity,
    onEvent: () => {},
    timer: platformTimer,
    random: Math.random,
    ...options,
  };
  const { limits, timer, onEvent } = rules;
  const pacer = rules.pacer ?? new Pacer(rules);
  const attempt = createAttempt(rules, pacer);
  let order = 0;

  async function call(input: FetchInput, init?: Init): Promise<Response> {
    const asked = askedFor(input, init);
    const { priority = 0, deadlineMs = rules.deadlineMs, idempotent, ...own } = init?.headgate ?? {};
    const scope = rules.scope?.(asked) ?? asked.url?.origin ?? '';
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const declared = limits?.of(scope, asked);
    const ask = { declared: [...(declared?.keys() ?? [])], costOf: costsOf(declared, own), notBeforeMs: 0 };
    const wanted = { scope, ask, priority, deadlineAtMs: timer.nowMs() + deadlineMs, signal, order: order++ };
    const [again, make] = await replayOf(input, init);
    const mayHappenTwice = idempotent ?? isIdempotent(asked);
    for (let nth = 1; ; nth++) {
      const flight = await pacer.take(wanted);
      const state = flight.scope;
      if (nth === 1) state.savings = Math.min(MOST_SAVED, state.savings + SAVED);
      const [retryAtMs, because, error, response, info] = await attempt(make(), init, flight, nth);
      if (response && info) onEvent({ type: 'answered', scope, status: response.status, info });
      // What was refused did not happen. Of anything else, what cannot be repeated in time is told as it is.
      const mayRepeat =
        because === 'refused' || (mayHappenTwice && retryAtMs <= wanted.deadlineAtMs && state.savings >= 1);
      if (!because || !mayRepeat || !again || nth >= rules.attempts || signal?.aborted) {
        if (because && !again) onEvent({ type: 'unrepeatable', scope });
        if (response) return response;
        throw error;
      }
      if (because !== 'refused') state.savings--;
      // Its connection is wanted again.
      void response?.body?.cancel().catch(() => {});
      onEvent({ type: 'repeated', scope, attempt: nth + 1, because });
      ask.notBeforeMs = retryAtMs;
    }
  }

  return Object.assign(call, { pacer, snapshot: () => snapshotOf(pacer, limits, timer.nowMs()) });
}
