import type { Limit } from '../model/limit.ts';
import type { AskedFor, CallOptions } from './options.ts';
import type { FetchInput } from './replay.ts';

export function askedFor(input: FetchInput, init: RequestInit | undefined): AskedFor {
  const request = input instanceof Request ? input : undefined;
  return {
    // Relative to the page, in one. What is no Request is text, or becomes it.
    url: URL.parse(request?.url ?? (input as string | URL), globalThis.location?.href),
    method: init?.method ?? request?.method ?? 'GET',
    headers: new Headers(init?.headers ?? request?.headers),
  };
}

/** What a request costs a limit: declared ones say so, others are paid what the call says. */
export const costsOf =
  (declared: ReadonlyMap<Limit, number> | undefined, { cost = 1 }: CallOptions) =>
  (limit: Limit): number =>
    limit.held ? 1 : (declared?.get(limit) ?? (typeof cost === 'number' ? cost : (cost[limit.terms.name] ?? 1)));
