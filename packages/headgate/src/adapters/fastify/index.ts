import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import {
  decisionOf,
  Guard,
  RouteGuard,
  type Names,
  type NamesOf,
  type Options,
  type Reply,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type Visit,
} from '../kit/index.ts';
import { admit, replyBy, type Asks, type Exchange } from '../node-kit/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The decision on this request. It is there behind a gate. */
    headgate: RequestDecision;
  }
  interface FastifyContextConfig {
    /** What this route adds to what holds of every request; `false`: it is not limited at all. */
    headgate?: RouteSpec | false;
  }
}

/** One policy before the routes of a Fastify app, or of a part of it. A plugin: `app.register(gate)`. */
export interface FastifyGate<N extends Names> extends FastifyPluginCallback {
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(request: FastifyRequest): RequestDecision<N>;
  /** What a route adds, checked against the names that the policy declares: `config: { headgate: gate.route({ … }) }`. */
  route(spec: RouteSpec<N>): RouteSpec;
}

/**
 * Limits for a Fastify app: `app.register(fastify('100/minute'))`, several limits by name, or a whole policy. They hold of every route of
 * the instance that it is registered on, and of its children's, whether declared before or after; so do they of 404s.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function fastify<const S extends Spec>(spec: S, options: Options<FastifyRequest> = {}): FastifyGate<NamesOf<S>> {
  const guard = new Guard(spec, options, fastify);
  const routes = new WeakMap<RouteSpec, RouteGuard>();

  function routeOf(given: RouteSpec): RouteGuard {
    let route = routes.get(given);
    if (route === undefined) routes.set(given, (route = new RouteGuard(guard, given)));
    return route;
  }

  const plugin: FastifyPluginCallback = (app, _, done) => {
    if (!app.hasRequestDecorator('headgate')) app.decorateRequest('headgate');
    // A route that cannot be is told of when it is declared, where it is declared later than this.
    app.addHook('onRoute', ({ config }) => void (config?.headgate && routeOf(config.headgate)));
    app.addHook('onRequest', (request, reply, next) => {
      const given = request.routeOptions.config.headgate;
      if (given === false) return next();
      const pass = (visit: Visit | undefined): void => {
        if (visit === undefined) return;
        request.headgate = decisionOf(guard, request, visit);
        next();
      };
      const asks: Asks = given === undefined ? guard : { begin: (...asked) => routeOf(given).begin(...asked) };
      const visit = admit(asks, guard, exchangeOf(request, reply));
      if (visit instanceof Promise) void visit.then(pass);
      else pass(visit);
    });
    done();
  };

  return Object.assign(plugin, OWN, {
    // The policy's names are what the compiler was told of it; at run time all are text.
    of: (request: FastifyRequest) => decisionOf(guard, request) as unknown as RequestDecision<NamesOf<S>>,
    route: (route: RouteSpec<NamesOf<S>>) => route as RouteSpec,
  });
}

/** How Fastify is told that a plugin belongs to the instance that registers it, and not to a child of that. */
const OWN = {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'headgate',
  [Symbol.for('plugin-meta')]: { name: 'headgate', fastify: '5.x' },
};

/** Fastify has chosen the handler by now. */
function exchangeOf(native: FastifyRequest, reply: FastifyReply): Exchange {
  const { raw: request } = native;
  const { raw: response } = reply;
  const send = (answer: Reply, id: string): void => replyBy(reply, answer, id);
  const { initialConfig } = native.server;
  const base = { unescapes: true, ignoresEnd: ignoresEnd(initialConfig) };
  return { request, response, native, came: request.url ?? '/', base, send };
}

/** Where a router's options stand has changed within version 5. */
function ignoresEnd({ ignoreTrailingSlash, routerOptions }: FastifyInstance['initialConfig']): boolean {
  const options = routerOptions as { readonly ignoreTrailingSlash?: boolean } | undefined;
  return (options?.ignoreTrailingSlash ?? ignoreTrailingSlash) === true;
}

export type {
  Charged,
  NamedLimit,
  Names,
  Options,
  QuickLimits,
  RequestDecision,
  RouteSpec,
  Spec,
  Units,
  Warning,
} from '../kit/index.ts';
