import type { Context, Next } from 'koa';
import {
  decisionOf,
  type Guard,
  RouteGuard,
  type AnyStore,
  type HandedDecision,
  type LaterOf,
  type Names,
  type SyncStore,
  type NamesOf,
  type Options,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type Visit,
  type OnAppEvent,
} from '../kit/index.ts';
import { admit, nodeGuard, switching, type Asks, type Switch } from '../node-kit/index.ts';

declare module 'koa' {
  interface ExtendableContext {
    /** The decision on this request. It is there behind a gate; where none is mounted, using it throws. */
    headgate: HandedDecision;
  }
}

/** As Koa knows a middleware. */
export type KoaMiddleware = (context: Context, next: Next) => Promise<void>;

/** One policy before what comes after it in a Koa app. Itself a middleware. */
export interface KoaGate<N extends Names, Later extends boolean = false> extends KoaMiddleware {
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(context: Context): RequestDecision<N, Later>;
  /**
   * A middleware that adds to what holds of every request: limits of the route's own, and a cost on top.
   * @throws HeadgateError `ERR_ADAPTER_ROUTE`, and what a limit that cannot be read throws
   */
  route(spec: RouteSpec<N>): KoaMiddleware;
  /**
   * Judges what is no request: an event that the policy calls `app.NAME`, and ends what it ends. A refusal is an answer, for the program to act on;
   * `unknown`: the policy has none of this name.
   */
  readonly event: OnAppEvent;
  /** Stands before what the server does when a connection is to be switched: no middleware sees such a request. */
  upgrade(handle: Switch): Switch;
}

/**
 * Limits for a Koa app: `app.use(koa('100/minute'))`, several limits by name, or a whole policy.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function koa<const S extends Spec, Store extends AnyStore = SyncStore>(
  spec: S,
  options: Options<Context, Store> = {},
): KoaGate<NamesOf<S>, LaterOf<Store>> {
  const guard = nodeGuard(spec, options, koa);
  return Object.assign(middleware(guard, guard), {
    // The policy's names are what the compiler was told of it; at run time all are text.
    of: (context: Context) => decisionOf(guard, context) as unknown as RequestDecision<NamesOf<S>, LaterOf<Store>>,
    route: (route: RouteSpec<NamesOf<S>>) => middleware(guard, new RouteGuard(guard, route as RouteSpec)),
    event: guard.event,
    upgrade: (handle: Switch) => switching(guard, handle),
  });
}

function middleware(guard: Guard, asks: Asks): KoaMiddleware {
  return async (context, next) => {
    const { req: request, res: response } = context;
    const visit = await admit(asks, guard, { request, response, native: context, ...pathsOf(context) });
    if (visit === undefined) context.respond = false;
    else await pass(guard, context, visit, next);
  };
}

/** The target that will be routed. What is mounted is given the end of it; what is no end of it, a middleware has written. */
function pathsOf({ url, originalUrl }: Context): { readonly came: string; readonly base: string } {
  const rest = /^\/(?:\?|$)/.test(url) ? url.slice(1) : url;
  if (!originalUrl.endsWith(rest)) return { came: url, base: '' };
  const base = originalUrl.startsWith(url) ? '' : originalUrl.slice(0, Math.max(0, originalUrl.length - url.length));
  return { came: originalUrl, base };
}

async function pass(guard: Guard, context: Context, visit: Visit, next: Next): Promise<void> {
  context.headgate = decisionOf(guard, context, visit);
  await next();
}

export type * from '../types/index.ts';
