import { HeadgateError, type Outcome, type Step } from '../../core/index.ts';
import type { Subject } from '../../profile/index.ts';
import type { GuardedStore } from '../failing/guarded.ts';
import { Outage } from '../failing/outage.ts';
import { upon, type Soon } from '../soon.ts';
import type { Holds } from './holds.ts';
import type { Kept } from './kept.ts';
import type { OnReport, Report } from './report.ts';
import type { Reservation } from './reservation.ts';

/** What each check of a reservation comes to, in units, by its index; those that are left out stay reserved. */
export type Ends = readonly (number | undefined)[];

export type OnMore = (reservation: Reservation) => Soon<void>;

/** Told what became of a charge that was settled. */
export type OnSettled = (reservation: Reservation, outcome: Outcome) => Soon<void>;

export interface EnderOptions {
  readonly store: GuardedStore;
  /** Monotonic, of this process: leases end by it here. */
  readonly nowMs: () => number;
  readonly holds: Holds;
  readonly onReport: OnReport;
  /** A subject's salted hash. */
  readonly subjectOf: (subject: Subject) => string;
  /** What the store keeps of it, where it does. */
  readonly kept: Kept | undefined;
  /** Told of what came to more than it reserved, on a limit whose fills somebody wants told. */
  readonly onMore: OnMore | undefined;
  readonly onSettled: OnSettled | undefined;
}

/** Ends what is held: in the store, and in what is known of it here. */
export class Ender {
  /** Told when something has come back. */
  onFreed: (() => void) | undefined;
  readonly #options: EnderOptions;

  constructor(options: EnderOptions) {
    this.#options = options;
  }

  /**
   * Ends checks at what they come to, in one step. Here they are over at once, so that nobody ends them twice. False when the store knows
   * nothing of them any more: their lease has ended.
   */
  end(reservation: Reservation, ends: Ends): Soon<boolean> {
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
    // A store that is asked for all need not look what it is asked for. Of what ended before it may not have heard yet.
    const { id: reservationId } = reservation;
    const isKnown = this.#ask(
      reservation,
      {
        op: 'settle',
        costs: settled,
        reservationId,
        resolves: resolved === reservation.held && !reservation.isRead ? undefined : resolves,
      },
      (outcome) => this.#tell(reservation, () => this.#options.onSettled?.(reservation, outcome)),
    );
    for (let i = 0; i < costs.length; i++) if (resolves[i] === true) this.close(reservation, i);
    this.#options.kept?.changed(reservation);
    if (isKnown instanceof Promise) return isKnown.then((is) => this.#ended(is, reservation, ends));
    return this.#ended(isKnown, reservation, ends);
  }

  /** One check of it is over, here and wherever else it is known. */
  close(reservation: Reservation, check: number): void {
    this.#options.kept?.names.drop(reservation, check);
    this.#options.holds.close(reservation, check);
  }

  #ended(isKnown: boolean, reservation: Reservation, ends: Ends): boolean {
    this.onFreed?.();
    if (!isKnown) this.report(reservation, -1, 'late', 'ended after its lease');
    else this.#tellMore(reservation, ends);
    return isKnown;
  }

  /** What is spent without another request is told of, too: there may never be one. */
  #tellMore(reservation: Reservation, ends: Ends): void {
    const onMore = this.#options.onMore;
    if (onMore !== undefined && isMore(reservation, ends)) this.#tell(reservation, () => onMore(reservation));
  }

  /** What cannot be told is no reason to end nothing. */
  #tell(reservation: Reservation, work: () => Soon<void>): void {
    try {
      const told = work();
      if (told instanceof Promise) void told.catch((error: unknown) => this.#failed(reservation, error));
    } catch (error) {
      this.#failed(reservation, error);
    }
  }

  /** Lets a check hold so many units from now on, and keeps `units` of the others. */
  leave(reservation: Reservation, check: number, left: number, units = 0): Soon<boolean> {
    reservation.leave(check, left);
    this.#options.kept?.changed(reservation);
    if (!reservation.isCharged(check)) {
      if (units > 0) this.adjust(reservation, check, units);
      return true;
    }
    const { id: reservationId, costs } = reservation;
    const at = (value: number): number[] => costs.map((_, i) => (i === check ? value : 0));
    const step = {
      op: 'settle',
      costs: at(units),
      leaves: at(left),
      resolves: costs.map((_, i) => i === check),
      reservationId,
    } as const;
    const isKnown = this.#ask(reservation, step, (outcome) =>
      this.#tell(reservation, () => this.#options.onSettled?.(reservation, outcome)),
    );
    return upon(isKnown, (is) => this.#ended(is, reservation, alone(check, units)));
  }

  renew(reservation: Reservation): Soon<boolean> {
    const { id: reservationId, costs } = reservation;
    return this.#ask(reservation, { op: 'renew', costs, reservationId }, () => {
      reservation.renew(this.#options.nowMs());
      this.#options.kept?.changed(reservation);
    });
  }

  /** The same of what has been found by its names for a while. */
  prolong(reservation: Reservation): Soon<boolean> {
    return upon(this.renew(reservation), (isRenewed) => {
      if (isRenewed) this.#options.kept?.names.prolong(reservation);
      return isRenewed;
    });
  }

  report({ limits, operation, subject }: Reservation, check: number, is: Report['is'], detail: string): void {
    this.#options.onReport({
      is,
      limit: limits[check]?.name ?? '',
      operation,
      subject: this.#options.subjectOf(subject),
      detail,
    });
  }

  /** Nothing is known of it but its limit. */
  forgotten(limit: string): void {
    const detail = 'more is held than can be kept track of';
    this.#options.onReport({ is: 'forgotten', limit, operation: '', subject: '', detail });
  }

  /** Corrects what a check charged for good. */
  adjust(reservation: Reservation, check: number, delta: number): void {
    const costs = reservation.program.checks.map((_, i) => (i === check ? delta : 0));
    void this.#ask(reservation, { op: 'adjust', costs });
  }

  /** Asks the store about what is reserved; whether it knows of it. */
  #ask(
    reservation: Reservation,
    step: Omit<Step, 'program' | 'keys'>,
    onDone: (outcome: Outcome) => void = NOTHING,
  ): Soon<boolean> {
    const { program, keys, by } = reservation;
    const whole = { program, keys, ...step };
    try {
      const outcome = by.apply(whole);
      if (!(outcome instanceof Promise)) return isDone(outcome, onDone);
      return outcome.then(
        (one) => isDone(one, onDone),
        (error: unknown) => this.#failed(reservation, error, whole),
      );
    } catch (error) {
      return this.#failed(reservation, error, whole);
    }
  }

  /**
   * What a store could not end it is told when it answers again, and if that is too late, its lease ends it; nobody waits for the answer who could do
   * anything about it. A lease that could not be renewed is tried again with what is due next.
   */
  #failed(reservation: Reservation, error: unknown, step?: Step): true {
    if (!(error instanceof HeadgateError)) throw error;
    if (error instanceof Outage && step?.op === 'renew') return true;
    this.report(reservation, -1, 'store', error.message);
    if (error instanceof Outage && step !== undefined && mayFollow(step, error)) this.#options.store.owe(step);
    return true;
  }
}

/**
 * A settlement is made once however often it is asked for; a correction, and a part that leaves something, only where the store has not been
 * asked: what it leaves is said again when the next part ends.
 */
function mayFollow({ op, leaves }: Step, { wasAsked }: Outage): boolean {
  return (op === 'settle' && leaves === undefined) || !wasAsked;
}

const NOTHING = (): void => undefined;

function isDone(outcome: Outcome, onDone: (outcome: Outcome) => void): boolean {
  if (outcome.status === 'ok') onDone(outcome);
  return outcome.status === 'ok';
}

function isMore({ limits, costs }: Reservation, ends: Ends): boolean {
  return limits.some(({ ladder }, i) => ladder !== undefined && (ends[i] ?? 0) > (costs[i] ?? 0));
}

/** One check, and no other. */
export function alone(check: number, units: number): Ends {
  const ends: (number | undefined)[] = [];
  ends[check] = units;
  return ends;
}
