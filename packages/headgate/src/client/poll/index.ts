import { platformTimer } from '../fetch/timer.ts';
import type { Timer } from '../model/pacer.ts';

export interface PollOptions<State> {
  /** Asks how the job stands, by a fetch that keeps to limits. */
  readonly ask: (signal: AbortSignal) => Promise<State>;
  readonly isDone: (state: State) => boolean;
  /** Settles when a webhook tells that the job is done, or how it ended: nothing is asked meanwhile but to make sure, ever less often. */
  readonly webhook?: Promise<unknown>;
  /** Between two questions, from the answer to the next; never below 1000. Default 1000. */
  readonly everyMs?: number;
  /** Questions come ever less often, by this factor, up to `mostMs`. Default 1.5; 1 keeps the pace. */
  readonly factor?: number;
  readonly mostMs?: number;
  readonly signal?: AbortSignal;
  readonly timer?: Timer;
}

/** "Don't poll more than once per second." */
const LEAST_MS = 1000;
/** With a webhook to tell, a question only makes sure that it was not lost. */
const CARE = 10;

/** Waits for a long job: never asks more than once a second, and does not ask at all where a webhook tells. */
export async function poll<State>(options: PollOptions<State>): Promise<State> {
  const { ask, isDone, webhook, factor = 1.5, mostMs = 30_000, timer = platformTimer } = options;
  const signal = options.signal ?? new AbortController().signal;
  const leastMs = atLeast(LEAST_MS, options.everyMs ?? LEAST_MS) * (webhook === undefined ? 1 : CARE);
  // A webhook that fails tells nothing, ever: the questions go on as they would.
  let told = webhook?.then(
    () => true,
    () => new Promise<never>(() => {}),
  );
  let answeredAtMs = -Infinity;
  for (let waitMs = leastMs; ; waitMs = atLeast(leastMs, Math.min(mostMs, waitMs * factor))) {
    const heard =
      told === undefined
        ? await sleep(timer, waitMs, signal)
        : await Promise.race([told, sleep(timer, waitMs, signal)]);
    // It may tell right after a question.
    if (heard) await sleep(timer, Math.max(0, answeredAtMs + LEAST_MS - timer.nowMs()), signal);
    signal.throwIfAborted();
    const state = await ask(signal);
    answeredAtMs = timer.nowMs();
    if (isDone(state)) return state;
    // It has spoken; if the job goes on all the same, only asking helps.
    if (heard) told = undefined;
  }
}

/** What is no number is no shorter wait either. */
const atLeast = (leastMs: number, ms: number): number => (ms > leastMs ? ms : leastMs);

/** False, when the time is up. */
const sleep = (timer: Timer, ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (): void => {
      stop();
      signal.removeEventListener('abort', end);
      resolve(false);
    };
    const stop = timer.after(ms, end);
    signal.addEventListener('abort', end);
  });
