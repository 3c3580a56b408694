import {
  type Guard,
  RouteGuard,
  upon,
  type AnyStore,
  type Begun,
  type Options,
  type RouteSpec,
  type Soon,
  type Spec,
} from '../kit/index.ts';
import { nodeGuard, type Asks } from '../node-kit/index.ts';

/** Under which name a gate is injected. */
export const HEADGATE = 'HEADGATE';

/** One policy of an app, which mostly has no other. */
export class NestGate {
  readonly guard: Guard;
  /** Calls that have passed. An app may have several gates, each of which is asked. */
  readonly passed: WeakSet<object> = new WeakSet();
  readonly #routes: Map<RouteSpec, RouteGuard> = new Map();

  constructor(spec: Spec, options: Options<never, AnyStore>, entry: unknown) {
    this.guard = nodeGuard(spec, options, entry);
  }

  /** @throws HeadgateError `ERR_ADAPTER_ROUTE`, and what a limit that cannot be read throws */
  routeOf(spec: RouteSpec): RouteGuard {
    let route = this.#routes.get(spec);
    if (route === undefined) this.#routes.set(spec, (route = new RouteGuard(this.guard, spec)));
    return route;
  }

  /** The policy, with what these add. */
  with(specs: readonly RouteSpec[]): Asks {
    const [first, ...others] = specs;
    if (first === undefined) return this.guard;
    const begin: Asks['begin'] = (native, view, bring) =>
      others.reduce<Soon<Begun>>(
        (begun, spec) =>
          upon(begun, (one) => (one.kind === 'answer' ? one : this.routeOf(spec).begin(native, view, bring))),
        this.routeOf(first).begin(native, view, bring),
      );
    return { begin };
  }
}
