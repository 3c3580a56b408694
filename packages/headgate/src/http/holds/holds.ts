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
  readonly agenda: Agenda = new Agenda();
  /** Numbered places: a map that is filled and emptied with every request costs the runtime more than all the rest. */
  readonly #places: (Reservation | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #lapsed: TwoGenerations<string, true> = new TwoGenerations(MAX_LAPSED);

  stats(): HoldsStats {
    return { reservations: this.#places.length - this.#free.length, named: this.names.size };
  }

  /** Keeps track of it. False when there is no room. */
  add(reservation: Reservation): boolean {
    const place = this.#free.pop() ?? this.#places.length;
    if (place >= MAX_RESERVATIONS) return false;
    this.#places[place] = reservation;
    reservation.place = place;
    this.agenda.begin(reservation);
    return true;
  }

  /** By its handle: its id, and where it is kept. */
  find(handle: string): Reservation | undefined {
    const dot = handle.lastIndexOf('.');
    const found = this.#places[Number(handle.slice(dot + 1))];
    return found !== undefined && found.handle === handle ? found : undefined;
  }

  /** One check of it holds nothing any more. */
  close(reservation: Reservation, check: number): void {
    reservation.close(check);
    this.names.drop(reservation, check);
    if (reservation.open > 0) return;
    this.agenda.drop(reservation);
    const { place } = reservation;
    if (place === undefined) return;
    reservation.place = undefined;
    this.#places[place] = undefined;
    this.#free.push(place);
  }

  /** Remembers that nobody ended it in time, for whoever comes late. */
  lapsed({ handle }: Reservation): void {
    this.#lapsed.set(handle, true);
  }

  hasLapsed(handle: string): boolean {
    return this.#lapsed.get(handle) === true;
  }
}

/** Keeps track of what is held, for one gate after another. */
export function createHolds(): Holds {
  return new Holds();
}
