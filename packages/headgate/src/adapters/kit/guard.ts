import { HeadgateError } from '../../core/index.ts';
import {
  upon,
  type Answered,
  type Bring,
  type CompiledPolicy,
  type Handled,
  type AppGate,
  type OnAppEvent,
  type RequestView,
  type Sha256,
  type Soon,
} from '../../http/index.ts';
import { apart } from './apart.ts';
import { checkOptions } from './check-options.ts';
import { FieldNames } from './field-names.ts';
import { Gates } from './gates.ts';
import { keepTick } from './keep-tick.ts';
import { keyOf, undeclared } from './key.ts';
import type { AnyStore, Options } from './options.ts';
import { policyOf } from './policy-of.ts';
import { countsOperations } from './quick.ts';
import type { RouteGuard } from './route.ts';
import { noteSite, type Served } from './sites.ts';
import { isPolicy, type Spec } from './spec.ts';
import { countersOf, isNew, noteStore } from './stores.ts';
import { notePeer, noteTrust, ProxyWatch } from './trust.ts';
import { KeyedView, WhoView } from './view.ts';
import { Admission, setVisit, UNSEEN, Visit, visitOf, type Begun } from './visit.ts';
import { nameOf, warnOnce, type Warn } from './warnings.ts';

/** What two gates of one policy over one store must have alike to be one; `peer` is some frameworks' own. */
const WHOSE = ['key', 'peer'];

/** Where a guard stands. */
export interface Mounting {
  /** The function that a program calls to make it: whoever calls it is looked at. */
  readonly entry: unknown;
  /** The platform's own, where it has one that answers at once. */
  readonly sha256: Sha256;
  /** Whether `get` of this framework's request gives what the app has set, and not a field. */
  readonly isGetOwn?: boolean;
}

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
  /** Whose fields are. */
  readonly names: FieldNames;
  readonly #gates: Gates;
  /** Whether its answers tell limits by name, as the current draft's fields do. */
  readonly #isNamed: boolean;
  readonly #options: Options<never, AnyStore>;
  readonly #written: string;
  readonly #served: Served;
  readonly #proxies: ProxyWatch;
  readonly #routeLimits: Map<string, CompiledPolicy['limits'][number]> = new Map();

  constructor(spec: Spec, options: Options<never, AnyStore>, { entry, sha256, isGetOwn = false }: Mounting) {
    checkOptions(options);
    keepTick();
    this.warn = warnOnce(options.onWarning);
    this.policy = policyOf(spec, options);
    this.#options = options;
    this.#written = JSON.stringify(this.policy);
    this.#gates = new Gates(this.policy, options, sha256);
    this.names = new FieldNames(this.#gates);
    this.#isNamed = this.policy.respond.headers.some(({ dialect }) => dialect === 'ratelimit');
    this.answersLater = 'close' in this.#gates.store; // the port of those has it, and the other has not
    this.readsTarget = isPolicy(spec) || countsOperations(this.policy);
    this.exposes = this.policy.respond.expose || this.gate.readsAnswers;
    this.holds = this.policy.limits.some(({ hold }) => hold !== undefined);
    this.rewrites =
      this.policy.respond.merge.length > 0 || this.policy.endpoints.some(({ merge }) => merge !== undefined);
    const isReadOfField = notePeer(Reflect.get(options, 'peer'), this.warn);
    this.#proxies = new ProxyWatch(this.policy, this.gate, this.warn, !isReadOfField);
    // One that has a store given to it goes on where the last one ended; one of its own may have been made with it, or before.
    const { store } = options;
    this.#served =
      store === undefined || isNew(store) ? noteSite(entry, this.warn, store === undefined) : { requests: 0 };
    this.#note(isGetOwn);
  }

  get gate(): AppGate {
    return this.#gates.own;
  }

  #note(isGetOwn: boolean): void {
    const { key, keyReads = [] } = this.#options;
    noteTrust(this.gate, this.warn);
    noteStore(this.#gates.store, this.policy, this.warn);
    const chosen = key === undefined ? [] : undeclared(key, keyReads, isGetOwn);
    if (this.policy.operations.some(({ event }) => event?.is === 'message' || event?.is === 'tick'))
      this.warn('WARN_ADAPTER_EVENTS');
    if (chosen.length > 0) this.warn('WARN_ADAPTER_KEY_CHOSEN', chosen.join(', '));
  }

  nowMs(): number {
    return this.#gates.clock.monotonicMs();
  }

  /** Whether one has counted what the other would count, on the same counters: one policy over one store, however often it is made. */
  isSameAs(other: Guard): boolean {
    return (
      this === other ||
      (countersOf(this.#gates.store) === countersOf(other.#gates.store) &&
        this.#written === other.#written &&
        WHOSE.every((name) => Reflect.get(this.#options, name) === Reflect.get(other.#options, name)))
    );
  }

  /**
   * Judges a request, once however often it is asked. A promise only where a policy has to wait for who asks.
   * @throws HeadgateError for a fault of the store or the planner; then the request must not pass
   */
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun> {
    const visit = visitOf(native);
    if (visit !== undefined && this.admissionIn(visit) !== undefined) return this.#again(visit);
    this.#proxies.look(view, this.#served.requests++);
    if (visit !== undefined) this.tellApart(view, visit.told(), this.policy.limits);
    const gate = this.#gates.ready;
    if (!this.readsTarget && gate.byAddress !== undefined) {
      const quick = gate.byAddress(view);
      return quick instanceof Promise
        ? quick.then((one) => this.#take(native, view, one))
        : this.#take(native, view, quick);
    }
    const seen = this.#seen(native, view);
    const handled = gate.handle(seen, bring);
    return handled instanceof Promise
      ? handled.then((one) => this.#admit(native, seen, one, bring))
      : this.#admit(native, seen, handled, bring);
  }

  /** Sees to it that a caller is told of these limits by names that no other gate has told. */
  tellApart(view: RequestView, taken: readonly string[], limits: CompiledPolicy['limits']): void {
    if (!this.#isNamed) return;
    view.renamed = apart(limits, taken);
    if (view.renamed !== undefined) this.warn('WARN_ADAPTER_NAMES', [...view.renamed.values()].join());
  }

  /** The names by which the caller of a request is told of these limits. */
  namesOf({ renamed }: RequestView, limits: CompiledPolicy['limits']): readonly string[] {
    return this.#isNamed ? limits.map(({ name }) => renamed?.get(name) ?? name) : [];
  }

  /** An answer to a request that could not be judged, or that the framework would read as another one. */
  refuse(view: RequestView, status: number, detail: string): Soon<Answered> {
    return this.gate.refuse(view, status, detail);
  }

  /** Judges what is no request. @throws as a gate's `event` does */
  readonly event: OnAppEvent = (name, event) => this.#gates.ready.event(name, event);

  fault(error: unknown): void {
    const { onFault } = this.#options;
    if (onFault !== undefined) onFault(error);
    else this.warn('WARN_ADAPTER_FAULT', nameOf(error));
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

  /** Whether the policy or a route has a limit of this name, wherever it applies. */
  readonly declares = (name: string): boolean =>
    this.#routeLimits.has(name) || this.policy.limits.some((one) => one.name === name);

  /** The gate of this policy with what these routes add, over the same store. */
  gateWith(routes: readonly RouteGuard[]): AppGate {
    return this.#gates.with(routes);
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
      before?.refuse();
      return handled;
    }
    const admission = new Admission(this, view, handled);
    if (before !== undefined) {
      before.join(admission);
      return before;
    }
    const visit = new Visit(admission);
    setVisit(native, visit);
    return visit;
  }

  /** The request as this policy reads it. */
  #seen(native: object, view: RequestView): RequestView {
    const { key } = this.#options;
    const plain = this.readsTarget ? view : new WhoView(view);
    if (key === undefined) return plain;
    // The framework's request, whatever its type: the adapter's own types say that the two go together.
    return new KeyedView(plain, keyOf(key, native as never, this.gate.addressOf(view), this.warn));
  }
}
