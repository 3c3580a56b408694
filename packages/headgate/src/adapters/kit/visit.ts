import type { Answered, Ending, Fields, Forward, RequestView, RewriteFor, Soon } from '../../http/index.ts';
import { RequestDecision, type AnyDecision } from './decision.ts';
import type { Guard } from './guard.ts';
import { merged } from './merged.ts';
import type { RouteGuard } from './route.ts';

const NO_ROUTES: readonly RouteGuard[] = [];

/** One gate's part in a request that passes. */
export class Admission {
  readonly guard: Guard;
  readonly view: RequestView;
  forward: Forward;
  routes: readonly RouteGuard[] = NO_ROUTES;
  readonly #begunMs: number;
  #decision: AnyDecision | undefined;

  constructor(guard: Guard, view: RequestView, forward: Forward) {
    this.guard = guard;
    this.view = view;
    this.forward = forward;
    this.#begunMs = guard.holds ? guard.nowMs() : 0;
  }

  /** Made when somebody asks for it: few handlers do. */
  get decision(): AnyDecision {
    return (this.#decision ??= new RequestDecision(this.forward, this.guard));
  }

  /** Names of limits that it tells its caller. */
  get told(): readonly string[] {
    return this.guard.namesOf(this.view, [...this.guard.policy.limits, ...this.routes.flatMap(({ limits }) => limits)]);
  }

  /** Releases what it holds. By this gate's own clock: another one, which the request met too, may have another. */
  end(over: Over): void {
    const tookMs = this.guard.holds ? Math.max(0, this.guard.nowMs() - this.#begunMs) : 0;
    this.forward.end({ ...UNKNOWN, tookMs, ...over });
  }

  /** A fuller judgement of the same request takes the place of the first. */
  replace(forward: Forward, routes: readonly RouteGuard[]): void {
    this.forward = forward;
    this.routes = routes;
    if (this.#decision !== undefined) RequestDecision.replace(this.#decision, forward);
  }
}

/** What adapters know of an exchange that is over. */
export type Over = Pick<Ending, 'status' | 'torn'> & Partial<Ending>;

/** A request that passes: every gate that it met, and the one place that knows how it is answered and when it is over. */
export class Visit {
  readonly kind = 'visit';
  admissions: readonly Admission[];
  /** Whether a gate answers it after all: then no other gate's fields are written. */
  isAnswered = false;
  /** What is known of its answer, should it end before that does. */
  known: (() => Omit<Over, 'torn'>) | undefined;
  #isOver = false;

  constructor(admission: Admission) {
    this.admissions = [admission];
  }

  /** The request as it was counted by the gate that read what is asked. */
  get target(): string | undefined {
    for (const { guard, forward } of this.admissions) if (guard.readsTarget) return forward.target;
    return undefined;
  }

  get id(): string {
    return this.admissions[0]?.view.id ?? '';
  }

  /** Names of limits that all gates but this one tell. */
  told(but?: Admission): readonly string[] {
    return this.admissions.flatMap((one) => (one === but ? [] : one.told));
  }

  /** Of the gate that it met last. */
  get decision(): AnyDecision | undefined {
    return this.admissions.at(-1)?.decision;
  }

  /** Whether a response field of this name is a gate's to write. */
  owns(name: string): boolean {
    for (const { guard } of this.admissions) if (guard.names.owns(name)) return true;
    return false;
  }

  /** Whether `settle` must be told which fields pass beside what it says. */
  get exposes(): boolean {
    for (const { guard } of this.admissions) if (guard.exposes) return true;
    return false;
  }

  /** Fields of a response of this status, a list of the caller's own. `others` pass beside them. */
  settle(status: number, others?: Fields): string[] {
    const [first, second] = this.admissions;
    if (first === undefined) return [];
    if (second === undefined) return first.forward.settle(status, others);
    return merged(this.admissions.map(({ forward }) => forward.settle(status, others)));
  }

  /** How a body is to be changed; undefined where it never is. Only one gate writes into a body: the last. */
  get rewrite(): RewriteFor | undefined {
    return this.admissions.findLast(({ forward }) => forward.rewrite !== undefined)?.forward.rewrite;
  }

  /** Measures a piece of the request's body before a handler gets it, and its end (undefined): the answer, where that is too much. */
  inspect(piece: Uint8Array | undefined): Soon<Answered> | undefined {
    for (const { forward } of this.admissions) {
      const { inspection } = forward;
      const said = piece === undefined ? inspection?.end() : inspection?.take(piece);
      if (said !== undefined) return said;
    }
    return undefined;
  }

  /** Whether anything is to be done when it is over, or its answer's body is to be read: else nothing need be spent on that. */
  get holds(): boolean {
    for (const { guard } of this.admissions) if (guard.holds) return true;
    return false;
  }

  /** Whether its answer's body may be written into. */
  get rewrites(): boolean {
    for (const { guard } of this.admissions) if (guard.rewrites) return true;
    return false;
  }

  /** What of the answer's body is to be read until it is over. */
  wantedBytes(status: number, contentType: string | undefined): number {
    const wanted = this.admissions.map(({ forward: { reads } }) =>
      reads?.wants(status, contentType) === true ? reads.maxBytes : 0,
    );
    return Math.max(0, ...wanted);
  }

  /** Releases what the request holds, once, however it ended. */
  end(over: Over): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const admission of this.admissions) admission.end(over);
  }

  /** One gate more lets it pass. */
  join(admission: Admission): void {
    this.admissions = [...this.admissions, admission];
    this.#unlessOver(admission);
  }

  /** A fuller judgement of the same gate takes the place of its first. */
  replace(admission: Admission, forward: Forward, routes: readonly RouteGuard[]): void {
    admission.replace(forward, routes);
    this.#unlessOver(admission);
  }

  /** Its caller may have left while a store was asked: what this holds nobody else would release. */
  #unlessOver(admission: Admission): void {
    if (this.#isOver) admission.end({ status: undefined, reached: false, torn: true });
  }

  /** A gate refuses the request after all: it has nothing to say beside its answer. */
  leave(admission: Admission): void {
    this.admissions = this.admissions.filter((one) => one !== admission);
    this.refuse();
  }

  /** A gate answers it, and no handler sees it: it costs nothing with those that let it pass and reserved for it. */
  refuse(): void {
    this.isAnswered = true;
    this.end({ status: undefined, reached: false, torn: false });
  }
}

const UNKNOWN = { reached: true, fields: [], body: { is: 'unread', why: 'unasked' }, sentBytes: 0 } as const;

/** The end of what no handler has seen. */
export const UNSEEN: Ending = { ...UNKNOWN, status: undefined, reached: false, tookMs: 0, torn: false };

/** What comes of a request: it passes, or it is answered here. */
export type Begun = Visit | Answered;

const VISIT: unique symbol = Symbol('headgate');
interface Visited {
  [VISIT]?: Visit;
}

export function visitOf(native: object): Visit | undefined {
  return (native as Visited)[VISIT];
}

export function setVisit(native: object, visit: Visit): void {
  (native as Visited)[VISIT] = visit;
}
