import type { Clock } from '../../core/index.ts';
import {
  createCourier,
  createHolds,
  createAppGate,
  guardStore,
  type CompiledPolicy,
  type Courier,
  type GuardOptions,
  type AppGate,
  type Sha256,
} from '../../http/index.ts';
import { memoryStore, systemClock } from '../../stores/memory/index.ts';
import { earlyHex, randomHex } from './ids.ts';
import type { AnyStore, Options } from './options.ts';
import { createPlannerFor, policyWith, type RouteGuard } from './route.ts';

/** 256 bits. */
const SALT_BYTES = 32;
/** Sets of routes that one request can meet; they are made when they are first met. */
const MAX_ROUTE_SETS = 1000;

/** The gates of one policy over one store: its own, and those with what routes add. */
export class Gates {
  readonly policy: CompiledPolicy;
  readonly store: AnyStore;
  readonly clock: Clock;
  readonly #options: Options<never, AnyStore>;
  readonly #sha256: Sha256;
  /** What all of them ask, so that all know alike whether it answers. */
  readonly #guarded: ReturnType<typeof guardStore>;
  readonly #courier: Courier;
  /** What requests hold, whichever of the gates let them in: an event ends it by its name. */
  readonly #holds: ReturnType<typeof createHolds> = createHolds();
  readonly #fuller: Map<string, AppGate> = new Map();
  /** Undefined while the platform has no chance. */
  #salt: string | undefined;
  #own: AppGate;

  constructor(policy: CompiledPolicy, options: Options<never, AnyStore>, sha256: Sha256) {
    this.policy = policy;
    this.#sha256 = sha256;
    this.clock = options.clock ?? systemClock();
    this.store = options.store ?? memoryStore({ clock: this.clock });
    this.#options = options;
    this.#guarded = guardStore(this.store, guardOptionsOf(options, this.clock));
    this.#courier = courierOf(options);
    this.#salt = earlyHex(SALT_BYTES);
    this.#own = this.#gateFor([]);
  }

  /** The policy's own, as it can be told about. It may not judge yet. */
  get own(): AppGate {
    return this.#own;
  }

  /** The policy's own, to judge: made again with the first request where there was no chance at the start. */
  get ready(): AppGate {
    if (this.#salt === undefined) {
      this.#salt = randomHex(SALT_BYTES);
      this.#own = this.#gateFor([]);
    }
    return this.#own;
  }

  /** The gate of this policy with what these routes add, over the same store. */
  with(routes: readonly RouteGuard[]): AppGate {
    const name = routes.map(({ id }) => id).join();
    let gate = this.#fuller.get(name);
    if (gate !== undefined) return gate;
    if (this.#fuller.size >= MAX_ROUTE_SETS) this.#fuller.clear();
    gate = this.#gateFor(routes);
    this.#fuller.set(name, gate);
    return gate;
  }

  #gateFor(routes: readonly RouteGuard[]): AppGate {
    const policy = routes.length === 0 ? this.policy : policyWith(this.policy, routes);
    const { finders, hosts, onHostFault, onReport, onNotice, onOverage } = this.#options;
    return createAppGate({
      policy,
      ...(routes.length > 0 && { planner: (given) => createPlannerFor(policy, routes, given) }),
      store: this.#guarded,
      clock: this.clock,
      sha256: this.#sha256,
      salt: this.#salt ?? '',
      ...(finders !== undefined && { finders }),
      ...(hosts !== undefined && { hosts }),
      ...(onHostFault !== undefined && { onHostFault }),
      // Every request is judged without its route first: told there, a thing is told once. What is billed there is given back.
      tellsFills: routes.length === 0,
      courier: this.#courier,
      holds: this.#holds,
      ...(onNotice !== undefined && { onNotice }),
      ...(onOverage !== undefined && { onOverage }),
      ...(onReport !== undefined && { onReport }),
    });
  }
}

function courierOf({ onReport }: Options<never, AnyStore>): Courier {
  return createCourier((url, detail) =>
    onReport?.({
      is: 'webhook',
      limit: '',
      operation: '',
      subject: '',
      detail: `${new URL(url).origin}: ${detail}`,
    }),
  );
}

function guardOptionsOf(
  { storeDeadlineMs, nodes, onStoreChange }: Options<never, AnyStore>,
  clock: Clock,
): GuardOptions {
  return {
    clock,
    ...(storeDeadlineMs !== undefined && { deadlineMs: storeDeadlineMs }),
    ...(nodes !== undefined && { nodes }),
    ...(onStoreChange !== undefined && { onChange: onStoreChange }),
  };
}
