import { HeadgateError, type SyncStore } from '../../core/index.ts';
import type { Subject } from '../../profile/index.ts';
import type { Holds } from './holds.ts';
import type { Named } from './names.ts';
import type { OnReport, Report } from './report.ts';
import type { Reservation } from './reservation.ts';

/** What each check of a reservation comes to, in units, by its index; those that are left out stay reserved. */
export type Ends = readonly (number | undefined)[];

export type OnMore = (reservation: Reservation) => void;

/** Ends what is held: in the store, and in what is known of it here. */
export class Ender {
  readonly #store: SyncStore;
  readonly #holds: Holds;
  readonly #report: OnReport;
  readonly #subjectOf: (subject: Subject) => string;
  readonly #onMore: OnMore | undefined;

  /**
   * @param subjectOf a subject's salted hash
   * @param onMore told of what came to more than it reserved, on a limit whose fills somebody wants told
   */
  constructor(
    store: SyncStore,
    holds: Holds,
    report: OnReport,
    subjectOf: (subject: Subject) => string,
    onMore?: OnMore,
  ) {
    this.#onMore = onMore;
    this.#store = store;
    this.#holds = holds;
    this.#report = report;
    this.#subjectOf = subjectOf;
  }

  /** Ends checks at what they come to, in one step. False when the store knows nothing of them any more: their lease has ended. */
  end(reservation: Reservation, ends: Ends): boolean {
    const { costs } = reservation;
    const settled: number[] = [];
    const resolves: boolean[] = [];
    let resolved = 0;
    for (let i = 0; i < costs.length; i++) {
      settled.push(ends[i] ?? costs[i] ?? 0);
      resolves.push(ends[i] !== undefined);
      if (ends[i] !== undefined) resolved++;
    }
    if (resolved === 0) return true;
    // A store that is asked for all need not look what it is asked for.
    const isKnown = this.#settle(reservation, settled, resolved === reservation.open ? undefined : resolves);
    for (let i = 0; i < costs.length; i++) if (resolves[i] === true) this.#holds.close(reservation, i);
    if (!isKnown) this.report(reservation, -1, 'late', 'ended after its lease');
    else this.#tellMore(reservation, ends);
    return isKnown;
  }

  /** What is spent without another request is told of, too: there may never be one. */
  #tellMore(reservation: Reservation, ends: Ends): void {
    const onMore = this.#onMore;
    if (onMore === undefined || !isMore(reservation, ends)) return;
    this.#isDone(reservation, () => {
      onMore(reservation);
      return true;
    });
  }

  #settle(reservation: Reservation, costs: readonly number[], resolves: readonly boolean[] | undefined): boolean {
    const { id, program, keys } = reservation;
    return this.#isDone(
      reservation,
      () => this.#store.apply({ op: 'settle', program, keys, costs, reservationId: id, resolves }).status === 'ok',
    );
  }

  /** Ends all that is held under a name, at what it comes to. False when nothing is. */
  endNamed(name: string, unitsOf: (named: Named) => number): boolean {
    const found = this.#holds.names.take(name);
    for (const named of found) this.#endOne(name, named, unitsOf(named));
    return found.length > 0;
  }

  #endOne(name: string, named: Named, units: number): void {
    const { reservation, check, stays } = named;
    if (stays) this.#adjust(reservation, check, units - named.units);
    else {
      if (reservation.names !== undefined) reservation.names[check] = undefined;
      this.end(reservation, alone(check, units));
    }
    // What an upload turned out to be is there from now on, and can be taken away like anything that is.
    if (units > 0 && reservation.limits[check]?.kind === 'level')
      this.#holds.names.add(name, { reservation, check, units, stays: true });
  }

  /** Puts something under a name; what was there of the same counter is replaced by it. */
  name(name: string, named: Named): void {
    const { names } = this.#holds;
    const counter = named.reservation.counterOf(named.check);
    const replaced = names.find(name).filter((one) => one.reservation.counterOf(one.check) === counter);
    if (replaced.length > 0) {
      const others = names.take(name).filter((one) => !replaced.includes(one));
      for (const one of others) names.add(name, one);
      for (const one of replaced) this.#endOne(name, one, 0);
    }
    if (names.add(name, named)) return;
    this.report(named.reservation, named.check, 'forgotten', 'more is held by id than can be kept track of');
  }

  renew(reservation: Reservation): boolean {
    const { id, program, keys, costs } = reservation;
    return this.#isDone(reservation, () => {
      const outcome = this.#store.apply({ op: 'renew', program, keys, costs, reservationId: id });
      if (outcome.status === 'ok') reservation.renew(outcome.nowMs);
      return outcome.status === 'ok';
    });
  }

  report({ limits, operation, subject }: Reservation, check: number, is: Report['is'], detail: string): void {
    this.#report({ is, limit: limits[check]?.name ?? '', operation, subject: this.#subjectOf(subject), detail });
  }

  #adjust(reservation: Reservation, check: number, delta: number): void {
    const { program, keys } = reservation;
    const costs = program.checks.map((_, i) => (i === check ? delta : 0));
    this.#isDone(reservation, () => this.#store.apply({ op: 'adjust', program, keys, costs }).status === 'ok');
  }

  /** What a store could not end, its lease ends; nobody waits for the answer who could do anything about it. */
  #isDone(reservation: Reservation, apply: () => boolean): boolean {
    try {
      return apply();
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      this.report(reservation, -1, 'store', error.message);
      return true;
    }
  }
}

function isMore({ limits, costs }: Reservation, ends: Ends): boolean {
  return limits.some(({ ladder }, i) => ladder !== undefined && (ends[i] ?? 0) > (costs[i] ?? 0));
}

function alone(check: number, units: number): Ends {
  const ends: (number | undefined)[] = [];
  ends[check] = units;
  return ends;
}
