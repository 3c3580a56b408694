import type { ClientOptions } from '../fetch/options.ts';
import { createTurns, type Turn, type Turns } from './turns.ts';

/** As much of got's types (14 to 16) as is needed, so that none of its versions is imported. */
interface GotOptions {
  readonly url?: unknown;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
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

/** For `got.extend(gotOptions())`: what `gotHooks` does, for streams too. */
export function gotOptions(options?: ClientOptions): GotExtension {
  const under = new WeakMap<object, Turn>();
  const watch = (stream: GotStream): void => {
    const failed = (): void => under.get(stream.options)?.failed();
    stream.once('response', ({ statusCode, headers }) =>
      under.get(stream.options)?.answered(statusCode, fieldsOf(headers)),
    );
    // After an answer they have nothing to add.
    stream.once('error', failed);
    stream.once('close', failed);
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

function hooksOf(turns: Turns, under: WeakMap<object, Turn>): GotHooks {
  return {
    beforeRequest: [
      async (request) => {
        under.get(request)?.failed();
        under.set(
          request,
          await turns.take(String(request.url), { method: request.method, headers: fieldsOf(request.headers) }),
        );
      },
    ],
    afterResponse: [
      (response) => {
        under.get(response.request.options)?.answered(response.statusCode, fieldsOf(response.headers));
        return response;
      },
    ],
    beforeError: [
      (error) => {
        const { response } = error;
        const turn = under.get(error.options);
        // A stream that was refused is an error, and no response.
        if (response) turn?.answered(response.statusCode, fieldsOf(response.headers));
        else turn?.failed();
        return error;
      },
    ],
  };
}

const fieldsOf = (headers: GotOptions['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join()]]));
