import {
  exactOf,
  evaluate,
  type Ask,
  type CompiledPolicy,
  type Hold,
  type HoldEnd,
  type Planner,
  type Scope,
} from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import type { Fields } from '../request.ts';
import type { Ender } from './ender.ts';
import type { Ending, Reads } from './ending.ts';
import { fateOf, idOf } from './fate.ts';
import type { Holds } from './holds.ts';
import { nameOf, type Named } from './names.ts';
import { readsFor } from './reads.ts';
import { Reservation } from './reservation.ts';
import { isSuccess, responseOf } from './response.ts';

/** What is left to do about a request that passes, once its exchange is over. */
export interface Exchange {
  readonly reads: Reads | undefined;
  readonly hands: Fields;
  readonly end: (ending: Ending) => void;
}

/** Of a request that holds nothing, and whose response ends nothing. */
export const NOTHING_HELD: Exchange = { reads: undefined, hands: [], end: () => undefined };

/** The field in which the API gets a reservation's id, so that it may settle it. */
const RESERVATION = 'x-headgate-reservation';

/** A limit, and an end of what it holds. */
interface EndOf {
  readonly limit: string;
  readonly end: HoldEnd;
}

export interface ExchangesOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly holds: Holds;
  readonly ender: Ender;
  /** Salted hash of a subject. */
  readonly subjectOf: (ask: Ask) => string;
}

/** Says of each admitted request what its end means for what is held. */
export function createExchanges(options: ExchangesOptions): (ask: Ask, decided: Decided) => Exchange {
  const { policy, planner, holds, ender, subjectOf } = options;
  const endsOf = endsByOperation(policy);
  // Where the API knows no case, a path has none by the time that it is matched, and what a body says must be found by it.
  const fold = policy.paths.case === 'insensitive';
  const called = (limit: string, id: string): string => nameOf(limit, fold ? id.toLowerCase() : id);

  return (ask, decided) => {
    const ends = endsOf.get(ask.operation.name) ?? NONE;
    const reservation = reserve(ask, decided);
    if (reservation === undefined && ends.length === 0) return NOTHING_HELD;
    let isOver = false;
    return {
      reads: readsFor([...holdsOf(reservation), ...ends.map(({ end }) => end)]),
      hands: reservation === undefined ? [] : [RESERVATION, reservation.id],
      end(ending) {
        if (isOver) return;
        isOver = true;
        if (reservation !== undefined) endOwn(reservation, decided, ask, ending);
        for (const one of ends) endOther(one, ask, ending);
      },
    };
  };

  function reserve(ask: Ask, decided: Decided): Reservation | undefined {
    if (decided.reservationId === undefined) return undefined;
    const reservation = new Reservation(
      decided,
      { operation: ask.operation.name, subject: subjectOf(ask) },
      holds.names.now(),
    );
    if (reservation.isOver) return undefined;
    if (!holds.add(reservation)) ender.report(reservation, -1, 'forgotten', 'more is held than can be kept track of');
    return reservation;
  }

  function endOwn(reservation: Reservation, { plan }: Decided, ask: Ask, ending: Ending): void {
    const units = new Map<number, number>();
    reservation.inFlight = false;
    for (const [i, limit] of reservation.limits.entries()) {
      const { hold } = limit;
      if (hold === undefined || !reservation.isOpen(i)) continue;
      const cost = reservation.costs[i] ?? 0;
      const scope = (): Scope => scopeOf(ask, ending, cost / 10 ** limit.precision);
      const fate = fateOf({ limit, hold, units: cost, lost: plan.losses?.[i] ?? cost }, ending, scope);
      if (fate.fault !== undefined) ender.report(reservation, i, fate.fault.is, fate.fault.detail);
      const comesTo = fate.id === undefined ? fate.units : keep(reservation, i, fate.id, fate.units);
      if (comesTo !== undefined) units.set(i, comesTo);
    }
    ender.end(reservation, units);
    if (reservation.isOver) return;
    // What is held beyond the exchange is held from now on for as long as its lease says.
    ender.renew(reservation);
    holds.agenda.enter(reservation);
  }

  /** Puts what check `i` holds under an id, and says what it comes to now: nothing if that id has ended already. */
  function keep(reservation: Reservation, i: number, id: string, units: number | undefined): number | undefined {
    const limit = reservation.limits[i]?.name ?? '';
    if (units === undefined && holds.names.wasEndedSince(called(limit, id), reservation.began)) return 0;
    ender.name(called(limit, id), {
      reservation,
      check: i,
      units: units ?? reservation.costs[i] ?? 0,
      stays: units !== undefined,
    });
    return units;
  }

  /** A response may end what another request began. One that cannot be told of ends nothing. */
  function endOther({ limit, end }: EndOf, ask: Ask, ending: Ending): void {
    const scope = scopeOf(ask, ending, 0);
    const does = end.when === undefined ? isSuccess(ending.status) : evaluate(end.when, scope) === true;
    const id = does ? idOf(evaluate(end.id, scope)) : undefined;
    if (id === undefined) return;
    const name = called(limit, id);
    if (!ender.endNamed(name, (named) => staying(named, end, ask, ending))) holds.names.endedEarly(name);
  }

  /** What stays counted of what is ended. A cost that is none leaves all of it. */
  function staying({ reservation, check, units }: Named, { cost }: HoldEnd, ask: Ask, ending: Ending): number {
    if (cost === undefined) return 0;
    const precision = reservation.limits[check]?.precision ?? 0;
    const actual = exactOf(cost, scopeOf(ask, ending, units / 10 ** precision));
    if (actual === undefined)
      ender.report(reservation, check, 'cost', 'the response tells no cost that can be charged; all of it stays');
    return actual ?? units;
  }

  function scopeOf(ask: Ask, ending: Ending, reserved: number): Scope {
    return planner.scope(ask, { response: responseOf(ending), reserved });
  }
}

const NONE: readonly EndOf[] = [];

function endsByOperation({ limits }: CompiledPolicy): ReadonlyMap<string, readonly EndOf[]> {
  const found = new Map<string, EndOf[]>();
  for (const { name: limit, hold } of limits)
    for (const end of hold?.ends ?? [])
      for (const operation of end.operations) found.set(operation, [...(found.get(operation) ?? []), { limit, end }]);
  return found;
}

function holdsOf(reservation: Reservation | undefined): readonly Hold[] {
  return (
    reservation?.limits.flatMap(({ hold }, i) => (hold !== undefined && reservation.isOpen(i) ? [hold] : [])) ?? []
  );
}
