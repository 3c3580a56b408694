import {
  exactOf,
  evaluate,
  type Ask,
  type CompiledPolicy,
  type HoldEnd,
  type PlannedLimit,
  type Planner,
  type Scope,
} from '../../profile/index.ts';
import type { Outcome } from '../../core/index.ts';
import type { Decided } from '../decide.ts';
import { upon } from '../soon.ts';
import type { Ender } from './ender.ts';
import type { Ending } from './ending.ts';
import { endedBy, endsByOperation, type EndOf } from './ends.ts';
import { HeldExchange, NOTHING_HELD, type Exchange } from './exchange.ts';
import { fateOf, type Reserved } from './fate.ts';
import type { Holds } from './holds.ts';
import { idsIn, sharesOf, type Ids } from './ids.ts';
import type { Kept } from './kept.ts';
import { nameOf, type Named } from './names.ts';
import type { Naming } from './naming.ts';
import { createReads } from './reads.ts';
import { Reservation } from './reservation.ts';
import { isSuccess, responseOf, type Response } from './response.ts';

export interface ExchangesOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly holds: Holds;
  readonly ender: Ender;
  readonly naming: Naming;
  readonly kept: Kept | undefined;
  /** Monotonic, of this process; of an outcome by this process's clock, its own. */
  readonly nowOf: (outcome: Outcome | undefined) => number;
}

/** Says of each admitted request what its end means for what is held. */
export function createExchanges(options: ExchangesOptions): (ask: Ask, decided: Decided) => Exchange {
  const { policy, planner, holds, ender, naming, kept, nowOf } = options;
  const endsOf = endsByOperation(policy);
  const readsOf = createReads();
  // Where the API knows no case, a path has none by the time that it is matched, and what a body says must be found by it.
  const fold = policy.paths.case === 'insensitive';
  const called = (limit: string, id: string): string => nameOf(limit, fold ? id.toLowerCase() : id);

  return (ask, decided) => {
    const ends = endsOf.get(ask.event === undefined ? ask.operation.name : endedBy(ask.event)) ?? NO_ENDS;
    const reservation = reserve(ask, decided);
    if (reservation === undefined && ends.length === 0) return NOTHING_HELD;
    const reads = readsOf(reservation === undefined ? NO_LIMITS : reservation.limits, ends);
    let isOver = false;
    let hasHappened = false;
    return new HeldExchange(reservation, reads, (ending) => {
      if (isOver) return;
      isOver = ending.open === undefined;
      let known: Response | undefined;
      const response = (): Response => (known ??= responseOf(ending));
      if (reservation !== undefined) endOwn(reservation, decided, ask, ending, response);
      if (ending.open === 'opened' || hasHappened) return;
      hasHappened = true;
      for (const one of ends) endOther(one, ask, ending, response);
    });
  };

  function reserve(ask: Ask, decided: Decided): Reservation | undefined {
    if (decided.reservationId === undefined) return undefined;
    const reservation = new Reservation(
      decided,
      ask.operation.name,
      ask.subject,
      holds.names.now(),
      nowOf(decided.outcome),
    );
    if (reservation.open === 0) return undefined;
    if (!holds.add(reservation)) ender.report(reservation, -1, 'forgotten', 'more is held than can be kept track of');
    if (kept !== undefined && reservation.outlives) kept.note(reservation);
    return reservation;
  }

  function endOwn(
    reservation: Reservation,
    { plan }: Decided,
    ask: Ask,
    ending: Ending,
    response: () => Response,
  ): void {
    const { limits } = reservation;
    const ends: (number | undefined)[] = [];
    reservation.inFlight = ending.open !== undefined;
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i];
      ends.push(undefined);
      if (limit?.hold === undefined || !reservation.isOpen(i)) continue;
      const units = reservation.leftOf(i);
      const scope = (): Scope => scopeOf(ask, response, units / 10 ** limit.precision);
      const reserved = { limit, hold: limit.hold, units, lost: plan.losses?.[i] ?? units };
      if (ending.open !== undefined && (limit.hold.untilClosed === true || ending.open === 'opened')) {
        if (limit.hold.untilClosed === true) ends[i] = nameUntilClosed(reservation, i, reserved, scope);
        continue;
      }
      const fate = fateOf(reserved, ending, scope);
      if (fate.fault !== undefined) ender.report(reservation, i, fate.fault.is, fate.fault.detail);
      ends[i] = fate.ids === undefined ? fate.units : keep(reservation, i, reserved, fate.ids, fate.units);
    }
    void ender.end(reservation, ends);
    if (reservation.open === 0) return;
    // What is held beyond the exchange is held from now on for as long as its lease says.
    void upon(ender.renew(reservation), () => holds.agenda.enter(reservation));
  }

  /** What is held until its connection is closed may be ended before that, by its name: says 0 where it has been. */
  function nameUntilClosed(
    reservation: Reservation,
    i: number,
    reserved: Reserved,
    scope: () => Scope,
  ): number | undefined {
    const ids = reservation.names?.[i] === undefined ? idsIn(reserved.hold.id, scope()) : undefined;
    return ids === undefined || ids.shares === 0 ? undefined : keep(reservation, i, reserved, ids, undefined);
  }

  /** Puts what check `i` holds under ids, and says what it comes to now: nothing where all of them have ended already. */
  function keep(
    reservation: Reservation,
    i: number,
    reserved: Reserved,
    ids: Ids,
    units: number | undefined,
  ): number | undefined {
    const shares = sharesOf(reserved, units ?? reserved.units, ids);
    const left = nameAll(reservation, i, ids, shares, units !== undefined);
    if (units !== undefined) return units;
    if (left !== undefined && left !== reservation.leftOf(i)) void ender.leave(reservation, i, left);
    return left === undefined ? 0 : undefined;
  }

  /** Says how many units are held by all that were not ended before they were known; undefined where that is none of them. */
  function nameAll(
    reservation: Reservation,
    check: number,
    { all, shares: parts }: Ids,
    shares: readonly number[],
    stays: boolean,
  ): number | undefined {
    const limit = reservation.limits[check]?.name ?? '';
    const begun = all
      .map((id, at) => ({ name: called(limit, id), units: shares[at] ?? 0 }))
      .filter(({ name }) => stays || !holds.names.wasEndedSince(name, reservation.began));
    // Whoever finds one of several finds the others by it.
    if (!stays && parts !== undefined) {
      reservation.namesOf(check).push(...begun.map(({ name }) => name));
      kept?.changed(reservation);
    }
    for (const { name, units } of begun)
      naming.name(name, { reservation, check, units, stays, isPart: parts !== undefined });
    return begun.length === 0 ? undefined : begun.reduce((sum, { units }) => sum + units, 0);
  }

  /** A response may end what another request began. One that cannot be told of ends nothing. */
  function endOther({ limit, end }: EndOf, ask: Ask, ending: Ending, response: () => Response): void {
    const scope = scopeOf(ask, response, 0);
    const does = end.when === undefined ? isSuccess(ending.status) : evaluate(end.when, scope) === true;
    for (const id of (does ? idsIn(end.id, scope) : undefined)?.all ?? [])
      naming.end(called(limit, id), (named) => staying(named, end, ask, response));
  }

  /** What stays counted of what is ended. A cost that is none leaves all of it. */
  function staying(
    { reservation, check, units }: Named,
    { cost }: HoldEnd,
    ask: Ask,
    response: () => Response,
  ): number {
    if (cost === undefined) return 0;
    const precision = reservation.limits[check]?.precision ?? 0;
    const actual = exactOf(cost, scopeOf(ask, response, units / 10 ** precision));
    if (actual === undefined)
      ender.report(reservation, check, 'cost', 'the response tells no cost that can be charged; all of it stays');
    return actual ?? units;
  }

  function scopeOf(ask: Ask, response: () => Response, reserved: number): Scope {
    return planner.scope(ask, { response: response(), reserved });
  }
}

const NO_ENDS: readonly EndOf[] = [];
const NO_LIMITS: readonly PlannedLimit[] = [];
