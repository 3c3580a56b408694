import { HeadgateError, plugAll, type Clock, type Op, type Outcome, type Step, type SyncStore } from '../core/index.ts';
import {
  Decision,
  keysOf,
  randomIds,
  requireKey,
  viewsOf,
  type Compiled,
  type DecideOptions,
  type Gate as RateGate,
  type LimitView,
  type Subject,
  type Told,
} from '../gate/index.ts';
import { memoryStore, systemClock } from '../stores/memory/index.ts';
import { compileAt } from './compile.ts';
import { correctionsOf, costsFor, grantedBy, lossesOf, reserves, settledOf } from './costs.ts';
import { HeldDecision } from './decision.ts';
import type { LimitSpec } from './limit-spec.ts';
import { Reservation, type Holding, type Resolver } from './reservation.ts';
import { Resolution } from './resolution.ts';

export interface GateOptions<Name extends string = string> {
  /** Limits by name, of every kind. All are decided as one: either every one is charged, or none is. */
  readonly limits: Readonly<Record<Name, LimitSpec>>;
  /** Where counters are kept; default: this process's memory, which no other process shares. */
  readonly store?: SyncStore;
  /** The clock that the store runs on; default: the process's own. */
  readonly clock?: Clock;
  /** Makes the ids of reservations; default: 128 random bits. An id in use is a fault, and one that can be guessed a way in. */
  readonly newId?: () => string;
}

/** A gate that holds things: what it admits may be settled, released or renewed. */
export interface Gate<Name extends string = string> extends RateGate<Name> {
  /** Decides, and charges and holds what it admits. @throws HeadgateError `ERR_COST`, `ERR_KEY`, `ERR_REQUEST_ID_REUSED`, `ERR_RESERVATION_ID`: nothing is charged then. */
  decide(subject: Subject, options?: DecideOptions<Name>): HeldDecision<Name>;
  /** What an earlier decision holds, by its id: another request may end what one began. Whether it still does, its verbs say. */
  reservation(subject: Subject, id: string): Reservation<Name>;
  /** Adds to levels and quotas, or takes away: an operator's correction. Never below nothing. @throws HeadgateError `ERR_COST`, `ERR_VERB` */
  adjust(subject: Subject, by: Readonly<Partial<Record<Name, number>>>): readonly LimitView[];
  /**
   * Gives quotas that say `grants: true` units on top of their own, once for each id: `known` when it was given before, and nothing has changed.
   * They are spent after the period's own: what ends soonest first, what has no end last.
   * @throws HeadgateError `ERR_GRANT`, `ERR_COST`, `ERR_VERB`: nothing is given then
   */
  grant(subject: Subject, grant: Grant<Name>): 'given' | 'known';
}

/** Units bought, or given by an operator. */
export interface Grant<Name extends string = string> {
  /** The same id is the same grant: known until the grant is over, and for three days. 1 to 512 characters. */
  readonly id: string;
  /** By limit, whole units. */
  readonly units: Readonly<Partial<Record<Name, number>>>;
  /** The first instant at which what is left counts no more. Default: it has no end. */
  readonly until?: Date;
}

/** Several limits of every kind, decided as one. @throws HeadgateError naming the limit that cannot be read. */
export function createGate<const Name extends string>(options: GateOptions<Name>): Gate<Name> {
  plugAll();
  return new HoldingGate<Name>(options);
}

class HoldingGate<Name extends string> implements Gate<Name> {
  readonly #limits: Readonly<Record<string, LimitSpec>>;
  readonly #clock: Clock;
  readonly #store: SyncStore;
  readonly #newId: () => string;
  readonly #resolver: Resolver = {
    settle: (id, held, costs) => this.#resolve('settle', id, held, settledOf(this.#compiled, costs, held.reserved)),
    release: (id, held) => this.#resolve('cancel', id, held),
    renew: (id, held) => this.#resolve('renew', id, held),
    abandon: (id, held) => held.reserved && this.#resolve('settle', id, held, lossesOf(this.#compiled, held.reserved)),
  };
  #compiled: Compiled;

  constructor(options: GateOptions<Name>) {
    const { limits, clock = systemClock(), store = memoryStore({ clock }), newId = randomIds() } = options;
    this.#limits = limits;
    this.#clock = clock;
    this.#store = store;
    this.#newId = newId;
    this.#compiled = compileAt(limits, clock.wallMs());
  }

  decide(subject: Subject, options: DecideOptions<Name> = {}): HeldDecision<Name> {
    const costs = costsFor(this.#compiled, options.cost);
    const id = reserves(this.#compiled, costs) ? this.#newId() : undefined;
    const outcome = this.#apply('decide', subject, costs, requireId(options), id);
    const heldAs = outcome.replayed ? outcome.reservationId : id;
    const isHeld = outcome.allowed && heldAs !== undefined;
    const held = isHeld ? new Reservation<Name>(heldAs, { subject, reserved: costs }, this.#resolver) : undefined;
    return new HeldDecision(outcome, this.#told(costs), held);
  }

  peek(subject: Subject, options: DecideOptions<Name> = {}): Decision {
    const costs = costsFor(this.#compiled, options.cost);
    return new Decision(this.#apply('peek', subject, costs, requireId(options)), this.#told(costs));
  }

  reservation(subject: Subject, id: string): Reservation<Name> {
    return new Reservation(requireKey('id', id), { subject, reserved: undefined }, this.#resolver);
  }

  adjust(subject: Subject, by: Readonly<Partial<Record<Name, number>>>): readonly LimitView[] {
    const costs = correctionsOf(this.#compiled, by);
    return viewsOf(this.#apply('adjust', subject, costs), this.#told(costs));
  }

  grant(subject: Subject, { id, units, until }: Grant<Name>): 'given' | 'known' {
    const costs = grantedBy(this.#compiled, units);
    const outcome = this.#apply('grant', subject, costs, undefined, undefined, { id, endsAtMs: until?.getTime() });
    return outcome.replayed ? 'known' : 'given';
  }

  refund(subject: Subject, requestId: string): boolean {
    return this.#apply('refund', subject, this.#zeros(), requireId({ requestId })).status === 'ok';
  }

  reset(subject: Subject): void {
    this.#apply('reset', subject, this.#zeros());
  }

  #resolve(op: Op, id: string, { subject }: Holding, costs: readonly number[] = this.#zeros()): Resolution {
    return new Resolution(this.#apply(op, subject, costs, undefined, id), this.#told(costs));
  }

  #told(costs: readonly number[]): Told {
    return { limits: this.#compiled.limits, costs };
  }

  #zeros(): readonly number[] {
    return this.#compiled.limits.map(() => 0);
  }

  /** Asks the store, and once more with the periods of now where it says that those it was given are over. */
  #apply(
    op: Op,
    subject: Subject,
    costs: readonly number[],
    requestId?: string,
    reservationId?: string,
    grant?: Step['grant'],
  ): Outcome {
    const keys = keysOf(this.#compiled, subject);
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
    const outcome = this.#store.apply(step);
    if (outcome.status !== 'stale') return outcome;
    this.#compiled = compileAt(this.#limits, this.#clock.wallMs());
    return requireFresh(this.#store.apply({ ...step, program: this.#compiled.program }));
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
