import { TwoGenerations } from '../../profile/index.ts';
import { Agenda } from './agenda.ts';
import { Names } from './names.ts';
import type { Reservation } from './reservation.ts';

/** Reservations kept track of at once. What comes beyond is ended by its own exchange and its lease alone. */
const MAX_RESERVATIONS = 250_000;
/** Ids remembered of what lapsed, half of them from the last generation. */
const MAX_LAPSED = 5000;

/** How much is held. */
export interface HoldsStats {
  /** Requests that hold something: exchanges that last, and jobs. */
  readonly reservations: number;
  /** Things held by an id of the API's. */
  readonly named: number;
}

/**
 * What requests hold, as far as this process must know it to end it: by the reservation's own id for whoever settles it, by the API's id
 * for polls, by time for leases. What is charged stands in the store. It outlives a gate, so that a policy may be read anew: pass the same
 * one to the next gate.
 */
export class Holds {
  readonly names: Names = new Names();
  readonly agenda: Agenda = new Agenda((reservation) => {
    this.#lasting.set(reservation.id, reservation);
    this.onLasting?.(reservation);
  });
  /** Told of each that lasts. */
  onLasting: ((reservation: Reservation) => void) | undefined;
  /** Those that last, or were asked for: a map that is filled and emptied with every request costs the runtime more than all the rest. */
  readonly #lasting: Map<string, Reservation> = new Map();
  readonly #lapsed: TwoGenerations<string, true> = new TwoGenerations(MAX_LAPSED);
  #size = 0;

  stats(): HoldsStats {
    return { reservations: this.#size, named: this.names.size };
  }

  /** Keeps track of it. False when there is no room. */
  add(reservation: Reservation): boolean {
    if (this.#size >= MAX_RESERVATIONS) return false;
    this.#size++;
    reservation.isKept = true;
    this.agenda.begin(reservation);
    return true;
  }

  find(id: string): Reservation | undefined {
    if (!this.#lasting.has(id)) this.agenda.admit(Infinity);
    return this.#lasting.get(id);
  }

  /** One that lasts: what was begun just now is not looked for. */
  known(id: string): Reservation | undefined {
    return this.#lasting.get(id);
  }

  /** One check of it holds nothing any more. */
  close(reservation: Reservation, check: number): void {
    reservation.close(check);
    this.names.drop(reservation, check);
    if (reservation.open > 0) return;
    this.agenda.drop(reservation);
    if (!reservation.isKept) return;
    reservation.isKept = false;
    this.#size--;
    this.#lasting.delete(reservation.id);
  }

  /** Remembers that nobody ended it in time, for whoever comes late. */
  lapsed({ id }: Reservation): void {
    this.#lapsed.set(id, true);
  }

  hasLapsed(id: string): boolean {
    return this.#lapsed.get(id) === true;
  }
}

/** Keeps track of what is held, for one gate after another. */
export function createHolds(): Holds {
  return new Holds();
}
