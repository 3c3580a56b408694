import type { ClientOptions } from '../fetch/options.ts';
import { createTurns, type Turn, type Turns } from './turns.ts';

/** As much of got's types (14 to 16) as is needed, so that none of its versions is imported. */
interface GotOptions {
  readonly url?: unknown;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly signal?: AbortSignal | undefined;
}
interface GotResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly request: { readonly options: object };
}
interface GotError extends Error {
  readonly options: object;
  readonly response?: Omit<GotResponse, 'request'> | undefined;
}
interface GotHooks {
  readonly beforeRequest: ((options: GotOptions) => Promise<void>)[];
  readonly beforeRedirect: ((updated: object, response: GotResponse) => void)[];
  readonly afterResponse: (<Response extends GotResponse>(response: Response) => Response)[];
  readonly beforeError: (<Failure extends GotError>(error: Failure) => Failure)[];
}

/** As much of a got stream, which tells what came of it by events alone. */
interface GotStream {
  readonly options: object;
  once(event: 'response', call: (response: Omit<GotResponse, 'request'>) => void): unknown;
  once(event: 'error' | 'close', call: () => void): unknown;
}
interface GotExtension {
  readonly hooks: GotHooks;
  readonly handlers: (<Given extends { readonly isStream?: unknown }, Sent>(
    given: Given,
    next: (given: Given) => Sent,
  ) => Sent)[];
}

/** Requests by their options: the turn of each, or that it ended before it had one. */
type Under = WeakMap<object, Turn | 'gone'>;

/** A request broke, or was given up while it waited: its turn, when it comes, is nobody's. */
function failed(under: Under, options: object): void {
  const turn = under.get(options);
  if (turn === undefined) under.set(options, 'gone');
  else if (turn !== 'gone') turn.failed();
}

function answered(under: Under, options: object, { statusCode, headers }: Omit<GotResponse, 'request'>): void {
  const turn = under.get(options);
  if (turn && turn !== 'gone') turn.answered(statusCode, fieldsOf(headers));
}

/** For `got.extend(gotOptions())`: what `gotHooks` does, for streams too. */
export function gotOptions(options?: ClientOptions): GotExtension {
  const under: Under = new WeakMap();
  const watch = (stream: GotStream): void => {
    const broke = (): void => failed(under, stream.options);
    stream.once('response', (response) => answered(under, stream.options, response));
    // After an answer they have nothing to add.
    stream.once('error', broke);
    stream.once('close', broke);
  };
  return {
    hooks: hooksOf(createTurns(options), under),
    handlers: [
      (given, next) => {
        const sent = next(given);
        if (given.isStream) watch(sent as GotStream); // what got makes of a request that is one
        return sent;
      },
    ],
  };
}

/**
 * For `got.extend({ hooks: gotHooks() })`: every attempt waits until limits allow it, got's own repeats too. Of a stream hooks hear no
 * answer: `gotOptions` is for those.
 */
export const gotHooks = (options?: ClientOptions): GotHooks => hooksOf(createTurns(options), new WeakMap());

function hooksOf(turns: Turns, under: Under): GotHooks {
  return {
    beforeRequest: [
      async (request) => {
        // It is another attempt of one that was made.
        failed(under, request);
        under.delete(request);
        const { url, method, headers, signal } = request;
        const turn = await turns.take(String(url), {
          method,
          headers: fieldsOf(headers),
          ...(signal && { signal }),
        });
        if (under.has(request)) turn.failed();
        else under.set(request, turn);
      },
    ],
    // What follows has options of its own.
    beforeRedirect: [(_, response) => answered(under, response.request.options, response)],
    afterResponse: [
      (response) => {
        answered(under, response.request.options, response);
        return response;
      },
    ],
    beforeError: [
      (error) => {
        const { response, options } = error;
        // A stream that was refused is an error, and no response.
        if (response) answered(under, options, response);
        else failed(under, options);
        return error;
      },
    ],
  };
}

const fieldsOf = (headers: GotOptions['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join()]]));
