import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  HeadgateError,
  decisionOf,
  RouteGuard,
  type AnyStore,
  type HandedDecision,
  type LaterOf,
  type Names,
  type NamesOf,
  type Options,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type Visit,
  type OnAppEvent,
} from '../kit/index.ts';
import { admit, type Asks } from './admit.ts';
import { nodeGuard } from './guard.ts';
import type { Exchange } from './request.ts';
import { switching } from './upgrade.ts';

/** What Node's frameworks call one after another. */
export type Middleware<Native extends IncomingMessage> = (
  request: Native,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What a server calls when a connection is to become another one: a web socket, a tunnel. */
export type Switch = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** One policy before handlers of Node's. Itself a middleware. */
export interface NodeGate<
  Native extends IncomingMessage,
  N extends Names,
  Later extends boolean = false,
> extends Middleware<Native> {
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(request: IncomingMessage): RequestDecision<N, Later>;
  /**
   * A middleware that adds to what holds of every request: limits of the route's own, judged as one with all others, and a cost on top.
   * @throws HeadgateError `ERR_ADAPTER_ROUTE`, and what a limit that cannot be read throws
   */
  route(spec: RouteSpec<N>): Middleware<Native>;
  /**
   * Judges what is no request: an event that the policy calls `app.NAME`, and ends what it ends. A refusal is an answer, for the program to act on;
   * `unknown`: the policy has none of this name.
   */
  readonly event: OnAppEvent;
  /** Stands before what a server does when a connection is to be switched: no middleware sees such a request. */
  upgrade(handle: Switch): Switch;
}

/** What frameworks whose routers take parts off the path say of it. */
interface Routed extends IncomingMessage {
  readonly baseUrl?: string;
  readonly originalUrl?: string;
}

function exchangeOf(request: Routed, response: ServerResponse): Exchange {
  const { url = '/', originalUrl = url, baseUrl } = request;
  return {
    request,
    response,
    native: request,
    came: baseUrl === undefined ? originalUrl : cameOf(originalUrl, baseUrl, url),
    base: baseUrl ?? '',
  };
}

/**
 * The target that will be routed: as it came, unless a middleware has written another. Where a router has taken all of a path off, it has put
 * a slash there.
 */
function cameOf(originalUrl: string, baseUrl: string, url: string): string {
  const routed = baseUrl + url;
  const isAsItCame = originalUrl === routed || originalUrl === baseUrl + url.slice(1) || !originalUrl.startsWith('/');
  return isAsItCame ? originalUrl : routed;
}

export type OnAdmitted<Native> = (request: Native, decision: HandedDecision) => void;

/**
 * @param entry the function that a program calls, for what is told of where that is
 * @param onAdmitted hangs the decision where handlers of this framework look for it
 */
export function nodeGate<Native extends IncomingMessage, const S extends Spec, Store extends AnyStore>(
  spec: S,
  options: Options<Native, Store>,
  entry: unknown,
  onAdmitted: OnAdmitted<Native>,
): NodeGate<Native, NamesOf<S>, LaterOf<Store>> {
  const guard = nodeGuard(spec, options, entry);

  function pass(visit: Visit | undefined, request: Native, next: () => void): void {
    if (visit === undefined) return;
    onAdmitted(request, decisionOf(guard, request, visit));
    next();
  }

  function middleware(asks: Asks): Middleware<Native> {
    return (request, response, next) => {
      if (typeof next !== 'function')
        throw new HeadgateError('ERR_ADAPTER_OPTION', 'a listener: expected gate.wrap(listener), got the gate alone');
      const visit = admit(asks, guard, exchangeOf(request, response));
      if (visit instanceof Promise) void visit.then((one) => pass(one, request, next));
      else pass(visit, request, next);
    };
  }

  return Object.assign(middleware(guard), {
    // The policy's names are what the compiler was told of it; at run time all are text.
    of: (request: IncomingMessage) =>
      decisionOf(guard, request) as unknown as RequestDecision<NamesOf<S>, LaterOf<Store>>,
    route: (route: RouteSpec<NamesOf<S>>) => middleware(new RouteGuard(guard, route as RouteSpec)),
    event: guard.event,
    upgrade: (handle: Switch) => switching(guard, handle),
  });
}
