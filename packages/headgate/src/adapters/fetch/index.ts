import {
  decisionOf,
  Guard,
  HeadgateError,
  RouteGuard,
  sha256,
  type AnyStore,
  type LaterOf,
  type Names,
  type SyncStore,
  type NamesOf,
  type Options,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type OnAppEvent,
} from '../kit/index.ts';
import { ADVICE, pass, type Asks } from '../web-kit/index.ts';

/** What answers a Web request, mostly of a framework's own class. `More` is what it hands on beside it: a context, an event. */
export type FetchHandler<More extends readonly unknown[], Native extends Request = Request> = (
  request: Native,
  ...more: More
) => Response | Promise<Response>;

export interface FetchOptions<More extends readonly unknown[], Store extends AnyStore = SyncStore> extends Options<
  Request,
  Store
> {
  /**
   * Says from which address a request comes: no Web request knows. Where the platform tells it, and never what a caller may write:
   * `(request, event) => event.getClientAddress()`.
   */
  readonly peer: (request: Request, ...more: More) => string | undefined;
}

/** One policy before handlers of Web requests: `gate(handler)` is a handler, which may be given more than `peer` looks at. */
export interface FetchGate<More extends readonly unknown[], N extends Names, Later extends boolean = false> {
  <Native extends Request, Given extends readonly [...More, ...unknown[]]>(
    handler: FetchHandler<Given, Native>,
  ): (request: Native, ...more: Given) => Promise<Response>;
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(request: Request): RequestDecision<N, Later>;
  /**
   * A gate that adds to what holds of every request: limits of the route's own, judged as one with all others, and a cost on top.
   * @throws HeadgateError `ERR_ADAPTER_ROUTE`, and what a limit that cannot be read throws
   */
  route(spec: RouteSpec<N>): FetchGate<More, N, Later>;
  /**
   * Judges what is no request: an event that the policy calls `app.NAME`, and ends what it ends. A refusal is an answer, for the program to act on;
   * `unknown`: the policy has none of this name.
   */
  readonly event: OnAppEvent;
}

/**
 * Limits before route handlers of Next.js, Remix, SvelteKit, and whatever else takes a `Request` and gives a `Response`:
 * `fetch('100/minute', { peer })(handler)`, several limits by name, or a whole policy.
 * @throws HeadgateError `ERR_ADAPTER_PEER` without `peer`; for a limit that cannot be read, or an option that cannot be used
 */
export function fetch<
  const S extends Spec,
  More extends readonly unknown[] = readonly never[],
  Store extends AnyStore = SyncStore,
>(spec: S, options: FetchOptions<More, Store>): FetchGate<More, NamesOf<S>, LaterOf<Store>> {
  const peer = peerOf(options);
  const guard = new Guard(spec, options, { entry: fetch, sha256 });

  function gateOf(asks: Asks): FetchGate<More, NamesOf<S>, LaterOf<Store>> {
    const wrap =
      <Native extends Request, Given extends readonly [...More, ...unknown[]]>(handler: FetchHandler<Given, Native>) =>
      (request: Native, ...more: Given): Promise<Response> => {
        // It begins with what `peer` looks at, as its type says.
        const peerOfThis = (): string | undefined => peer(request, ...(more as unknown as More));
        // What was made anew is of the same class.
        const run = (seen: Request): ReturnType<typeof handler> => handler(seen as Native, ...more);
        return pass(asks, guard, { request, native: request, peer: peerOfThis, reading: READING }, run);
      };
    return Object.assign(wrap, {
      // The policy's names are what the compiler was told of it; at run time all are text.
      of: (request: Request) => decisionOf(guard, request) as unknown as RequestDecision<NamesOf<S>, LaterOf<Store>>,
      event: guard.event,
      route: (route: RouteSpec<NamesOf<S>>) => gateOf(new RouteGuard(guard, route as RouteSpec)),
    });
  }

  return gateOf(guard);
}

/** A handler is chosen by whatever stands before it, and nobody can tell how. */
const READING = { unescapes: true, ignoresEnd: undefined };

/** Whoever writes plain JavaScript is not told by a compiler. */
function peerOf<More extends readonly unknown[]>(
  options: FetchOptions<More, AnyStore> | undefined,
): FetchOptions<More>['peer'] {
  if (typeof options?.peer === 'function') return options.peer;
  throw new HeadgateError('ERR_ADAPTER_PEER', `peer: expected a function, got ${typeof options?.peer}. ${ADVICE}`);
}

export type * from '../types/index.ts';
