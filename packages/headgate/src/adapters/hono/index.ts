import type { Context, MiddlewareHandler } from 'hono';
import {
  decisionOf,
  Guard,
  RouteGuard,
  sha256,
  type AnyStore,
  type HandedDecision,
  type LaterOf,
  type Names,
  type SyncStore,
  type NamesOf,
  type Options,
  type Reading,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type OnAppEvent,
} from '../kit/index.ts';
import { pass, type Asks } from '../web-kit/index.ts';
import { endWithResponse, nodeBeneath, onNode } from './on-node.ts';
import { connectionPeer } from './peer.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** The decision on this request. It is there behind a gate. */
    headgate: HandedDecision;
  }
}

export interface HonoOptions<Store extends AnyStore = SyncStore> extends Options<Context, Store> {
  /**
   * Says from which address a request comes, where the platform does not: on Cloudflare's Workers
   * `(c) => c.req.header('cf-connecting-ip')`. Default: the connection's, as Node, Bun and Deno tell it.
   */
  readonly peer?: (c: Context) => string | undefined;
}

/** One policy before Hono's handlers. Itself a middleware. */
export interface HonoGate<N extends Names, Later extends boolean = false> extends MiddlewareHandler {
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(c: Context): RequestDecision<N, Later>;
  /**
   * A middleware that adds to what holds of every request: limits of the route's own, judged as one with all others, and a cost on top.
   * @throws HeadgateError `ERR_ADAPTER_ROUTE`, and what a limit that cannot be read throws
   */
  route(spec: RouteSpec<N>): MiddlewareHandler;
  /**
   * Judges what is no request: an event that the policy calls `app.NAME`, and ends what it ends. A refusal is an answer, for the program to act on;
   * `unknown`: the policy has none of this name.
   */
  readonly event: OnAppEvent;
}

/**
 * Limits for a Hono app, on any runtime: `app.use(hono('100/minute'))`, several limits by name, or a whole policy.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function hono<const S extends Spec, Store extends AnyStore = SyncStore>(
  spec: S,
  options: HonoOptions<Store> = {},
): HonoGate<NamesOf<S>, LaterOf<Store>> {
  const { peer = connectionPeer } = options;
  const guard = new Guard(spec, options, { entry: hono, sha256, isGetOwn: true });
  const isWatched = guard.holds || guard.rewrites;
  const isPlain = options.peer === undefined && !guard.readsTarget && !isWatched;

  const middleware =
    (asks: Asks): MiddlewareHandler =>
    async (c, next) => {
      const beneath = isWatched ? nodeBeneath(c) : undefined;
      let hasPassed = false;
      const run = async (request: Request): Promise<Response> => {
        hasPassed = true;
        if (beneath !== undefined) endWithResponse(beneath);
        c.req.raw = request;
        c.set('headgate', decisionOf(guard, c));
        await next();
        return c.res;
      };
      const response = await pass(
        asks,
        guard,
        { request: c.req.raw, native: c, peer: () => peer(c), reading: readingOf(c) },
        run,
      );
      if (hasPassed && response === c.res) return undefined;
      // Hono copies the fields of a response to the one that takes its place. Those of a handler's are in the new one already;
      // those that were set before anybody answered, as CORS does, are not.
      if (hasPassed) c.res = undefined;
      c.res = response;
      return undefined;
    };

  const byWeb = middleware(guard);
  // No promise of its own: each that lies around the next one is waited for.
  const byNode: MiddlewareHandler = (c, next) => {
    const beneath = nodeBeneath(c);
    return beneath === undefined ? byWeb(c, next) : onNode(guard, beneath, next);
  };

  return Object.assign(isPlain ? byNode : byWeb, {
    // The policy's names are what the compiler was told of it; at run time all are text.
    of: (c: Context) => decisionOf(guard, c) as unknown as RequestDecision<NamesOf<S>, LaterOf<Store>>,
    event: guard.event,
    route: (route: RouteSpec<NamesOf<S>>) => middleware(new RouteGuard(guard, route as RouteSpec)),
  });
}

/** A router that is not strict has taken the slash at the end off the path that it tells. */
function readingOf({ req }: Context): Reading {
  const [path = ''] = req.url.split('?', 1);
  return { unescapes: true, ignoresEnd: path.endsWith('/') && !req.path.endsWith('/') };
}

export type * from '../types/index.ts';
