import type { ClientOptions } from '../fetch/options.ts';
import { createTurns, type Turn } from './turns.ts';

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
interface GotHooks {
  readonly beforeRequest: ((options: GotOptions) => Promise<void>)[];
  readonly afterResponse: (<Response extends GotResponse>(response: Response) => Response)[];
  readonly beforeError: (<Failure extends Error & { readonly options: object }>(error: Failure) => Failure)[];
}

/**
 * For `got.extend({ hooks: gotHooks() })`: every attempt waits until limits allow it, got's own repeats too. Of streams got tells no answer,
 * so they are not for this.
 */
export function gotHooks(options?: ClientOptions): GotHooks {
  const turns = createTurns(options);
  const under = new WeakMap<object, Turn>();
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
        under.get(error.options)?.failed();
        return error;
      },
    ],
  };
}

const fieldsOf = (headers: GotOptions['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join()]]));
