import type { ClientOptions } from '../fetch/options.ts';
import { createTurns, type Turn } from './turns.ts';

type Values = string | string[] | undefined;

/*
 * As much of undici's types (7 and 8) as is needed, so that none of its versions is imported. What passes through is not looked at.
 */
interface DispatchOptions {
  readonly origin?: string | URL | null;
  readonly path: string;
  readonly method: string;
  readonly headers?: unknown;
  /** An AbortSignal, or an emitter of events, which nobody listens to here. */
  readonly signal?: unknown;
}

interface DispatchHandler {
  onRequestStart?(controller: unknown, context: unknown): void;
  onRequestUpgrade?(controller: unknown, statusCode: number, headers: never, socket: never): void;
  onResponseStart?(controller: unknown, statusCode: number, headers: never, statusMessage?: string): void;
  onResponseData?(controller: unknown, chunk: never): void;
  onResponseEnd?(controller: unknown, trailers: never): void;
  onResponseError?(controller: unknown, error: Error): void;
}

type Dispatch = (options: never, handler: never) => boolean;

/**
 * For `agent.compose(undiciInterceptor())`: what is dispatched waits until limits allow it. It repeats nothing; before it in
 * the list, undici's own `retry` interceptor does, and each repeat waits here.
 */
export function undiciInterceptor(options?: ClientOptions): (dispatch: Dispatch) => Dispatch {
  const turns = createTurns(options);
  return (dispatch) => (given, to) => {
    // Casts: the shapes above are undici's own.
    const { origin, path, method, headers, signal } = given as DispatchOptions;
    const handler = to as DispatchHandler;
    const url = new URL(path, origin ?? undefined);
    // Until it is sent undici itself does not hear of an abort.
    const own = signal instanceof AbortSignal ? { signal } : {};
    turns.take(url, { method, headers: fieldsOf(headers), ...own }).then(
      (turn) => dispatch(given, new Watched(handler, turn) as never),
      (error: unknown) => handler.onResponseError?.(undefined, error as Error),
    );
    return true;
  };
}

/** Undici takes a record, pairs, or names and values in turn; lists are of one name. */
function fieldsOf(headers: unknown): [string, string][] {
  if (headers === null || typeof headers !== 'object') return [];
  const entries: unknown[] = Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers);
  const flat = entries.every((one) => typeof one === 'string') ? pairs(entries) : (entries as [string, Values][]);
  return flat.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join()] as [string, string]],
  );
}

const pairs = (flat: readonly string[]): [string, Values][] =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]] as [string, Values]] : []));

/** Passes all on, and tells the turn what became of it. */
class Watched implements DispatchHandler {
  readonly #handler: DispatchHandler;
  readonly #turn: Turn;

  constructor(handler: DispatchHandler, turn: Turn) {
    this.#handler = handler;
    this.#turn = turn;
  }

  onRequestStart(controller: unknown, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(controller: unknown, statusCode: number, headers: never, socket: never): void {
    this.#turn.answered(200, {});
    this.#handler.onRequestUpgrade?.(controller, statusCode, headers, socket);
  }

  onResponseStart(controller: unknown, statusCode: number, headers: never, statusMessage?: string): void {
    if (statusCode >= 200) this.#turn.answered(statusCode, fieldsOf(headers));
    this.#handler.onResponseStart?.(controller, statusCode, headers, statusMessage);
  }

  onResponseData(controller: unknown, chunk: never): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: unknown, trailers: never): void {
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: unknown, error: Error): void {
    this.#turn.failed();
    this.#handler.onResponseError?.(controller, error);
  }
}
