import { HeadgateError, requireCost } from '../../core/index.ts';
import { Decision, type LimitView } from '../../gate/index.ts';
import { upon, type Forward, type Judged, type Names, type Soon } from '../../http/index.ts';

/** Units: of every limit that requests are charged to, or by name (0 where a name is missing). */
export type Units<N extends Names> = number | Readonly<Partial<Record<N['limit'], number>>>;

/** One limit, as it stands. */
export interface NamedLimit<N extends Names> extends LimitView {
  readonly name: N['limit'];
}

/** The answer to a charge: all of it was charged, or nothing. */
export interface Charged<N extends Names> {
  readonly allowed: boolean;
  /** The limit that refused; when all admit, the one that is nearest to refusing. Undefined when no limit applies. */
  readonly limit: N['limit'] | undefined;
  /** Units that {@link limit} would still admit; Infinity when no limit applies. */
  readonly remaining: number;
  /** Ms until the same charge would be admitted; 0 when it was, Infinity when no wait helps. */
  readonly retryAfterMs: number;
}

/** What is asked of a store: there at once, or promised. */
export type Answer<T, Later extends boolean> = Later extends true ? Promise<T> : T;

/** A decision, whatever its store. */
export type AnyDecision = RequestDecision<Names, boolean>;

declare global {
  namespace Headgate {
    /**
     * What holds of the whole app. Where its store answers later, say so once: `declare global { namespace Headgate { interface App { later: true } } }`.
     * Then the decisions that frameworks hand to handlers promise, as they do; `gate.of(request)` knows by itself.
     */
    interface App {}
  }
}

/** The decision that is handed to a handler by its framework, which cannot tell whose it is. */
export type HandedDecision<App = Headgate.App> = RequestDecision<Names, App extends { later: true } ? true : false>;

/** What a decision has to know of the gate that made it. */
interface Known {
  /** Whether what is asked of it is promised. */
  readonly answersLater: boolean;
  /** Whether there is a limit of this name, wherever it applies. */
  readonly declares: (name: string) => boolean;
}

/** What an attribute of a subject may be. */
type Attribute = string | number | boolean | null | undefined;

/**
 * The decision on one admitted request. It tells how things stand now: after a charge or a refund it says so, and so do the fields of the
 * response, if they are not sent yet.
 */
export class RequestDecision<N extends Names = Names, Later extends boolean = false> implements Charged<N> {
  #forward: Forward;
  readonly #gate: Known;
  #onChange: (() => void) | undefined;
  #read: { readonly outcome: unknown; readonly decision: Decision | undefined } | undefined;

  constructor(forward: Forward, gate: Known) {
    this.#forward = forward;
    this.#gate = gate;
  }

  /** Replaces what was judged by a fuller judgement of the same request. */
  static replace(decision: AnyDecision, forward: Forward): void {
    decision.#forward = forward;
    decision.#read = undefined;
  }

  /** Tells whenever a handler has charged or given back: for what is written before the head leaves. */
  static follow(decision: AnyDecision, onChange: () => void): void {
    decision.#onChange = onChange;
  }

  /** Of a request that is refused no handler sees a decision. */
  get allowed(): true {
    return true;
  }

  /** The limit with the least room for requests like this one. Undefined when no limit applies. */
  get limit(): N['limit'] | undefined {
    return this.#decision()?.limit;
  }

  /** Units that {@link limit} would still admit; Infinity when no limit applies. */
  get remaining(): number {
    return this.#decision()?.remaining ?? Infinity;
  }

  /** Ms until {@link limit} is as if never used, if nobody comes. */
  get resetInMs(): number {
    return this.#decision()?.resetInMs ?? 0;
  }

  /** 0: it was admitted. */
  get retryAfterMs(): number {
    return 0;
  }

  /** Every limit that was asked, in the policy's order. */
  get limits(): readonly NamedLimit<N>[] {
    return this.#decision()?.limits ?? [];
  }

  /** Whether the store was not there for it: then limits say what they say for that, and are counted in this process alone, or not at all. */
  get degraded(): boolean {
    return this.#forward.judged?.degraded === true;
  }

  /** What was asked, by the policy's name; `GET /path` where none are declared. */
  get operation(): N['operation'] {
    return this.#forward.operation;
  }

  /** The caller's plan, if it has one. */
  get plan(): N['plan'] | undefined {
    return this.#forward.judged?.ask.subject.plan;
  }

  /** Who asks: what the sources say of the caller, `auth` by which source, `address` from where. Empty where nobody was asked about. */
  get subject(): Readonly<Record<string, Attribute>> {
    return this.#forward.judged?.ask.subject ?? {};
  }

  /**
   * Charges so much more, on top of what the request has cost: all of it, or nothing where a limit refuses.
   * A limit that does not apply here, such as one that is unlimited for this plan, is charged nothing.
   * @throws HeadgateError `ERR_COST` for a cost that is none, or a limit that nobody declares
   */
  charge(units: Units<N>): Answer<Charged<N>, Later> {
    const charged = this.#asked(() => this.#charge(units));
    return this.#gate.answersLater ? awaited(charged) : charged;
  }

  /** Gives back what the request was charged, or so much of it. Says how many units count no longer: none of a window that is over. */
  refund(units?: Units<N>): Answer<number, Later> {
    return this.#asked(() => this.#refund(units));
  }

  /** Says what the request has cost in all: what was charged beyond comes back, what is missing is charged, whether there is room or not. */
  settle(units: Units<N>): Answer<void, Later> {
    return this.#asked(() => this.#settle(units));
  }

  /** What a person or a log wants to see; not who asks. */
  toJSON(): Record<string, unknown> {
    const { allowed, limit, remaining, resetInMs, operation, plan } = this;
    return { allowed, limit, remaining, resetInMs, operation, plan };
  }

  #charge(units: Units<N>): Soon<Charged<N>> {
    const judged = this.#judged('charge');
    const costs = unitsFor(judged.plan, units, this.#gate);
    return upon(judged.chargeOrStandIn(costs), ({ plan, outcome, undecided }) => {
      if (undecided !== undefined) return { ...UNDECIDED, limit: undecided.name };
      return outcome === undefined ? FREE : new Decision(outcome, { limits: plan.limits, costs: plan.costs });
    });
  }

  #refund(units: Units<N> | undefined): Soon<number> {
    const judged = this.#judged('refund');
    return judged.giveBack(units === undefined ? judged.charged : unitsFor(judged.plan, units, this.#gate));
  }

  #settle(units: Units<N>): Soon<void> {
    const judged = this.#judged('settle');
    const owed = unitsFor(judged.plan, units, this.#gate).map((unit, i) => unit - (judged.charged[i] ?? 0));
    return owe(judged, owed);
  }

  /**
   * At once or promised: which of the two, the options of its gate have said, and the compiler by them. What is wrong with the question
   * rejects too.
   */
  #asked<T>(ask: () => Soon<T>): Answer<T, Later> {
    const said = (): Soon<T> =>
      upon(ask(), (one) => {
        this.#onChange?.();
        return one;
      });
    return (this.#gate.answersLater ? (async () => said())() : said()) as Answer<T, Later>;
  }

  #judged(verb: string): Judged {
    const { judged } = this.#forward;
    if (judged !== undefined) return judged;
    throw new HeadgateError(
      'ERR_ADAPTER_UNJUDGED',
      `${verb}: nothing is charged for a preflight, or to read one's own state`,
    );
  }

  /** Made anew when there is a later outcome. */
  #decision(): Decision | undefined {
    const { judged } = this.#forward;
    const outcome = judged?.outcome;
    if (this.#read?.outcome === outcome) return this.#read?.decision;
    const decision =
      judged && outcome && new Decision(outcome, { limits: judged.plan.limits, costs: judged.plan.costs });
    this.#read = { outcome, decision };
    return decision;
  }
}

/** What is read of a promise as if it were the answer is never true, and no error: code that was written for a store at once would refuse everybody. */
function awaited<T extends object>(promise: T): T {
  for (const name of ['allowed', 'limit', 'remaining', 'retryAfterMs'])
    Object.defineProperty(promise, name, { get: () => unawaited(name) });
  return promise;
}

function unawaited(name: string): never {
  throw new HeadgateError(
    'ERR_ADAPTER_LATER',
    `charge().${name}: expected (await charge()).${name}: the store answers later`,
  );
}

const FREE = { allowed: true, limit: undefined, remaining: Infinity, retryAfterMs: 0 } as const;

/** How long to wait for a store that is away nobody knows: a hint, as when something is to be freed. In ms. */
const HINT_MS = 1000;
const UNDECIDED = { allowed: false, remaining: 0, retryAfterMs: HINT_MS } as const;

/** Charges units of each limit, whether there is room or not, and gives back what is below 0. */
export function owe(judged: Judged, units: readonly number[]): Soon<void> {
  // Asked for in a row: a store carries steps out in that order, whenever it answers.
  const back = judged.giveBack(units.map((unit) => Math.max(0, -unit)));
  const more = judged.add(units.map((unit) => Math.max(0, unit)));
  return upon(back, () => more);
}

/**
 * One cost a limit. A number is for all that are charged to: not for bounds on one request, nor for what is held.
 * @throws HeadgateError `ERR_COST`: by what is no cost nothing must be given back either
 */
export function unitsFor(
  { limits, program }: Judged['plan'],
  units: Units<Names>,
  { declares }: Pick<Known, 'declares'>,
): readonly number[] {
  if (typeof units !== 'object') {
    requireCost('cost', units);
    return limits.map(({ kind }, i) => (kind === 'size' || (program.checks[i]?.holdMs ?? 0) > 0 ? 0 : units));
  }
  const named = new Map<string, number>();
  for (const name in units) {
    // What is declared and not asked here is not to be refused: the same handler serves a plan that is unlimited.
    if (!declares(name) && limits.every((limit) => limit.name !== name)) {
      const names = limits.map((limit) => limit.name).join(', ') || 'no limit: none applies';
      throw new HeadgateError('ERR_COST', `cost.${name}: expected one of ${names}`);
    }
    const cost: unknown = units[name];
    requireCost(`cost.${name}`, cost);
    named.set(name, cost);
  }
  // What names none could be anything.
  if (named.size === 0) requireCost('cost', units);
  return limits.map(({ name }) => named.get(name) ?? 0);
}
