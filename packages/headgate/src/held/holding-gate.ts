import { HeadgateError, type Clock, type Op, type Outcome, type Step } from '../core/index.ts';
import {
  Decision,
  DECIDE_WORDS,
  keysOf,
  randomIds,
  requireKey,
  requireWords,
  viewsOf,
  type Compiled,
  type DecideOptions,
  type LimitView,
  type Subject,
  type Told,
} from '../gate/index.ts';
import { memoryStore, systemClock } from '../stores/memory/index.ts';
import { compileAt } from './compile.ts';
import { correctionsOf, costsFor, grantedBy, lossesOf, reserves, settledOf } from './costs.ts';
import { HeldDecision } from './decision.ts';
import type { GateOptions, Grant, LaterGateOptions } from './gate.ts';
import type { LimitSpec } from './limit-spec.ts';
import { laterResolver, Reservation, type Holding, type Resolver } from './reservation.ts';
import { Resolution } from './resolution.ts';
import { upon, type Soon } from './soon.ts';

/** The longest that anybody waits for a store, unless he says another. */
const DEADLINE_MS = 50;
/** Nothing said. */
const NONE: DecideOptions = {};

/** What a store of either sort is asked. */
interface Port {
  apply(step: Step, deadlineMs: number): Soon<Outcome>;
}

/** Whatever its store: what is asked of it is answered at once by one that does, and else promised. */
export class HoldingGate<Name extends string, Later extends boolean> {
  readonly #limits: Readonly<Record<string, LimitSpec>>;
  readonly #clock: Clock;
  readonly #store: Port;
  readonly #deadlineMs: number;
  readonly #isLater: boolean;
  readonly #newId: () => string;
  readonly #resolver: Resolver;
  /** What a decision costs that says nothing of it, and whether any of that is held: kinds and lifetimes are the same in every period. */
  readonly #usual: readonly number[];
  readonly #holdsUsual: boolean;
  #compiled: Compiled;
  #toldUsual: Told;

  constructor(options: GateOptions<Name> | LaterGateOptions<Name>, isLater: Later) {
    requireWords(options, ['limits', 'store', 'clock', 'newId', ...(isLater ? ['deadlineMs'] : [])]);
    const { limits, clock = systemClock(), store = memoryStore({ clock }), newId = randomIds() } = options;
    this.#limits = limits;
    this.#clock = clock;
    this.#store = store;
    this.#deadlineMs = ('deadlineMs' in options ? options.deadlineMs : undefined) ?? DEADLINE_MS;
    this.#isLater = isLater;
    this.#newId = newId;
    this.#resolver = isLater ? laterResolver(this.#ends) : this.#ends;
    this.#compiled = compileAt(limits, clock.wallMs());
    this.#usual = costsFor(this.#compiled, 1);
    this.#holdsUsual = reserves(this.#compiled, this.#usual);
    this.#toldUsual = { limits: this.#compiled.limits, costs: this.#usual };
  }

  readonly #ends: Resolver = {
    settle: (id, held, costs) => this.#resolve('settle', id, held, settledOf(this.#compiled, costs, held.reserved)),
    release: (id, held) => this.#resolve('cancel', id, held),
    renew: (id, held) => this.#resolve('renew', id, held),
    abandon: (id, held) => held.reserved && this.#resolve('settle', id, held, lossesOf(this.#compiled, held.reserved)),
  };

  decide(subject: Subject, options: DecideOptions<Name> = NONE): Soon<HeldDecision<Name, Later>> {
    if (options !== NONE) requireWords(options, DECIDE_WORDS);
    const { cost } = options;
    const costs = cost === undefined ? this.#usual : costsFor(this.#compiled, cost);
    const holds = cost === undefined ? this.#holdsUsual : reserves(this.#compiled, costs);
    const id = holds ? this.#newId() : undefined;
    const keys = this.#keysOf(subject);
    const outcome = this.#apply('decide', keys, costs, requireId(options), id);
    return outcome instanceof Promise
      ? outcome.then((said) => this.#decided(said, { subject, keys, reserved: costs }, id))
      : this.#decided(outcome, { subject, keys, reserved: costs }, id);
  }

  #decided(
    outcome: Outcome,
    holding: Holding & { readonly reserved: readonly number[] },
    id: string | undefined,
  ): HeldDecision<Name, Later> {
    const heldAs = outcome.replayed ? outcome.reservationId : id;
    const isHeld = outcome.allowed && heldAs !== undefined;
    const held = isHeld ? new Reservation<Name, Later>(heldAs, holding, this.#resolver) : undefined;
    return new HeldDecision(outcome, this.#told(holding.reserved), held, this.#isLater);
  }

  peek(subject: Subject, options: DecideOptions<Name> = NONE): Soon<Decision> {
    if (options !== NONE) requireWords(options, DECIDE_WORDS);
    const costs = costsFor(this.#compiled, options.cost);
    const said = this.#apply('peek', this.#keysOf(subject), costs, requireId(options));
    return upon(said, (outcome) => new Decision(outcome, this.#told(costs)));
  }

  reservation(subject: Subject, id: string): Reservation<Name, Later> {
    return new Reservation(requireKey('id', id), { subject, keys: undefined, reserved: undefined }, this.#resolver);
  }

  adjust(subject: Subject, by: Readonly<Partial<Record<Name, number>>>): Soon<readonly LimitView[]> {
    const costs = correctionsOf(this.#compiled, by);
    return upon(this.#apply('adjust', this.#keysOf(subject), costs), (outcome) => viewsOf(outcome, this.#told(costs)));
  }

  grant(subject: Subject, grant: Grant<Name>): Soon<'given' | 'known'> {
    requireWords(grant, ['id', 'units', 'until']);
    const { id, units, until } = grant;
    const costs = grantedBy(this.#compiled, units);
    const said = this.#apply('grant', this.#keysOf(subject), costs, undefined, undefined, {
      id,
      endsAtMs: until?.getTime(),
    });
    return upon(said, ({ replayed }) => (replayed ? 'known' : 'given'));
  }

  refund(subject: Subject, requestId: string): Soon<boolean> {
    const said = this.#apply('refund', this.#keysOf(subject), this.#zeros(), requireId({ requestId }));
    return upon(said, ({ status }) => status === 'ok');
  }

  reset(subject: Subject): Soon<void> {
    return upon(this.#apply('reset', this.#keysOf(subject), this.#zeros()), () => undefined);
  }

  #resolve(op: Op, id: string, held: Holding, costs: readonly number[] = this.#zeros()): Soon<Resolution> {
    const said = this.#apply(op, held.keys ?? this.#keysOf(held.subject), costs, undefined, id);
    return said instanceof Promise
      ? said.then((outcome) => new Resolution(outcome, this.#told(costs)))
      : new Resolution(said, this.#told(costs));
  }

  #keysOf(subject: Subject): readonly string[] {
    return keysOf(this.#compiled, subject);
  }

  #told(costs: readonly number[]): Told {
    if (costs === this.#usual) return this.#toldUsual;
    return { limits: this.#compiled.limits, costs };
  }

  #zeros(): readonly number[] {
    return this.#compiled.limits.map(() => 0);
  }

  /** Asks the store, and once more with the periods of now where it says that those it was given are over. */
  #apply(
    op: Op,
    keys: readonly string[],
    costs: readonly number[],
    requestId?: string,
    reservationId?: string,
    grant?: Step['grant'],
  ): Soon<Outcome> {
    const step = {
      op,
      program: this.#compiled.program,
      keys,
      costs,
      requestId,
      reservationId,
      grant,
      losses: undefined,
    };
    const said = this.#store.apply(step, this.#deadlineMs);
    return said instanceof Promise ? said.then((outcome) => this.#fresh(outcome, step)) : this.#fresh(said, step);
  }

  #fresh(outcome: Outcome, step: Step): Soon<Outcome> {
    if (outcome.status !== 'stale') return outcome;
    this.#compiled = compileAt(this.#limits, this.#clock.wallMs());
    this.#toldUsual = { limits: this.#compiled.limits, costs: this.#usual };
    return upon(this.#store.apply({ ...step, program: this.#compiled.program }, this.#deadlineMs), requireFresh);
  }
}

/** An empty id would make one request of all that have none. */
function requireId({ requestId }: DecideOptions): string | undefined {
  return requestId === undefined ? undefined : requireKey('requestId', requestId);
}

function requireFresh(outcome: Outcome): Outcome {
  if (outcome.status !== 'stale') return outcome;
  throw new HeadgateError('ERR_STALE', 'clock: expected the clock that the store runs on, which tells another time');
}
