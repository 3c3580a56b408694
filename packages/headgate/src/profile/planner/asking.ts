import type { CompiledPolicy, Literal } from '../compiled.ts';
import { FOREVER } from '../../core/index.ts';
import type { Opening } from '../calendar/index.ts';
import { evaluate, FAILED, own, Scope, type HostFunction, type Time, type Visible } from '../expression/index.ts';
import type { SurveyAsk } from '../plan.ts';
import { scalarOf } from './figures.ts';

type Attributes = Readonly<Record<string, Literal | undefined>>;

const NOTHING: Readonly<Record<string, Literal>> = Object.freeze({});

/** What the planner knows of plans and operations, by name. */
export interface PolicyIndex {
  readonly policy: CompiledPolicy;
  readonly plans: ReadonlyMap<string, Readonly<Record<string, Literal>>>;
  readonly hosts: Readonly<Record<string, HostFunction>>;
  readonly openings: OpeningOf;
  /** Nobody is held back for longer. */
  readonly maxDelayMs: number;
  readonly digest: ((text: string) => string) | undefined;
  readonly registered: ((name: string) => string | undefined) | undefined;
  readonly places: Places;
}

/** Where this gate counts: what tells it from others over the same store. */
export interface Places {
  readonly node?: string;
  readonly region?: string;
}

/** How a schedule stands at an instant; undefined: there is none of this name. */
export type OpeningOf = (name: string, scope: Scope, atMs: number) => Opening | undefined;

export function indexed(
  policy: CompiledPolicy,
  openings: OpeningOf,
  {
    hosts = {},
    maxDelayMs = Infinity,
    digest,
    registered,
    places = {},
  }: Partial<Pick<PolicyIndex, 'hosts' | 'maxDelayMs' | 'digest' | 'registered' | 'places'>> = {},
): PolicyIndex {
  const plans = new Map(policy.plans.map((plan) => [plan.name, plan.attributes]));
  return { policy, hosts, openings, maxDelayMs, digest, registered, places, plans };
}

/** One ask while it is planned: its attributes with the derived ones, and its scope, made when first needed. */
export class Asking implements Time {
  readonly ask: SurveyAsk;
  /** The instant that is looked at: the ask's own, or one that is foreseen. */
  atMs: number;
  /** From when until when all that was read of time stays what it is. */
  fromAtMs = 0;
  untilAtMs: number = FOREVER;
  /** How schedules are taken to stand, whatever the time. */
  assumed: ReadonlyMap<string, boolean> | undefined;
  readonly attributes: Attributes;
  readonly #index: PolicyIndex;
  readonly #roots: Readonly<Record<string, unknown>> | undefined;
  /** The plan in force, when an override says another than the subject's own. */
  #plan: string | undefined;
  #scope: Scope | undefined;
  /** Whether an earlier scope spent all it had. */
  #overdrawn = false;
  /** Attributes of the operation that are being worked out. */
  #working: Set<string> | undefined;

  constructor(ask: SurveyAsk, index: PolicyIndex, roots?: Readonly<Record<string, unknown>>) {
    this.ask = ask;
    this.atMs = ask.nowMs;
    this.#index = index;
    this.#roots = roots;
    this.attributes = ask.subject;
    if (index.policy.derive.length > 0) this.attributes = this.#derived();
  }

  /** What expressions see, under the plan in force. */
  get scope(): Scope {
    return (this.#scope ??= this.#scopeOver(this.attributes));
  }

  /** The same, and these roots beside. */
  scopeWith(roots: Readonly<Record<string, unknown>>): Scope {
    return this.#scopeOver(this.attributes, roots);
  }

  /** The same ask, as far as it is about one element of a list. */
  about(item: unknown): Asking {
    const made = new Asking(this.ask, this.#index, { ...this.#roots, item });
    made.plan = this.#plan;
    made.atMs = this.atMs;
    return made;
  }

  get places(): Places {
    return this.#index.places;
  }

  get maxDelayMs(): number {
    return this.#index.maxDelayMs;
  }

  get plan(): string | undefined {
    return this.#plan;
  }

  /** Puts another plan in force; undefined: the subject's own. */
  set plan(plan: string | undefined) {
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#overdrawn = this.exhausted;
    this.#scope = undefined;
  }

  /** Looks at another instant, of which nothing was read yet. */
  moveTo(atMs: number): void {
    this.atMs = atMs;
    this.fromAtMs = 0;
    this.untilAtMs = FOREVER;
    this.#overdrawn = this.exhausted;
    this.#scope = undefined;
  }

  during(name: string, scope: Scope): boolean | undefined {
    const assumed = this.assumed?.get(name);
    if (assumed !== undefined) return assumed;
    const opening = this.#index.openings(name, scope, this.atMs);
    if (opening !== undefined) this.holds(opening.fromAtMs, opening.untilAtMs);
    return opening?.isOpen;
  }

  holds(fromAtMs: number, untilAtMs: number): void {
    this.fromAtMs = Math.max(this.fromAtMs, fromAtMs);
    this.untilAtMs = Math.min(this.untilAtMs, untilAtMs);
  }

  /** Whether expressions of this ask spent all they had: then what failed says nothing of other asks. */
  get exhausted(): boolean {
    return this.#overdrawn || this.#scope?.exhausted === true;
  }

  /** An attribute of the subject, under the plan in force. */
  attribute(name: string): unknown {
    return name === 'plan' && this.#plan !== undefined ? this.#plan : own(this.attributes, name);
  }

  /** Computes the derived attributes, each from those before it. One that fails is absent. */
  #derived(): Attributes {
    const attributes: Record<string, Literal | undefined> = { ...this.ask.subject };
    const scope = this.#scopeOver(attributes);
    for (const [name, expr] of this.#index.policy.derive) {
      const value = evaluate(expr, scope);
      attributes[name] = isLiteral(value) ? value : undefined;
    }
    return attributes;
  }

  #scopeOver(attributes: Attributes, more?: Readonly<Record<string, unknown>>): Scope {
    const { ask } = this;
    const roots = {
      request: ask.request,
      path: ask.operation.path,
      facts: ask.facts ?? NOTHING,
      now: ask.nowMs,
      message: ask.message,
      connection: ask.connection,
      ...this.#roots,
      ...more,
    };
    const seen = this.#plan === undefined ? attributes : { ...attributes, plan: this.#plan };
    const scope: Scope = new Scope(
      new Sight(
        seen,
        roots,
        this,
        this.#index,
        () => this.#index.plans.get(String(this.#plan ?? attributes['plan'])) ?? NOTHING,
        (field) => this.#operationField(field, scope),
      ),
    );
    return scope;
  }

  /** `GET /orders/:id`: what was asked, however it was spelt. What `**` stands for is written out. */
  #route(): string | undefined {
    const { operation, request } = this.ask;
    if (operation.index < 0) return operation.name;
    const { route, rest = '' } = operation;
    return route === undefined || request === undefined
      ? undefined
      : `${request.method} ${route.replace('**', () => rest)}`;
  }

  /** An attribute of the operation. One that is worked out from itself is absent. */
  #operationField(field: string, scope: Scope): unknown {
    const operation = this.#index.policy.operations[this.ask.operation.index];
    if (field === 'name') return this.ask.operation.name;
    if (field === 'group') return operation?.group;
    if (field === 'tags') return operation?.tags;
    if (field === 'route') return this.#route();
    const value = field === 'weight' ? operation?.weight : operation?.set.find(([name]) => name === field)?.[1];
    const working = (this.#working ??= new Set());
    if (value === undefined || working.has(field)) return undefined;
    working.add(field);
    const result = scalarOf(value, scope);
    working.delete(field);
    return result === FAILED ? undefined : result;
  }
}

/** What expressions see. A class, since an object with a getter of its own is a new kind of object to the compiler each time. */
class Sight implements Visible {
  readonly attributes: Attributes;
  readonly roots: Readonly<Record<string, unknown>>;
  readonly operation: (field: string) => unknown;
  readonly tables: CompiledPolicy['tables'];
  readonly hosts: PolicyIndex['hosts'];
  readonly digest: PolicyIndex['digest'];
  readonly registered: PolicyIndex['registered'];
  readonly time: Time;
  readonly standings: SurveyAsk['standings'];
  readonly #plan: () => Readonly<Record<string, Literal>>;

  constructor(
    attributes: Attributes,
    roots: Readonly<Record<string, unknown>>,
    time: Asking,
    { policy, hosts, digest, registered }: PolicyIndex,
    plan: () => Readonly<Record<string, Literal>>,
    operation: (field: string) => unknown,
  ) {
    this.attributes = attributes;
    this.roots = roots;
    this.time = time;
    this.standings = time.ask.standings;
    this.operation = operation;
    this.tables = policy.tables;
    this.hosts = hosts;
    this.digest = digest;
    this.registered = registered;
    this.#plan = plan;
  }

  /** Asked anew each time, since a derived attribute may be the plan. */
  get plan(): Readonly<Record<string, Literal>> {
    return this.#plan();
  }
}

function isLiteral(value: unknown): value is Literal {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
