import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import {
  decisionOf,
  type Guard,
  RouteGuard,
  upon,
  visitOf,
  type Visit,
  type AnyStore,
  type HandedDecision,
  type LaterOf,
  type Names,
  type SyncStore,
  type NamesOf,
  type Options,
  type Reading,
  type Reply,
  type RequestDecision,
  type RouteSpec,
  type Spec,
  type OnAppEvent,
} from '../kit/index.ts';
import { admit, nodeGuard, replyBy, type Asks, type Exchange } from '../node-kit/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The decision on this request. It is there behind a gate. */
    headgate: HandedDecision;
  }
  interface FastifyContextConfig {
    /** What this route adds to what holds of every request; `false`: it is not limited at all. */
    headgate?: RouteSpec | false;
  }
}

/** What an app does with a path that Fastify's router cannot read. */
type OnError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => unknown;
/** The same as Fastify takes it, whatever its server: `Fastify({ frameworkErrors })`. */
type FrameworkErrors = (error: FastifyError, request: object, reply: object) => void;

/** One policy before the routes of a Fastify app, or of a part of it. A plugin: `app.register(gate)`. */
export interface FastifyGate<N extends Names, Later extends boolean = false> extends FastifyPluginCallback {
  /**
   * The decision on a request that has passed.
   * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when it has not met this gate
   */
  of(request: FastifyRequest): RequestDecision<N, Later>;
  /**
   * Stands before a handler of yours for paths that Fastify's router cannot read (`/%`), which it calls before any plugin:
   * `Fastify({ frameworkErrors: gate.frameworkErrors(handler) })`.
   */
  frameworkErrors(handle: OnError): FrameworkErrors;
  /** What a route adds, checked against the names that the policy declares: `config: { headgate: gate.route({ … }) }`. */
  route(spec: RouteSpec<N>): RouteSpec;
  /**
   * Judges what is no request: an event that the policy calls `app.NAME`, and ends what it ends. A refusal is an answer, for the program to act on;
   * `unknown`: the policy has none of this name.
   */
  readonly event: OnAppEvent;
}

/**
 * Limits for a Fastify app: `app.register(fastify('100/minute'))`, several limits by name, or a whole policy. They hold of every route of
 * the instance that it is registered on, and of its children's, whether declared before or after; so do they of 404s.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function fastify<const S extends Spec, Store extends AnyStore = SyncStore>(
  spec: S,
  options: Options<FastifyRequest, Store> = {},
): FastifyGate<NamesOf<S>, LaterOf<Store>> {
  const guard = nodeGuard(spec, options, fastify);
  const routes = new WeakMap<RouteSpec, RouteGuard>();

  function routeOf(given: RouteSpec): RouteGuard {
    const known = routes.get(given);
    if (known !== undefined) return known;
    const route = new RouteGuard(guard, given); // which refuses what is no key of a map
    routes.set(given, route);
    return route;
  }

  /** Undefined: another gate has made it, for itself. */
  const routeIn = (given: RouteSpec): RouteGuard | undefined =>
    OWNED.has(given) && !routes.has(given) ? undefined : routeOf(given);

  const plugin: FastifyPluginCallback = (app, _, done) => {
    const reading = ignoresEnd(app.initialConfig) ? LOOSE : STRICT;
    if (!app.hasRequestDecorator('headgate')) app.decorateRequest('headgate', DECISION);
    // A route that cannot be is told of when it is declared, where it is declared later than this.
    app.addHook('onRoute', ({ config }) => void (config?.headgate && routeIn(config.headgate)));
    app.addHook('onRequest', (request, reply, next) => {
      const given = request.routeOptions.config.headgate;
      if (given === false) return next();
      const asks: Asks =
        given === undefined ? guard : { begin: (...asked) => (routeIn(given) ?? guard).begin(...asked) };
      const visit = admit(asks, guard, new FastifyExchange(request, reply, reading));
      if (visit instanceof Promise) void visit.then((one) => pass(one, next));
      else pass(visit, next);
    });
    done();
  };

  return Object.assign(plugin, OWN, {
    // The policy's names are what the compiler was told of it; at run time all are text.
    of: (request: FastifyRequest) =>
      decisionOf(guard, request) as unknown as RequestDecision<NamesOf<S>, LaterOf<Store>>,
    event: guard.event,
    frameworkErrors: (handle: OnError) => beforeErrors(guard, handle),
    route: (route: RouteSpec<NamesOf<S>>) => {
      const made = routeOf(route);
      const owned: RouteSpec = { ...route };
      routes.set(owned, made);
      OWNED.add(owned);
      return owned;
    },
  });
}

/** A handler that no hook stands before. */
function beforeErrors(guard: Guard, handle: OnError): FrameworkErrors {
  return (error, ...given) => {
    const [request, reply] = given as [FastifyRequest, FastifyReply]; // as Fastify makes them, of whatever server
    const visit = admit(guard, guard, new FastifyExchange(request, reply, STRICT));
    void upon(visit, (one) => pass(one, () => void handle(error, request, reply)));
  };
}

/** Routes that one gate has made: they add nothing to another that a request meets. */
const OWNED = new WeakSet<RouteSpec>();

/** How Fastify is told that a plugin belongs to the instance that registers it, and not to a child of that. */
const OWN = {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'headgate',
  [Symbol.for('plugin-meta')]: { name: 'headgate', fastify: '5.x' },
};

/** Undefined: the request was answered, or its caller has gone. */
function pass(visit: Visit | undefined, next: () => void): void {
  if (visit !== undefined) next();
}

/** Ways to read a path: with the slash at its end, and without. */
const STRICT: Reading = { unescapes: true, ignoresEnd: false };
const LOOSE: Reading = { unescapes: true, ignoresEnd: true };

/** Where a router's options stand has changed within version 5. */
function ignoresEnd({ ignoreTrailingSlash, routerOptions }: FastifyInstance['initialConfig']): boolean {
  return (routerOptions?.ignoreTrailingSlash ?? ignoreTrailingSlash) === true;
}

/** Most handlers never ask for it. */
const DECISION = {
  getter(this: FastifyRequest): HandedDecision {
    return visitOf(this)?.decision as HandedDecision; // as it is typed: it is there behind a gate
  },
  /** Nest hangs its own there. */
  setter(this: FastifyRequest, value: HandedDecision): void {
    Object.defineProperty(this, 'headgate', { value, writable: true, configurable: true, enumerable: true });
  },
};

class FastifyExchange implements Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly native: FastifyRequest;
  readonly came: string;
  /** Fastify has chosen the handler by now. */
  readonly base: Reading;
  readonly #reply: FastifyReply;

  constructor(native: FastifyRequest, reply: FastifyReply, reading: Reading) {
    this.request = native.raw;
    this.response = reply.raw;
    this.native = native;
    this.came = native.raw.url ?? '/';
    this.base = reading;
    this.#reply = reply;
  }

  send(answer: Reply, id: string): void {
    replyBy(this.#reply, answer, id);
  }
}

export type * from '../types/index.ts';
