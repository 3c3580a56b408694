import type { HostFunction } from './outside.ts';
import type { Standing } from './use.ts';

/** Steps that one scope may spend: a step is an operator, or 64 characters looked at. */
const MAX_STEPS = 20_000;

/** What a missing value or a failed operation evaluates to. A sentinel, since a thrown error costs a stack trace. */
export const FAILED: unique symbol = Symbol('failed');

type Fields = Readonly<Record<string, unknown>>;

/** What expressions see of time. */
export interface Time {
  /** The instant for which they are evaluated: ms since the epoch. */
  readonly atMs: number;
  /** Whether a schedule is open; undefined: there is none of this name. */
  during(name: string, scope: Scope): boolean | undefined;
  /** Told that something that was read is the same from one instant until another, `atMs` among them. */
  holds(fromAtMs: number, untilAtMs: number): void;
}

/** What expressions can see. Everything is data; only `operation` is asked, since its attributes are figures themselves. */
export interface Visible {
  /** Attributes of the subject by flat name: `plan`, `account`, `account.seats`. */
  readonly attributes: Fields;
  /** Attributes of the subject's plan. */
  readonly plan: Fields;
  readonly operation: (field: string) => unknown;
  /** `request`, `path`, `facts`, `now`, and whatever else a place allows. */
  readonly roots: Fields;
  readonly time?: Time;
  /** A short text that stands for a long one, and for no other. */
  readonly digest?: ((text: string) => string) | undefined;
  /** The registered part of a domain name; undefined where it has none. */
  readonly registered?: ((name: string) => string | undefined) | undefined;
  /** How limits stand whose use is read, by their names. */
  readonly standings?: ReadonlyMap<string, Standing> | undefined;
  /** What the policy looks things up in. */
  readonly tables?: Readonly<Record<string, Fields>> | undefined;
  /** Functions of the program around the gate: each returns in bounded time, and throws nothing. */
  readonly hosts?: Readonly<Record<string, HostFunction>>;
}

/** The values that one evaluation may read, what it may still spend, and what it found missing. */
export class Scope {
  readonly visible: Visible;
  /** The first thing looked up in vain, as a path whose first part is a root: tells whose fault a failure is. */
  missing: string | undefined;
  /** Whether what is evaluated names something. */
  isName = false;
  #left = MAX_STEPS;
  #locals: Map<string, unknown> | undefined;

  constructor(visible: Visible) {
    this.visible = visible;
  }

  /** Variables of the list macros around the present expression: most have none. */
  get locals(): Map<string, unknown> {
    return (this.#locals ??= new Map());
  }

  /** Takes `steps` from the budget; false when it is spent. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  /** Whether the budget was overdrawn: something that failed may be worth something to others. */
  get exhausted(): boolean {
    return this.#left < 0;
  }

  /** Notes what was missing, and fails. */
  miss(path: string): typeof FAILED {
    this.missing ??= path;
    return FAILED;
  }
}

/** An own property, or undefined: what a prototype offers is never a value. */
export function own(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return undefined;
  // Narrowed to an object that has this own property; its value stays unknown.
  return (fields as Fields)[name];
}
