import type { FastifyPluginCallback, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import {
  decisionOf,
  Guard,
  readsAlike,
  RouteGuard,
  TWO_READINGS,
  UNJUDGED,
  type Begun,
  type Names,
  type NamesOf,
  type Options,
  type RequestDecision,
  type RouteSpec,
  type Spec,
} from '../kit/index.ts';
import { hook, NodeView, prepare, strip } from '../node-kit/index.ts';
import { send } from './reply.ts';

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
      if (given === false) next();
      else new Asked(guard, request, reply, next).ask(() => (given === undefined ? guard : routeOf(given)));
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

class Asked {
  readonly #guard: Guard;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #next: HookHandlerDoneFunction;
  readonly #view: NodeView;

  constructor(guard: Guard, request: FastifyRequest, reply: FastifyReply, next: HookHandlerDoneFunction) {
    this.#guard = guard;
    this.#request = request;
    this.#reply = reply;
    this.#next = next;
    this.#view = new NodeView(request.raw);
  }

  ask(asks: () => Pick<Guard, 'begin'>): void {
    try {
      const begun = asks().begin(this.#request, this.#view);
      if (begun instanceof Promise) void begun.then(this.#take, this.#fail);
      else this.#take(begun);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #take = (begun: Begun): void => {
    const view = this.#view;
    const { raw } = this.#request;
    if (begun.kind === 'answer') return send(this.#reply, begun, view.id);
    if (raw.destroyed) return begun.end({ status: undefined, reached: false, torn: true });
    // Fastify has chosen the handler by now.
    if (!readsAlike(view.target, begun.target)) return this.#refuse(begun);
    strip(raw, this.#guard.stripsFor(view));
    prepare(raw, begun);
    hook(this.#reply.raw, begun);
    this.#request.headgate = decisionOf(this.#guard, this.#request, begun);
    this.#next();
  };

  readonly #fail = (error: unknown): void => {
    this.#guard.fault(error);
    send(this.#reply, UNJUDGED, this.#view.id);
  };

  /** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
  #refuse(visit: Extract<Begun, { kind: 'visit' }>): void {
    visit.end({ status: undefined, reached: false, torn: false });
    visit.isAnswered = true;
    send(this.#reply, this.#guard.refuse(this.#view, 400, TWO_READINGS), this.#view.id);
  }
}
