import { HeadgateError, type Clock } from '../../core/index.ts';
import {
  createCourier,
  createHttpGate,
  guardStore,
  type Courier,
  type GuardOptions,
  type Answered,
  type Bring,
  type CompiledPolicy,
  upon,
  type Handled,
  type HttpGate,
  type OnAppEvent,
  type RequestView,
  type Soon,
} from '../../http/index.ts';
import { memoryStore, systemClock } from '../../stores/memory/index.ts';
import { checkOptions } from './check-options.ts';
import { earlyHex, randomHex } from './ids.ts';
import { keepTick } from './keep-tick.ts';
import { keyOf, undeclared } from './key.ts';
import type { AnyStore, Options } from './options.ts';
import { countsOperations, quickPolicy } from './quick.ts';
import { remembered } from './remembered.ts';
import { createPlannerFor, policyWith, type RouteGuard } from './route.ts';
import { sha256 } from './sha256.ts';
import { noteSite, type Served } from './sites.ts';
import { isPolicy, limitsOf, type Spec } from './spec.ts';
import { noteStore } from './stores.ts';
import { isForwarded, noteTrust } from './trust.ts';
import { KeyedView, WhoView } from './view.ts';
import { Admission, setVisit, UNSEEN, Visit, visitOf, type Begun } from './visit.ts';
import { warnOnce, type Warn } from './warnings.ts';

/** 256 bits. */
const SALT_BYTES = 32;
/** So many requests are looked at for a proxy's word, and from then on one in so many: one that stands in front of all shows at once. */
const LOOKED_AT = 64;
/** Sets of routes that one request can meet; they are made when they are first met. */
const MAX_ROUTE_SETS = 1000;

/** What an adapter asks: one policy over one store. */
export class Guard {
  readonly policy: CompiledPolicy;
  readonly warn: Warn;
  /** Whether a method and a path decide anything: else they are not read, and no request is refused for them. */
  readonly readsTarget: boolean;
  /** Whether a response must list its fields, so that scripts may read them. */
  readonly exposes: boolean;
  /** Whether requests hold anything until they are over. */
  readonly holds: boolean;
  /** Whether bodies may be written into. */
  readonly rewrites: boolean;
  /** Whether what a handler asks of a decision is promised. */
  readonly answersLater: boolean;
  readonly owns: (name: string) => boolean;
  readonly strips: (name: string) => boolean;
  readonly #stripsFromProxy: (name: string) => boolean;
  /** Where nothing but the address counts. */
  #byAddress: HttpGate['byAddress'];
  readonly #store: AnyStore;
  /** What the gate of every set of routes asks, so that all know alike whether it answers. */
  readonly #guarded: ReturnType<typeof guardStore>;
  readonly #clock: Clock;
  #gate: HttpGate;
  /** Undefined while the platform has no chance. */
  #salt: string | undefined;
  readonly #options: Options<never, AnyStore>;
  readonly #courier: Courier;
  readonly #served: Served;
  /** Until a proxy that nobody named was seen once. */
  #looksForProxy: boolean;
  readonly #routeLimits: Map<string, CompiledPolicy['limits'][number]> = new Map();
  readonly #fuller: Map<string, HttpGate> = new Map();

  /**
   * @param entry the function that a program calls to make this: whoever calls it is looked at
   * @param isGetOwn whether `get` of this framework's request gives what the app has set, and not a field
   */
  constructor(spec: Spec, options: Options<never, AnyStore>, entry: unknown, isGetOwn = false) {
    checkOptions(options);
    keepTick();
    this.warn = warnOnce(options.onWarning);
    this.policy = policyOf(spec, options);
    this.#options = options;
    this.#courier = createCourier((url, detail) =>
      options.onReport?.({
        is: 'webhook',
        limit: '',
        operation: '',
        subject: '',
        detail: `${new URL(url).origin}: ${detail}`,
      }),
    );
    this.#clock = options.clock ?? systemClock();
    this.#store = options.store ?? memoryStore({ clock: this.#clock });
    this.answersLater = 'close' in this.#store; // the port of those has it, and the other has not
    this.#guarded = guardStore(this.#store, guardOptionsOf(options, this.#clock));
    this.#salt = earlyHex(SALT_BYTES);
    this.#gate = this.#gateFor([]);
    this.readsTarget = isPolicy(spec) || countsOperations(this.policy);
    this.#byAddress = this.readsTarget ? undefined : this.gate.byAddress;
    this.exposes = this.policy.respond.expose || this.gate.readsAnswers;
    this.holds = this.policy.limits.some(({ hold }) => hold !== undefined);
    this.rewrites =
      this.policy.respond.merge.length > 0 || this.policy.endpoints.some(({ merge }) => merge !== undefined);
    this.owns = remembered((name) => isOwned(name.toLowerCase(), this.gate));
    this.strips = remembered((name) => this.gate.strips(name, false));
    this.#stripsFromProxy = remembered((name) => this.gate.strips(name, true));
    this.#looksForProxy = this.policy.address.trust.length === 0;
    // One that has a store given to it goes on where the last one ended.
    this.#served = options.store === undefined ? noteSite(entry, this.warn) : { requests: 0 };
    this.#note(isGetOwn);
  }

  /** Made again with the first request where there was no chance at the start: until then it judges nothing. */
  get gate(): HttpGate {
    return this.#gate;
  }

  #note(isGetOwn: boolean): void {
    const { key, keyReads = [] } = this.#options;
    noteTrust(this.gate, this.warn);
    noteStore(this.#store, this.policy, this.warn);
    const chosen = key === undefined ? [] : undeclared(key, keyReads, isGetOwn);
    if (this.policy.operations.some(({ event }) => event?.is === 'message' || event?.is === 'tick'))
      this.warn('WARN_ADAPTER_EVENTS');
    if (chosen.length > 0) this.warn('WARN_ADAPTER_KEY_CHOSEN', chosen.join(', '));
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Whether a request field of this lower-case name must not reach a handler. */
  stripsFor(view: RequestView): (name: string) => boolean {
    return this.policy.address.trust.length > 0 && this.gate.trusts(view.peer) ? this.#stripsFromProxy : this.strips;
  }

  /** Whether both count on the same counters by the same policy. */
  isSameAs(other: Guard): boolean {
    return this === other || (this.#store === other.#store && this.policy === other.policy);
  }

  /**
   * Judges a request, once however often it is asked. A promise only where a policy has to wait for who asks.
   * @throws HeadgateError for a fault of the store or the planner; then the request must not pass
   */
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun> {
    const visit = visitOf(native);
    if (visit !== undefined && this.admissionIn(visit) !== undefined) return this.#again(visit);
    const nth = this.#served.requests++;
    if (this.#looksForProxy && (nth < LOOKED_AT || nth % LOOKED_AT === 0)) this.#lookForProxy(view);
    if (this.#salt === undefined) this.#blind();
    if (this.#byAddress !== undefined) {
      const quick = this.#byAddress(view);
      return quick instanceof Promise
        ? quick.then((one) => this.#take(native, view, one))
        : this.#take(native, view, quick);
    }
    const seen = this.#seen(native, view);
    const handled = this.gate.handle(seen, bring);
    return handled instanceof Promise
      ? handled.then((one) => this.#admit(native, seen, one, bring))
      : this.#admit(native, seen, handled, bring);
  }

  #lookForProxy(view: RequestView): void {
    if (!isForwarded(view)) return;
    this.#looksForProxy = false;
    this.warn('WARN_ADAPTER_TRUST_NONE');
  }

  /** An answer to a request that could not be judged, or that the framework would read as another one. */
  refuse(view: RequestView, status: number, detail: string): Soon<Answered> {
    return this.gate.refuse(view, status, detail);
  }

  /** Judges what is no request. @throws as a gate's `event` does */
  readonly event: OnAppEvent = (name, event) => {
    if (this.#salt === undefined) this.#blind();
    return this.gate.event(name, event);
  };

  fault(error: unknown): void {
    const { onFault } = this.#options;
    if (onFault !== undefined) onFault(error);
    else this.warn('WARN_ADAPTER_FAULT', String(error));
  }

  admissionIn(visit: Visit): Admission | undefined {
    const [first] = visit.admissions;
    return first?.guard === this ? first : visit.admissions.find(({ guard }) => this.isSameAs(guard));
  }

  /**
   * Notes a limit that a route adds. One that several routes name is one limit, and must say the same everywhere.
   * @throws HeadgateError `ERR_ADAPTER_ROUTE`
   */
  addRouteLimit(limit: CompiledPolicy['limits'][number]): void {
    const { name } = limit;
    const other = this.policy.limits.find((one) => one.name === name) ?? this.#routeLimits.get(name);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(limit))
      throw new HeadgateError(
        'ERR_ADAPTER_ROUTE',
        `limits.${name}: there is a limit of this name already, which a route adds to and cannot replace`,
      );
    this.#routeLimits.set(name, limit);
  }

  /** The gate of this policy with what these routes add, over the same store. */
  gateWith(routes: readonly RouteGuard[]): HttpGate {
    const name = routes.map(({ id }) => id).join();
    let gate = this.#fuller.get(name);
    if (gate !== undefined) return gate;
    if (this.#fuller.size >= MAX_ROUTE_SETS) this.#fuller.clear();
    gate = this.#gateFor(routes);
    this.#fuller.set(name, gate);
    return gate;
  }

  /** Where a body cannot be measured as it passes, its length has to be told (RFC 9110 15.5.12): else a bound on it would be none. */
  #admit(native: object, view: RequestView, handled: Handled, bring: Bring | undefined): Soon<Begun> {
    if (handled.kind === 'answer' || handled.inspection === undefined || bring !== undefined)
      return this.#take(native, view, handled);
    if (view.header('content-length') !== undefined) return this.#take(native, view, handled);
    const back = handled.judged?.giveBack(handled.judged.charged);
    handled.end(UNSEEN);
    return upon(back, () =>
      upon(this.gate.refuse(view, 411, 'The length of the body has to be told.'), (refused) =>
        this.#take(native, view, refused),
      ),
    );
  }

  #again(visit: Visit): Visit {
    this.warn('WARN_ADAPTER_TWICE');
    return visit;
  }

  #take(native: object, view: RequestView, handled: Handled): Begun {
    const before = visitOf(native);
    if (handled.kind === 'answer') {
      if (before !== undefined) before.isAnswered = true;
      return handled;
    }
    const admission = new Admission(this, view, handled);
    if (before !== undefined) {
      before.admissions = [...before.admissions, admission];
      return before;
    }
    const visit = new Visit(admission);
    setVisit(native, visit);
    return visit;
  }

  #blind(): void {
    this.#salt = randomHex(SALT_BYTES);
    this.#gate = this.#gateFor([]);
    this.#byAddress = this.readsTarget ? undefined : this.#gate.byAddress;
  }

  /** The request as this policy reads it. */
  #seen(native: object, view: RequestView): RequestView {
    const { key } = this.#options;
    const plain = this.readsTarget ? view : new WhoView(view);
    if (key === undefined) return plain;
    // The framework's request, whatever its type: the adapter's own types say that the two go together.
    return new KeyedView(plain, keyOf(key, native as never, this.gate.addressOf(view), this.warn));
  }

  #gateFor(routes: readonly RouteGuard[]): HttpGate {
    const policy = routes.length === 0 ? this.policy : policyWith(this.policy, routes);
    const { finders, hosts, onHostFault, onReport, onNotice, onOverage } = this.#options;
    return createHttpGate({
      policy,
      ...(routes.length > 0 && { planner: (given) => createPlannerFor(policy, routes, given) }),
      store: this.#guarded,
      clock: this.#clock,
      sha256,
      salt: this.#salt ?? '',
      ...(finders !== undefined && { finders }),
      ...(hosts !== undefined && { hosts }),
      ...(onHostFault !== undefined && { onHostFault }),
      // Every request is judged without its route first: told there, a thing is told once. What is billed there is given back.
      tellsFills: routes.length === 0,
      courier: this.#courier,
      ...(onNotice !== undefined && { onNotice }),
      ...(onOverage !== undefined && { onOverage }),
      ...(onReport !== undefined && { onReport }),
    });
  }
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

/** Fields by which an app speaks to a gate: callers never see them. */
function isOwned(name: string, { owns }: HttpGate): boolean {
  return name.startsWith('x-headgate-') || owns(name);
}

function policyOf(spec: Spec, { trust, key }: Options<never, AnyStore>): CompiledPolicy {
  if (!isPolicy(spec)) return quickPolicy(limitsOf(spec), { trust: trust ?? [], keyed: key !== undefined });
  if (key !== undefined)
    throw new HeadgateError(
      'ERR_ADAPTER_OPTION',
      'key: a policy says itself who asks, in identify; leave the option out',
    );
  if (!Array.isArray(spec.identify) || !Array.isArray(spec.limits))
    throw new HeadgateError(
      'ERR_ADAPTER_OPTION',
      'a policy: expected what parsePolicy makes of it, or headgate compile, got it as it is written',
    );
  return trust === undefined ? spec : { ...spec, address: { ...spec.address, trust } };
}
