import { verdictOf, type No, type Outcome, type Verdict } from '../core/index.ts';

/** One limit's part in a decision. */
export interface LimitView extends Verdict {
  readonly name: string;
  /** Units a window; of a quota, with what grants gave on top that is left, or was spent in this period. */
  readonly limit: number;
}

/** What a decision must know of the gate that made it. */
export interface Told {
  /** Names and amounts of the limits, in the order of the program's checks. */
  readonly limits: readonly { readonly name: string; readonly amount: number }[];
  readonly costs: readonly number[];
}

/** Every limit's own answer. */
export function viewsOf(outcome: Outcome, { limits }: Told): readonly LimitView[] {
  return limits.map(({ name, amount }, i) => ({
    name,
    limit: amount + (outcome.extras[i] ?? 0),
    ...verdictOf(outcome, i),
  }));
}

/** The answer to one request. A denial is an answer, not an error. */
export class Decision {
  readonly #outcome: Outcome;
  readonly #told: Told;

  constructor(outcome: Outcome, told: Told) {
    this.#outcome = outcome;
    this.#told = told;
  }

  get allowed(): boolean {
    return this.#outcome.allowed;
  }

  /** Units that {@link Decision.limit} would still admit now: of the limit that refused, or the one nearest to it. At least 0. */
  get remaining(): number {
    return this.#verdict().remaining;
  }

  /** The name of the limit that refused; when all admit, of the one that admits the fewest more like this. */
  get limit(): string {
    return this.#told.limits[this.#spoken()]!.name;
  }

  /**
   * Ms until the same request is admitted, if nobody else comes: exact, and over all limits. 0 when it was
   * admitted; Infinity when no wait helps, because it costs more than a limit can ever hold. Where it waits for somebody to
   * give back ({@link Decision.no} is `freed`), a hint.
   */
  get retryAfterMs(): number {
    return this.#outcome.no === 'never' ? Infinity : this.#outcome.retryAfterMs;
  }

  /** Ms until {@link Decision.limit} is as if never used, if nobody comes. */
  get resetInMs(): number {
    return this.#verdict().resetInMs ?? 0;
  }

  /** Why not: `until` a known instant, until something is `freed`, or `never`; `none` when admitted. */
  get no(): No {
    return this.#outcome.no;
  }

  /** False when a request id was given, and could not be remembered. */
  get once(): boolean {
    return this.#outcome.once;
  }

  /** True when this request id was admitted before: nothing was charged again. */
  get replayed(): boolean {
    return this.#outcome.replayed;
  }

  /** Every limit's own answer, in the order in which they were written. */
  get limits(): readonly LimitView[] {
    return viewsOf(this.#outcome, this.#told);
  }

  /** What a person or a log wants to see. */
  toJSON(): Record<string, unknown> {
    const { allowed, limit, remaining, retryAfterMs, resetInMs, no } = this;
    return { allowed, limit, remaining, retryAfterMs, resetInMs, no };
  }

  #verdict(): Verdict {
    return verdictOf(this.#outcome, this.#spoken());
  }

  /** Index of the limit this decision speaks of. Limits in different units compare only as "how many more like this". */
  #spoken(): number {
    if (this.#outcome.binding >= 0) return this.#outcome.binding;
    const more = this.#told.costs.map((cost, i) => Math.floor(verdictOf(this.#outcome, i).remaining / (cost || 1)));
    return more.indexOf(Math.min(...more));
  }
}

// Getters do not show when Node prints an object; through this method they do.
Object.defineProperty(Decision.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  // oxlint-disable-next-line typescript/unbound-method -- Node calls it on the decision that it prints
  value: Decision.prototype.toJSON,
});
