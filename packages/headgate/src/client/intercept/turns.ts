import { createFetch, type HeadgateFetch } from '../fetch/create-fetch.ts';
import type { CallOptions, ClientOptions } from '../fetch/options.ts';

/** One request that may be sent now; what becomes of it must be told. */
export interface Turn {
  /** It was answered: its status, and its fields by name. */
  readonly answered: (status: number, headers: NonNullable<ConstructorParameters<typeof Headers>[0]>) => void;
  /** It broke, and may or may not have happened. */
  readonly failed: () => void;
}

/** What a client that is none of ours asks before it sends. */
export interface Turns extends Pick<HeadgateFetch, 'pacer' | 'snapshot'> {
  /** Resolves when it may be sent. @throws RateLimitError as `createFetch` does, or the signal's reason */
  readonly take: (url: string | URL, init: RequestInit & { readonly headgate?: CallOptions }) => Promise<Turn>;
}

/** The pacing alone, for clients that send, and repeat, by themselves. */
export function createTurns(options: Omit<ClientOptions, 'fetch' | 'attempts'> = {}): Turns {
  const taken = new WeakMap<object, (turn: Turn) => void>();
  // A fetch whose network is somebody else's: it waits until that has an answer.
  const send = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      taken.get(init ?? {})?.({
        answered: (status, headers) => resolve(new Response(null, { status: Math.max(200, status), headers })),
        failed: () => reject(new Error('the request broke')),
      });
    });
  const api = createFetch({ ...options, fetch: send, attempts: 1 });
  const take: Turns['take'] = (url, init) =>
    new Promise((resolve, reject) => {
      const own = { ...init };
      taken.set(own, resolve);
      // After the turn was given, its promise has nothing to add.
      api(url, own).catch(reject);
    });
  return { take, pacer: api.pacer, snapshot: api.snapshot };
}
