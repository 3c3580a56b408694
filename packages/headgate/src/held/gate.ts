import { plugAll, type AsyncStore, type Clock, type SyncStore } from '../core/index.ts';
import type { Decision, DecideOptions, Gate as RateGate, LimitView, Subject } from '../gate/index.ts';
import type { HeldDecision } from './decision.ts';
import { HoldingGate } from './holding-gate.ts';
import type { LimitSpec } from './limit-spec.ts';
import type { Reservation } from './reservation.ts';

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

/** The same over a store that answers later, of `headgate/redis` or `headgate/sqlite`. */
export interface LaterGateOptions<Name extends string = string> extends Omit<GateOptions<Name>, 'store'> {
  readonly store: AsyncStore;
  /** The longest that anybody waits for it, in ms; then what was asked rejects (`ERR_STORE`). Default 50. */
  readonly deadlineMs?: number;
}

/** A gate that holds things: what it admits may be settled, released or renewed. */
export interface Gate<Name extends string = string> extends RateGate<Name> {
  /** Decides, and charges and holds what it admits. @throws HeadgateError `ERR_COST`, `ERR_KEY`, `ERR_OPTION`, `ERR_REQUEST_ID_REUSED`, `ERR_RESERVATION_ID`: nothing is charged then. */
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

/**
 * A gate over a store that answers later: all is promised that {@link Gate} answers at once. What `Gate` throws, and what is wrong with the store
 * (`ERR_STORE`), rejects; whether a request is let in then is for the program to say.
 */
export interface LaterGate<Name extends string = string> {
  decide(subject: Subject, options?: DecideOptions<Name>): Promise<HeldDecision<Name, true>>;
  peek(subject: Subject, options?: DecideOptions<Name>): Promise<Decision>;
  /** Nothing is asked for this; its verbs promise. */
  reservation(subject: Subject, id: string): Reservation<Name, true>;
  adjust(subject: Subject, by: Readonly<Partial<Record<Name, number>>>): Promise<readonly LimitView[]>;
  grant(subject: Subject, grant: Grant<Name>): Promise<'given' | 'known'>;
  refund(subject: Subject, requestId: string): Promise<boolean>;
  reset(subject: Subject): Promise<void>;
}

/** Several limits of every kind, decided as one. @throws HeadgateError naming the limit that cannot be read. */
export function createGate<const Name extends string>(options: GateOptions<Name>): Gate<Name>;
export function createGate<const Name extends string>(options: LaterGateOptions<Name>): LaterGate<Name>;
export function createGate<const Name extends string>(
  options: GateOptions<Name> | LaterGateOptions<Name>,
): Gate<Name> | LaterGate<Name> {
  plugAll();
  // The port of a store that answers later has this, and the other has not.
  if (options.store !== undefined && 'close' in options.store) return promising(new HoldingGate(options, true));
  return new HoldingGate(options, false) as HoldingGate<Name, false> & Gate<Name>; // its store answers at once, and so does it
}

/** What is wrong with the question rejects too. */
function promising<Name extends string>(gate: HoldingGate<Name, true>): LaterGate<Name> {
  return {
    decide: async (...asked) => gate.decide(...asked),
    peek: async (...asked) => gate.peek(...asked),
    reservation: (...asked) => gate.reservation(...asked),
    adjust: async (...asked) => gate.adjust(...asked),
    grant: async (...asked) => gate.grant(...asked),
    refund: async (...asked) => gate.refund(...asked),
    reset: async (...asked) => gate.reset(...asked),
  };
}
